//! Writes one simulated tick per symbol and second.

use std::time::Duration;

use chrono::Utc;
use sqlx::PgPool;
use tokio::time::{self, MissedTickBehavior};
use tracing::{debug, info};

use crate::database::{self, Tick};
use crate::PriceSimulator;

const SYMBOLS: [&str; 4] = ["BTC", "ETH", "SOL", "HYPE"];
const PERIOD: Duration = Duration::from_secs(1);
const ROUNDS_PER_REPORT: u64 = 60;

/// Runs until the database fails. Cancel it by dropping the future: a round is one statement,
/// so it is either written whole or not at all.
pub async fn run(pool: &PgPool) -> sqlx::Result<()> {
    let seed = Utc::now().timestamp().unsigned_abs();
    let mut simulators = SYMBOLS.map(|symbol| (symbol, PriceSimulator::new(symbol, seed)));
    let mut interval = time::interval(PERIOD);
    // After a pause of the machine, carry on instead of catching up.
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);

    for round in 1_u64.. {
        interval.tick().await;
        let ticks = simulators.each_mut().map(|(symbol, simulator)| Tick {
            symbol,
            price: simulator.next_price(),
            size: 1.0,
        });
        database::insert_ticks(pool, Utc::now(), &ticks).await?;
        debug!(round, "ticks written");
        if round == 1 || round % ROUNDS_PER_REPORT == 0 {
            info!(rounds = round, symbols = SYMBOLS.len(), "collecting ticks");
        }
    }
    Ok(())
}
