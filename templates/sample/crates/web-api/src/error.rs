use algo_trade_bots::RegistryError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::json;
use tracing::error;

pub(crate) struct ApiError(RegistryError);

impl From<RegistryError> for ApiError {
    fn from(error: RegistryError) -> Self {
        Self(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, message) = match self.0 {
            RegistryError::NotFound(_) => (StatusCode::NOT_FOUND, self.0.to_string()),
            RegistryError::Invalid(_) => (StatusCode::BAD_REQUEST, self.0.to_string()),
            RegistryError::Store(error) => {
                // The details are the operator's business, not the caller's.
                error!(%error, "request failed");
                let message = "the bot database failed".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, message)
            }
        };
        (status, Json(json!({ "error": message }))).into_response()
    }
}
