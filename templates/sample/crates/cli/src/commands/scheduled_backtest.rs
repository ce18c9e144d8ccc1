use std::time::{Duration, SystemTime, UNIX_EPOCH};

use algo_trade_core::{AppConfig, DatabaseConfig};
use algo_trade_market::{backtest, database};
use tokio::time;
use tracing::{error, info};

use crate::args::{MarketArgs, ScheduledArgs};

/// With fewer collected prices than this a backtest would say nothing.
const MIN_PRICES: usize = 60;

pub(crate) async fn run(args: &ScheduledArgs) -> anyhow::Result<()> {
    let config = AppConfig::load()?;
    let pause = Duration::from_secs(args.interval_secs);
    loop {
        // A failed round is no reason to miss the next.
        if let Err(error) = round(&config.database, &args.market).await {
            error!(%error, "backtest failed");
        }
        time::sleep(pause).await;
    }
}

/// Opens the database for this round only: between rounds lie hours of idleness.
async fn round(config: &DatabaseConfig, market: &MarketArgs) -> anyhow::Result<()> {
    let pool = database::connect(config).await?;
    let collected =
        database::recent_prices(&pool, &market.symbol, i64::from(market.prices)).await?;
    let (source, prices) = if collected.len() >= MIN_PRICES {
        ("collected", collected)
    } else {
        let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let count = market.prices as usize;
        let simulated = backtest::simulated_prices(&market.symbol, seed, count);
        ("simulated", simulated)
    };

    let report = backtest::run(market.strategy, &prices);
    database::insert_backtest(&pool, &market.symbol, market.strategy, &report).await?;
    info!(
        symbol = market.symbol,
        strategy = %market.strategy,
        source,
        trades = report.trades,
        total_return = report.total_return,
        "backtest stored"
    );
    pool.close().await;
    Ok(())
}
