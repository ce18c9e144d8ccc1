//! HTTP and websocket API in front of the bot registry. It has no login: whoever reaches
//! it can start, stop and delete bots, so it belongs on a private network.

mod bots;
mod data_health;
mod error;
mod ws;

use std::future::Future;
use std::io;
use std::sync::Arc;

use algo_trade_bots::BotRegistry;
use axum::routing::{get, post};
use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::cors::CorsLayer;

pub use data_health::data_health_router;

#[derive(Clone)]
struct AppState {
    registry: Arc<BotRegistry>,
    shutdown: CancellationToken,
}

pub fn router(registry: Arc<BotRegistry>, shutdown: CancellationToken) -> Router {
    Router::new()
        .route("/api/bots", get(bots::list).post(bots::create))
        .route("/api/bots/{id}", get(bots::show).delete(bots::remove))
        .route("/api/bots/{id}/start", post(bots::start))
        .route("/api/bots/{id}/stop", post(bots::stop))
        .route("/ws", get(ws::stream))
        .layer(CorsLayer::permissive())
        .with_state(AppState { registry, shutdown })
}

/// Serves until `shutdown` is cancelled and the open requests are answered.
pub fn serve(
    listener: TcpListener,
    registry: Arc<BotRegistry>,
    shutdown: CancellationToken,
) -> impl Future<Output = io::Result<()>> {
    let router = router(registry, shutdown.clone());
    async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(shutdown.cancelled_owned())
            .await
    }
}
