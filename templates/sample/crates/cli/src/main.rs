//! The algo-trade binary.

mod args;
mod commands;
mod shutdown;
mod tui;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::Parser;
use tracing::error;
use tracing_subscriber::EnvFilter;

use crate::args::{Cli, Command};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // The terminal UI owns the screen; a log line would tear it.
    if !matches!(cli.command, Command::LiveBotTui) {
        init_logging();
    }
    match commands::dispatch(cli.command).await {
        Ok(code) => code,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

/// `RUST_LOG` chooses what is logged; without it, everything from `info` up.
fn init_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();
}

fn report(error: &anyhow::Error) {
    let message = describe(error);
    if tracing::dispatcher::has_been_set() {
        error!("{message}");
    } else {
        eprintln!("Error: {message}");
    }
}

/// The error and its causes. Some libraries repeat the cause in their own message; it is
/// shown once.
fn describe(error: &anyhow::Error) -> String {
    let mut message = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !message.contains(&cause) {
            message = format!("{message}: {cause}");
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn causes_are_shown_once() {
        let error = anyhow!("file missing")
            .context("store: file missing")
            .context("cannot start");
        assert_eq!(describe(&error), "cannot start: store: file missing");
    }
}
