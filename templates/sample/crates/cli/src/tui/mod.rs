//! `live-bot-tui`: demonstration bots in the terminal. They live in this process alone;
//! the daemon's bots are not shown.

mod app;
mod view;

use std::io::{self, IsTerminal};
use std::time::Duration;

use algo_trade_bots::BotRegistry;
use anyhow::ensure;
use crossterm::event::{self, Event, KeyEvent, KeyEventKind};
use tokio::task;

use self::app::{Action, App};

const REDRAW: Duration = Duration::from_millis(250);

pub(crate) async fn run() -> anyhow::Result<()> {
    ensure!(io::stdout().is_terminal(), "live-bot-tui needs a terminal");
    let registry = BotRegistry::demo().await?;
    // `try_init` also restores the terminal when the program panics.
    let mut terminal = ratatui::try_init()?;
    let result = watch(&mut terminal, &registry).await;
    ratatui::restore();
    result
}

async fn watch(
    terminal: &mut ratatui::DefaultTerminal,
    registry: &BotRegistry,
) -> anyhow::Result<()> {
    let mut app = App::default();
    loop {
        app.update(registry.list().await);
        terminal.draw(|frame| view::draw(frame, &app))?;
        match next_key()?.map_or(Action::None, |key| app.on_key(key)) {
            Action::None => {}
            Action::Start(id) => drop(registry.start(&id).await?),
            Action::Stop(id) => drop(registry.stop(&id).await?),
            Action::Quit => return Ok(()),
        }
    }
}

/// Waits for a key, but not longer than until the next redraw.
fn next_key() -> io::Result<Option<KeyEvent>> {
    task::block_in_place(|| {
        if !event::poll(REDRAW)? {
            return Ok(None);
        }
        Ok(match event::read()? {
            Event::Key(key) if key.kind == KeyEventKind::Press => Some(key),
            _ => None,
        })
    })
}
