use std::time::Duration;

use algo_trade_market::{PaperTrader, PriceSimulator};
use chrono::Utc;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{self, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::model::{BotConfig, BotId, BotState, BotStatus, Snapshot};
use crate::store::BotStore;

const PERIOD: Duration = Duration::from_secs(1);
const TICKS_PER_HEARTBEAT: u64 = 5;

/// A configured bot, running or not.
pub(crate) struct Bot {
    id: BotId,
    config: BotConfig,
    snapshot: watch::Sender<Snapshot>,
    task: Option<Task>,
}

struct Task {
    cancel: CancellationToken,
    handle: JoinHandle<()>,
}

impl Bot {
    pub(crate) fn new(id: BotId, config: BotConfig, snapshot: Snapshot) -> Self {
        Self {
            id,
            config,
            snapshot: watch::Sender::new(snapshot),
            task: None,
        }
    }

    pub(crate) fn state(&self) -> BotState {
        match self.task {
            Some(_) => BotState::Running,
            None => BotState::Stopped,
        }
    }

    pub(crate) fn status(&self) -> BotStatus {
        BotStatus::new(
            &self.id,
            &self.config,
            self.state(),
            &self.snapshot.borrow(),
        )
    }

    pub(crate) fn start(&mut self, store: Option<BotStore>) {
        if self.task.is_some() {
            return;
        }
        let cancel = CancellationToken::new();
        let trading = trade(
            self.id.clone(),
            self.config.clone(),
            self.snapshot.clone(),
            store,
        );
        let stopped = cancel.clone();
        // Dropping `trading` at an await point is safe: the state it leaves behind is the
        // last snapshot, and `stop` writes that.
        let handle = tokio::spawn(async move {
            stopped.run_until_cancelled(trading).await;
        });
        self.task = Some(Task { cancel, handle });
        info!(bot = %self.id, name = self.config.name, "bot started");
    }

    pub(crate) async fn stop(&mut self, store: Option<&BotStore>) {
        let Some(task) = self.task.take() else {
            return;
        };
        task.cancel.cancel();
        if let Err(error) = task.handle.await {
            warn!(bot = %self.id, %error, "bot ended badly");
        }
        let snapshot = self.snapshot.borrow().clone();
        heartbeat(store, &self.id, BotState::Stopped, &snapshot).await;
        info!(bot = %self.id, name = self.config.name, "bot stopped");
    }
}

async fn trade(
    id: BotId,
    config: BotConfig,
    snapshot: watch::Sender<Snapshot>,
    store: Option<BotStore>,
) {
    let last = snapshot.borrow().clone();
    let seed = Utc::now().timestamp().unsigned_abs();
    let mut market =
        PriceSimulator::new(&config.symbol, seed).resume_at(last.price.unwrap_or_default());
    let mut trader = PaperTrader::new(config.strategy, last.account);
    let mut interval = time::interval(PERIOD);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);

    for tick in 0_u64.. {
        interval.tick().await;
        let price = market.next_price();
        if trader.on_price(price) {
            debug!(bot = %id, price, position = trader.account().position, "paper trade");
        }
        let now = Snapshot {
            price: Some(price),
            account: trader.account(),
            heartbeat: Some(Utc::now()),
        };
        snapshot.send_replace(now.clone());
        if tick % TICKS_PER_HEARTBEAT == 0 {
            heartbeat(store.as_ref(), &id, BotState::Running, &now).await;
        }
    }
}

/// A heartbeat that cannot be written is no reason to stop trading.
async fn heartbeat(store: Option<&BotStore>, id: &BotId, state: BotState, snapshot: &Snapshot) {
    if let Some(store) = store {
        if let Err(error) = store.save_state(id, state, snapshot).await {
            warn!(bot = %id, %error, "heartbeat not written");
        }
    }
}
