//! Configuration shared by every algo-trade crate.

mod config;

pub use config::{AppConfig, ConfigError, DatabaseConfig, HyperliquidConfig, ServerConfig};
