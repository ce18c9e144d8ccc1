use figment::providers::{Env, Format, Toml};
use figment::Figment;
use serde::Deserialize;
use thiserror::Error;

/// Looked for in the working directory and then in each of its parents.
const CONFIG_FILE: &str = "config/Config.toml";

/// `APP_DATABASE={url="…"}` overrides `[database]`. The prefix is not split any further,
/// so a nested key can only be reached through an inline table.
const ENV_PREFIX: &str = "APP_";

#[derive(Debug, Clone, Deserialize)]
pub struct AppConfig {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub hyperliquid: HyperliquidConfig,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ServerConfig {
    pub host: String,
    pub port: u16,
}

/// Not `Debug`: the URL carries the password.
#[derive(Clone, Deserialize)]
pub struct DatabaseConfig {
    pub url: String,
    pub max_connections: u32,
}

#[derive(Debug, Clone, Deserialize)]
pub struct HyperliquidConfig {
    pub api_url: String,
    pub ws_url: String,
}

#[derive(Debug, Error)]
#[error("cannot read the configuration ({CONFIG_FILE}, environment {ENV_PREFIX}*): {0}")]
pub struct ConfigError(Box<figment::Error>);

impl AppConfig {
    pub fn load() -> Result<Self, ConfigError> {
        Figment::new()
            .merge(Toml::file(CONFIG_FILE))
            .merge(Env::prefixed(ENV_PREFIX))
            .extract()
            .map_err(|error| ConfigError(Box::new(error)))
    }
}

impl std::fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseConfig")
            .field("url", &"<redacted>")
            .field("max_connections", &self.max_connections)
            .finish()
    }
}

#[cfg(test)]
// `Jail::expect_with` fixes the error type of its closure.
#[allow(clippy::result_large_err)]
mod tests {
    use super::*;
    use figment::Jail;

    const SAMPLE: &str = include_str!("../../../config/Config.toml");

    #[test]
    fn reads_the_file_from_a_parent_directory() {
        Jail::expect_with(|jail| {
            jail.create_dir("config")?;
            jail.create_file(CONFIG_FILE, SAMPLE)?;
            let nested = jail.create_dir("deep/inside")?;
            jail.change_dir(nested)?;

            let config = AppConfig::load().expect("valid configuration");
            assert_eq!(config.server.host, "127.0.0.1");
            assert_eq!(config.server.port, 8080);
            Ok(())
        });
    }

    #[test]
    fn an_inline_table_overrides_only_the_keys_it_names() {
        Jail::expect_with(|jail| {
            jail.create_dir("config")?;
            jail.create_file(CONFIG_FILE, SAMPLE)?;
            jail.set_env("APP_DATABASE", r#"{url="postgresql://u:p%40ss@h/db"}"#);
            jail.set_env("APP_SERVER", r#"{host="0.0.0.0",port=9090}"#);

            let config = AppConfig::load().expect("valid configuration");
            assert_eq!(config.database.url, "postgresql://u:p%40ss@h/db");
            assert_eq!(config.database.max_connections, 5);
            assert_eq!(config.server.host, "0.0.0.0");
            assert_eq!(config.server.port, 9090);
            Ok(())
        });
    }

    #[test]
    fn a_missing_file_is_an_error_that_names_it() {
        Jail::expect_with(|_| {
            let message = AppConfig::load().expect_err("no file").to_string();
            assert!(message.contains(CONFIG_FILE), "{message}");
            Ok(())
        });
    }

    #[test]
    fn debug_output_hides_the_database_password() {
        let database = DatabaseConfig {
            url: "postgresql://u:hunter2@h/db".to_owned(),
            max_connections: 1,
        };
        assert!(!format!("{database:?}").contains("hunter2"));
    }
}
