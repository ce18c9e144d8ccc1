use std::str::FromStr;
use std::time::Duration;

use algo_trade_market::PaperAccount;
use chrono::{DateTime, Utc};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use sqlx::{FromRow, SqlitePool};
use thiserror::Error;

use crate::model::{BotConfig, BotId, BotState, Snapshot};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

#[derive(Debug, Error)]
pub enum StoreError {
    #[error("bot database: {0}")]
    Sqlite(#[from] sqlx::Error),
    #[error("bot database migration: {0}")]
    Migration(#[from] MigrateError),
    #[error("bot {id} has an unreadable configuration: {source}")]
    Config {
        id: BotId,
        source: serde_json::Error,
    },
}

/// Bots in SQLite.
#[derive(Debug, Clone)]
pub struct BotStore {
    pool: SqlitePool,
}

pub(crate) struct SavedBot {
    pub(crate) id: BotId,
    pub(crate) config: BotConfig,
    pub(crate) enabled: bool,
    pub(crate) snapshot: Snapshot,
}

#[derive(FromRow)]
struct Row {
    bot_id: String,
    config_json: String,
    enabled: bool,
    price: Option<f64>,
    cash: Option<f64>,
    position: Option<f64>,
    last_heartbeat: Option<DateTime<Utc>>,
}

impl BotStore {
    /// Where the daemon keeps its bots. SQLite creates the file only if the URL says
    /// `?mode=rwc`, and never its folder.
    pub fn url_from_env() -> String {
        std::env::var("BOT_DATABASE_URL").unwrap_or_else(|_| "sqlite://bots.db".to_owned())
    }

    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)?
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(Duration::from_secs(5));
        // One writer: a second connection could only wait for the first.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        MIGRATIONS.run(&pool).await?;
        Ok(Self { pool })
    }

    /// Lets SQLite fold the write-ahead log back into the database file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) async fn load(&self) -> Result<Vec<SavedBot>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT bot_id, config_json, enabled, price, cash, position, last_heartbeat
             FROM bot_configs LEFT JOIN bot_runtime_state USING (bot_id)
             ORDER BY created_at",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(SavedBot::try_from).collect()
    }

    pub(crate) async fn insert(&self, id: &BotId, config: &BotConfig) -> Result<(), StoreError> {
        let config_json = serde_json::to_string(config).map_err(|source| StoreError::Config {
            id: id.clone(),
            source,
        })?;
        let now = Utc::now();
        sqlx::query(
            "INSERT INTO bot_configs (bot_id, config_json, created_at, updated_at)
             VALUES (?, ?, ?, ?)",
        )
        .bind(id.as_str())
        .bind(config_json)
        .bind(now)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(crate) async fn set_enabled(&self, id: &BotId, enabled: bool) -> Result<(), StoreError> {
        sqlx::query("UPDATE bot_configs SET enabled = ?, updated_at = ? WHERE bot_id = ?")
            .bind(enabled)
            .bind(Utc::now())
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub(crate) async fn save_state(
        &self,
        id: &BotId,
        state: BotState,
        snapshot: &Snapshot,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO bot_runtime_state (bot_id, state, last_heartbeat, price, cash, position)
             VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (bot_id) DO UPDATE SET
                 state = excluded.state,
                 last_heartbeat = excluded.last_heartbeat,
                 price = excluded.price,
                 cash = excluded.cash,
                 position = excluded.position",
        )
        .bind(id.as_str())
        .bind(state.name())
        .bind(Utc::now())
        .bind(snapshot.price)
        .bind(snapshot.account.cash)
        .bind(snapshot.account.position)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(crate) async fn delete(&self, id: &BotId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM bot_configs WHERE bot_id = ?")
            .bind(id.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl TryFrom<Row> for SavedBot {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = BotId::from(row.bot_id);
        let config =
            serde_json::from_str(&row.config_json).map_err(|source| StoreError::Config {
                id: id.clone(),
                source,
            })?;
        let account = match (row.cash, row.position) {
            (Some(cash), Some(position)) => PaperAccount { cash, position },
            // A bot that never ran, or one saved before accounts were.
            _ => PaperAccount::default(),
        };
        Ok(Self {
            id,
            config,
            enabled: row.enabled,
            snapshot: Snapshot {
                price: row.price,
                account,
                heartbeat: row.last_heartbeat,
            },
        })
    }
}
