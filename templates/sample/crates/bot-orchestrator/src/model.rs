use std::fmt;

use algo_trade_market::{PaperAccount, Strategy};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

const MAX_NAME: usize = 64;
const MAX_SYMBOL: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BotId(String);

impl BotId {
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4().to_string())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for BotId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl fmt::Display for BotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotConfig {
    pub name: String,
    pub symbol: String,
    pub strategy: Strategy,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum InvalidConfig {
    #[error("name must have 1 to {MAX_NAME} characters and no control characters")]
    Name,
    #[error("symbol must have 1 to {MAX_SYMBOL} capital letters or digits")]
    Symbol,
}

impl BotConfig {
    pub fn validate(&self) -> Result<(), InvalidConfig> {
        let length = self.name.chars().count();
        if !(1..=MAX_NAME).contains(&length) || self.name.chars().any(char::is_control) {
            return Err(InvalidConfig::Name);
        }
        let symbol = self.symbol.as_bytes();
        if !(1..=MAX_SYMBOL).contains(&symbol.len())
            || !symbol
                .iter()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        {
            return Err(InvalidConfig::Symbol);
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BotState {
    Stopped,
    Running,
}

impl BotState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Running => "running",
        }
    }
}

/// What a bot last saw and owned.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) price: Option<f64>,
    pub(crate) account: PaperAccount,
    pub(crate) heartbeat: Option<DateTime<Utc>>,
}

/// A bot as the API and the terminal UI show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BotStatus {
    pub bot_id: BotId,
    #[serde(flatten)]
    pub config: BotConfig,
    pub state: BotState,
    /// Always "paper": nothing here sends orders.
    pub mode: &'static str,
    pub price: Option<f64>,
    pub position: f64,
    pub equity: f64,
    pub last_heartbeat: Option<DateTime<Utc>>,
}

impl BotStatus {
    pub(crate) fn new(
        id: &BotId,
        config: &BotConfig,
        state: BotState,
        snapshot: &Snapshot,
    ) -> Self {
        Self {
            bot_id: id.clone(),
            config: config.clone(),
            state,
            mode: "paper",
            price: snapshot.price,
            position: snapshot.account.position,
            equity: snapshot.account.equity(snapshot.price.unwrap_or_default()),
            last_heartbeat: snapshot.heartbeat,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str, symbol: &str) -> BotConfig {
        BotConfig {
            name: name.to_owned(),
            symbol: symbol.to_owned(),
            strategy: Strategy::MaCrossover,
        }
    }

    #[test]
    fn validates_names_and_symbols() {
        assert_eq!(config("Trend", "BTC").validate(), Ok(()));
        assert_eq!(config("", "BTC").validate(), Err(InvalidConfig::Name));
        assert_eq!(
            config("a\x1b[2J", "BTC").validate(),
            Err(InvalidConfig::Name)
        );
        assert_eq!(
            config("Trend", "btc").validate(),
            Err(InvalidConfig::Symbol)
        );
        assert_eq!(config("Trend", "").validate(), Err(InvalidConfig::Symbol));
    }
}
