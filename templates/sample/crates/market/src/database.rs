//! PostgreSQL (TimescaleDB), set up by `scripts/setup_timescale.sql`.

use std::str::FromStr;
use std::time::Duration;

use algo_trade_core::DatabaseConfig;
use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgPool};

use crate::backtest::BacktestReport;
use crate::Strategy;

const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct Tick {
    pub symbol: &'static str,
    pub price: f64,
    pub size: f64,
}

pub async fn connect(config: &DatabaseConfig) -> sqlx::Result<PgPool> {
    let options = PgConnectOptions::from_str(&config.url)?;
    // A pool hides why it cannot connect behind its own timeout; a single connection says it.
    options.connect().await?.close().await?;
    PgPoolOptions::new()
        .max_connections(config.max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
}

pub async fn insert_ticks(pool: &PgPool, time: DateTime<Utc>, ticks: &[Tick]) -> sqlx::Result<()> {
    let symbols: Vec<&str> = ticks.iter().map(|tick| tick.symbol).collect();
    let prices: Vec<f64> = ticks.iter().map(|tick| tick.price).collect();
    let sizes: Vec<f64> = ticks.iter().map(|tick| tick.size).collect();
    sqlx::query(
        "INSERT INTO ticks (time, symbol, price, size)
         SELECT $1, * FROM UNNEST($2::text[], $3::float8[], $4::float8[])",
    )
    .bind(time)
    .bind(symbols)
    .bind(prices)
    .bind(sizes)
    .execute(pool)
    .await?;
    Ok(())
}

/// The latest prices of a symbol, oldest first.
pub async fn recent_prices(pool: &PgPool, symbol: &str, limit: i64) -> sqlx::Result<Vec<f64>> {
    let mut prices: Vec<f64> =
        sqlx::query_scalar("SELECT price FROM ticks WHERE symbol = $1 ORDER BY time DESC LIMIT $2")
            .bind(symbol)
            .bind(limit)
            .fetch_all(pool)
            .await?;
    prices.reverse();
    Ok(prices)
}

pub async fn insert_backtest(
    pool: &PgPool,
    symbol: &str,
    strategy: Strategy,
    report: &BacktestReport,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO backtest_results (time, symbol, strategy, trades, total_return, max_drawdown)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(Utc::now())
    .bind(symbol)
    .bind(strategy.name())
    .bind(i64::from(report.trades))
    .bind(report.total_return)
    .bind(report.max_drawdown)
    .execute(pool)
    .await?;
    Ok(())
}
