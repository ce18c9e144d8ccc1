mod backtest;
mod collect;
mod crash;
mod daemon;
mod scheduled_backtest;

use std::process::ExitCode;

use crate::args::Command;
use crate::tui;

pub(crate) async fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run => daemon::run().await?,
        Command::Server => daemon::server().await?,
        Command::LiveBotTui => tui::run().await?,
        Command::Collect => return collect::run().await,
        Command::Backtest(args) => backtest::run(&args),
        Command::ScheduledBacktest(args) => scheduled_backtest::run(&args).await?,
        Command::Crash(args) => return Ok(crash::run(&args).await),
    }
    Ok(ExitCode::SUCCESS)
}
