use algo_trade_market::Strategy;
use thiserror::Error;
use tokio::sync::Mutex;
use tracing::info;

use crate::bot::Bot;
use crate::model::{BotConfig, BotId, BotStatus, InvalidConfig, Snapshot};
use crate::store::{BotStore, StoreError};

#[derive(Debug, Error)]
pub enum RegistryError {
    #[error("no bot with id {0}")]
    NotFound(BotId),
    #[error(transparent)]
    Invalid(#[from] InvalidConfig),
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Result<T> = std::result::Result<T, RegistryError>;

/// All bots of this process, in the order they were created.
///
/// One lock around everything: changes are rare, and each must reach the store before the
/// next is looked at. Running bots do not take it.
#[derive(Default)]
pub struct BotRegistry {
    bots: Mutex<Vec<(BotId, Bot)>>,
    store: Option<BotStore>,
}

impl BotRegistry {
    /// Forgets everything when it ends.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// Takes up where the last process with this store left off.
    pub async fn restore(store: BotStore) -> Result<Self> {
        let mut bots = Vec::new();
        for saved in store.load().await? {
            let mut bot = Bot::new(saved.id.clone(), saved.config, saved.snapshot);
            if saved.enabled {
                bot.start(Some(store.clone()));
            }
            bots.push((saved.id, bot));
        }
        info!(bots = bots.len(), "bots restored");
        Ok(Self {
            bots: Mutex::new(bots),
            store: Some(store),
        })
    }

    /// Bots to look at, for a screen without a daemon behind it.
    pub async fn demo() -> Result<Self> {
        let registry = Self::in_memory();
        for (name, symbol, strategy, running) in [
            ("Trend follower", "BTC", Strategy::MaCrossover, true),
            ("Dip buyer", "ETH", Strategy::MeanReversion, true),
            ("Fast trend", "SOL", Strategy::MaCrossover, true),
            ("On the bench", "HYPE", Strategy::MeanReversion, false),
        ] {
            let bot = registry
                .add(BotConfig {
                    name: name.to_owned(),
                    symbol: symbol.to_owned(),
                    strategy,
                })
                .await?;
            if running {
                registry.start(&bot.bot_id).await?;
            }
        }
        Ok(registry)
    }

    pub async fn list(&self) -> Vec<BotStatus> {
        let bots = self.bots.lock().await;
        bots.iter().map(|(_, bot)| bot.status()).collect()
    }

    pub async fn get(&self, id: &BotId) -> Result<BotStatus> {
        let mut bots = self.bots.lock().await;
        Ok(find(&mut bots, id)?.status())
    }

    /// A new bot is stopped.
    pub async fn add(&self, config: BotConfig) -> Result<BotStatus> {
        config.validate()?;
        let id = BotId::random();
        let mut bots = self.bots.lock().await;
        if let Some(store) = &self.store {
            store.insert(&id, &config).await?;
        }
        let bot = Bot::new(id.clone(), config, Snapshot::default());
        let status = bot.status();
        bots.push((id, bot));
        Ok(status)
    }

    pub async fn remove(&self, id: &BotId) -> Result<()> {
        let mut bots = self.bots.lock().await;
        find(&mut bots, id)?.stop(self.store.as_ref()).await;
        if let Some(store) = &self.store {
            store.delete(id).await?;
        }
        bots.retain(|(other, _)| other != id);
        Ok(())
    }

    pub async fn start(&self, id: &BotId) -> Result<BotStatus> {
        let mut bots = self.bots.lock().await;
        let bot = find(&mut bots, id)?;
        if let Some(store) = &self.store {
            store.set_enabled(id, true).await?;
        }
        bot.start(self.store.clone());
        Ok(bot.status())
    }

    pub async fn stop(&self, id: &BotId) -> Result<BotStatus> {
        let mut bots = self.bots.lock().await;
        let bot = find(&mut bots, id)?;
        if let Some(store) = &self.store {
            store.set_enabled(id, false).await?;
        }
        bot.stop(self.store.as_ref()).await;
        Ok(bot.status())
    }

    /// Ends every bot but leaves it enabled, so the next process starts it again.
    pub async fn shutdown(&self) {
        let mut bots = self.bots.lock().await;
        for (_, bot) in bots.iter_mut() {
            bot.stop(self.store.as_ref()).await;
        }
        if let Some(store) = &self.store {
            store.close().await;
        }
    }
}

fn find<'a>(bots: &'a mut [(BotId, Bot)], id: &BotId) -> Result<&'a mut Bot> {
    bots.iter_mut()
        .find_map(|(other, bot)| (other == id).then_some(bot))
        .ok_or_else(|| RegistryError::NotFound(id.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BotState;

    fn config() -> BotConfig {
        BotConfig {
            name: "Trend".to_owned(),
            symbol: "BTC".to_owned(),
            strategy: Strategy::MaCrossover,
        }
    }

    #[tokio::test]
    async fn a_bot_can_be_started_stopped_and_removed() {
        let registry = BotRegistry::in_memory();
        let id = registry.add(config()).await.unwrap().bot_id;
        assert_eq!(registry.start(&id).await.unwrap().state, BotState::Running);
        assert_eq!(registry.stop(&id).await.unwrap().state, BotState::Stopped);
        registry.remove(&id).await.unwrap();
        assert!(matches!(
            registry.get(&id).await,
            Err(RegistryError::NotFound(_))
        ));
    }

    #[tokio::test]
    async fn bots_survive_a_restart() {
        let folder = std::env::temp_dir().join(format!("algo-trade-{}", BotId::random()));
        std::fs::create_dir(&folder).unwrap();
        let url = format!("sqlite://{}/bots.db?mode=rwc", folder.display());

        let registry = BotRegistry::restore(BotStore::open(&url).await.unwrap())
            .await
            .unwrap();
        let running = registry.add(config()).await.unwrap().bot_id;
        let stopped = registry.add(config()).await.unwrap().bot_id;
        registry.start(&running).await.unwrap();
        registry.shutdown().await;

        let registry = BotRegistry::restore(BotStore::open(&url).await.unwrap())
            .await
            .unwrap();
        let states: Vec<_> = registry
            .list()
            .await
            .into_iter()
            .map(|bot| (bot.bot_id, bot.state))
            .collect();
        assert_eq!(
            states,
            [(running, BotState::Running), (stopped, BotState::Stopped)]
        );
        registry.shutdown().await;
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn a_missing_file_is_not_created_without_rwc() {
        let missing = std::env::temp_dir().join(BotId::random().as_str());
        let url = format!("sqlite://{}", missing.display());
        assert!(BotStore::open(&url).await.is_err());
        assert!(!missing.exists());
    }
}
