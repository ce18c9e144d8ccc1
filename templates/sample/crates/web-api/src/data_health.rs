use axum::routing::get;
use axum::{Json, Router};
use serde_json::{json, Value};

/// Freshness of the collected data. Not mounted yet: [`crate::router`] does not merge it.
pub fn data_health_router() -> Router {
    Router::new().route("/api/data/health", get(data_health))
}

async fn data_health() -> Json<Value> {
    Json(json!({ "status": "unknown", "reason": "data checks are not implemented" }))
}
