use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::State;
use axum::response::Response;
use tokio::time::{self, MissedTickBehavior};
use tracing::debug;

use crate::AppState;

const PERIOD: Duration = Duration::from_secs(1);

pub(crate) async fn stream(State(state): State<AppState>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| send_states(socket, state))
}

/// Sends every bot's state each second until the peer leaves or the server stops.
async fn send_states(mut socket: WebSocket, state: AppState) {
    let mut interval = time::interval(PERIOD);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.shutdown.cancelled() => break,
            _ = interval.tick() => {
                let Ok(states) = serde_json::to_string(&state.registry.list().await) else {
                    break;
                };
                if socket.send(Message::Text(states.into())).await.is_err() {
                    debug!("websocket peer left");
                    return;
                }
            }
            // Nothing a peer says matters, but only reading notices that it left.
            message = socket.recv() => match message {
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
    // The peer may be gone already; then there is nobody to tell.
    let _ = socket.send(Message::Close(None)).await;
}
