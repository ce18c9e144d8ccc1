//! Everything about the market: the venue's settings, simulated prices, strategies that
//! trade them on paper, backtests and the tick collector.

pub mod backtest;
pub mod collector;
pub mod database;
pub mod hyperliquid;
mod paper;
mod simulation;
mod strategy;

pub use paper::{PaperAccount, PaperTrader};
pub use simulation::PriceSimulator;
pub use strategy::{Signal, Strategy};
