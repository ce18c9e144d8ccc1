use std::collections::{BTreeMap, VecDeque};

use algo_trade_bots::{BotId, BotState, BotStatus};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Redraws, not seconds: four of them a second.
const HISTORY: usize = 480;

#[derive(Debug, PartialEq)]
pub(super) enum Action {
    None,
    Start(BotId),
    Stop(BotId),
    Quit,
}

/// What the screen shows.
#[derive(Default)]
pub(super) struct App {
    bots: Vec<BotStatus>,
    selected: usize,
    history: BTreeMap<BotId, VecDeque<f64>>,
}

impl App {
    pub(super) fn update(&mut self, bots: Vec<BotStatus>) {
        for bot in &bots {
            if let Some(price) = bot.price {
                let prices = self.history.entry(bot.bot_id.clone()).or_default();
                if prices.len() == HISTORY {
                    prices.pop_front();
                }
                prices.push_back(price);
            }
        }
        self.selected = self.selected.min(bots.len().saturating_sub(1));
        self.bots = bots;
    }

    pub(super) fn bots(&self) -> &[BotStatus] {
        &self.bots
    }

    pub(super) fn selected(&self) -> Option<(usize, &BotStatus)> {
        self.bots.get(self.selected).map(|bot| (self.selected, bot))
    }

    /// The selected bot's prices as points of a chart, oldest first.
    pub(super) fn selected_prices(&self) -> Vec<(f64, f64)> {
        self.selected()
            .and_then(|(_, bot)| self.history.get(&bot.bot_id))
            .map(|prices| {
                let points = prices.iter().enumerate();
                points.map(|(step, price)| (step as f64, *price)).collect()
            })
            .unwrap_or_default()
    }

    pub(super) fn on_key(&mut self, key: KeyEvent) -> Action {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Action::Quit,
            // In raw mode Ctrl-C is a key, not a signal.
            KeyCode::Char('c') if control => return Action::Quit,
            KeyCode::Up | KeyCode::Char('k') => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => {
                self.selected = (self.selected + 1).min(self.bots.len().saturating_sub(1));
            }
            KeyCode::Char('s') | KeyCode::Enter => return self.toggle(),
            _ => {}
        }
        Action::None
    }

    fn toggle(&self) -> Action {
        self.selected().map_or(Action::None, |(_, bot)| {
            let id = bot.bot_id.clone();
            match bot.state {
                BotState::Running => Action::Stop(id),
                BotState::Stopped => Action::Start(id),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use algo_trade_bots::BotRegistry;

    async fn app() -> App {
        let mut app = App::default();
        app.update(BotRegistry::demo().await.unwrap().list().await);
        app
    }

    #[tokio::test]
    async fn the_selection_stays_inside_the_table() {
        let mut app = app().await;
        app.on_key(KeyCode::Up.into());
        assert_eq!(app.selected, 0);
        for _ in 0..10 {
            app.on_key(KeyCode::Down.into());
        }
        assert_eq!(app.selected, app.bots.len() - 1);
        app.update(Vec::new());
        assert!(app.selected().is_none());
    }

    #[tokio::test]
    async fn s_toggles_the_selected_bot() {
        let mut app = app().await;
        let first = app.bots[0].bot_id.clone();
        assert_eq!(app.on_key(KeyCode::Char('s').into()), Action::Stop(first));
    }

    #[test]
    fn q_and_control_c_quit() {
        let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        let mut app = App::default();
        assert_eq!(app.on_key(KeyCode::Char('q').into()), Action::Quit);
        assert_eq!(app.on_key(control_c), Action::Quit);
        assert_eq!(app.on_key(KeyCode::Char('c').into()), Action::None);
    }
}
