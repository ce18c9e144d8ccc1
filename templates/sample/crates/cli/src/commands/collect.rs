use std::process::ExitCode;

use algo_trade_core::AppConfig;
use algo_trade_market::{collector, database};
use anyhow::Context;
use tokio::signal;
use tracing::{error, info};

/// Sets a database that refuses us apart from a mistake of our own (1).
const DATABASE_FAILED: u8 = 2;

pub(crate) async fn run() -> anyhow::Result<ExitCode> {
    let config = AppConfig::load()?;
    tokio::select! {
        result = collect(&config) => {
            if let Err(error) = result {
                error!(%error, "the database failed");
            }
            Ok(ExitCode::from(DATABASE_FAILED))
        }
        result = signal::ctrl_c() => {
            result.context("cannot wait for SIGINT")?;
            info!("collector stopped");
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn collect(config: &AppConfig) -> Result<(), Box<dyn std::error::Error>> {
    let pool = database::connect(&config.database).await?;
    info!("connected to the database");
    collector::run(&pool).await?;
    Ok(())
}
