use std::path::PathBuf;

use algo_trade_market::Strategy;
use clap::{Args, Parser, Subcommand};

/// A demonstration trading system: bots on simulated prices, no real orders.
#[derive(Debug, Parser)]
#[command(name = "algo-trade", version)]
pub(crate) struct Cli {
    /// Accepted for old scripts and ignored: config/Config.toml is found from the working
    /// directory upwards
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the daemon: restored bots and the web API
    Run,
    /// Run the web API alone, with bots that are forgotten at the end
    Server,
    /// Watch demonstration bots in the terminal
    LiveBotTui,
    /// Write simulated ticks into PostgreSQL each second
    Collect,
    /// Backtest a strategy on simulated prices and print the result
    Backtest(BacktestArgs),
    /// Backtest again and again, storing each result in PostgreSQL
    ScheduledBacktest(ScheduledArgs),
    /// Exit with an error after a while, to see how a supervisor reacts
    Crash(CrashArgs),
}

#[derive(Debug, Clone, Args)]
pub(crate) struct MarketArgs {
    #[arg(long, default_value = "BTC")]
    pub(crate) symbol: String,

    /// ma_crossover or mean_reversion
    #[arg(long, default_value_t = Strategy::MaCrossover)]
    pub(crate) strategy: Strategy,

    /// How many prices to replay
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) prices: u32,
}

#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    #[command(flatten)]
    pub(crate) market: MarketArgs,

    /// The same seed gives the same prices
    #[arg(long, default_value_t = 42)]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ScheduledArgs {
    #[command(flatten)]
    pub(crate) market: MarketArgs,

    /// Seconds from the end of one backtest to the next
    #[arg(long, default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) interval_secs: u64,
}

#[derive(Debug, Args)]
pub(crate) struct CrashArgs {
    /// Seconds before the end
    #[arg(long, default_value_t = 1, value_name = "SECS")]
    pub(crate) after: u64,

    /// Exit code
    #[arg(long, default_value_t = 3)]
    pub(crate) code: u8,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn config_is_accepted_anywhere_and_ignored() {
        for line in [
            ["algo-trade", "--config", "other.toml", "run"],
            ["algo-trade", "run", "--config", "other.toml"],
        ] {
            assert!(matches!(Cli::parse_from(line).command, Command::Run));
        }
    }
}
