use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use algo_trade_bots::{BotRegistry, BotStore};
use algo_trade_core::{AppConfig, HyperliquidConfig, ServerConfig};
use algo_trade_market::hyperliquid::{Endpoints, Wallet};
use anyhow::Context;
use tokio::net::TcpListener;
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::shutdown::ShutdownSignal;

/// How long open requests may delay the end.
const GRACE: Duration = Duration::from_millis(500);

/// Bots in SQLite, restored, with the web API in front of them.
pub(crate) async fn run() -> anyhow::Result<()> {
    let signal = ShutdownSignal::listen()?;
    let config = AppConfig::load()?;
    announce_venue(&config.hyperliquid)?;

    let url = BotStore::url_from_env();
    let store = BotStore::open(&url)
        .await
        .with_context(|| format!("cannot open {url} (BOT_DATABASE_URL)"))?;
    let registry = BotRegistry::restore(store).await?;
    serve(&config.server, registry, signal).await
}

/// The web API alone. It stays off the daemon's database, which has one writer.
pub(crate) async fn server() -> anyhow::Result<()> {
    let signal = ShutdownSignal::listen()?;
    let config = AppConfig::load()?;
    announce_venue(&config.hyperliquid)?;
    serve(&config.server, BotRegistry::in_memory(), signal).await
}

fn announce_venue(config: &HyperliquidConfig) -> anyhow::Result<()> {
    let endpoints = Endpoints::resolve(config);
    info!(
        api = endpoints.api_url,
        ws = endpoints.ws_url,
        testnet = endpoints.is_testnet(),
        "Hyperliquid"
    );
    match Wallet::from_env()? {
        Some(wallet) => info!(
            account = wallet.short_account(),
            "wallet accepted; this demonstration trades on paper all the same"
        ),
        None => info!("no wallet: bots trade on paper at simulated prices"),
    }
    Ok(())
}

async fn serve(
    config: &ServerConfig,
    registry: BotRegistry,
    mut signal: ShutdownSignal,
) -> anyhow::Result<()> {
    let address = (config.host.as_str(), config.port);
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {}:{}", config.host, config.port))?;
    info!(address = %listener.local_addr()?, "web API listening");

    let registry = Arc::new(registry);
    let shutdown = CancellationToken::new();
    let mut server = pin!(algo_trade_web::serve(
        listener,
        Arc::clone(&registry),
        shutdown.clone()
    ));

    tokio::select! {
        result = &mut server => result.context("the web API ended")?,
        signal = signal.received() => info!(signal, "stop requested"),
    }

    // First the API, so that nobody starts a bot while the others are being stopped.
    shutdown.cancel();
    if time::timeout(GRACE, &mut server).await.is_err() {
        warn!("requests still open; ending without them");
    }
    info!("Shutting down all bots...");
    registry.shutdown().await;
    info!("stopped");
    Ok(())
}
