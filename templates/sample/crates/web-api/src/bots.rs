use algo_trade_bots::{BotConfig, BotId, BotStatus};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::Json;

use crate::error::ApiError;
use crate::AppState;

pub(crate) async fn list(State(state): State<AppState>) -> Json<Vec<BotStatus>> {
    Json(state.registry.list().await)
}

pub(crate) async fn create(
    State(state): State<AppState>,
    Json(config): Json<BotConfig>,
) -> Result<(StatusCode, Json<BotStatus>), ApiError> {
    let bot = state.registry.add(config).await?;
    Ok((StatusCode::CREATED, Json(bot)))
}

pub(crate) async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<BotStatus>, ApiError> {
    Ok(Json(state.registry.get(&BotId::from(id)).await?))
}

pub(crate) async fn remove(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.registry.remove(&BotId::from(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn start(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<BotStatus>, ApiError> {
    Ok(Json(state.registry.start(&BotId::from(id)).await?))
}

pub(crate) async fn stop(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Json<BotStatus>, ApiError> {
    Ok(Json(state.registry.stop(&BotId::from(id)).await?))
}
