//! Runs bots and remembers them.

mod bot;
mod model;
mod registry;
mod store;

pub use model::{BotConfig, BotId, BotState, BotStatus, InvalidConfig};
pub use registry::{BotRegistry, RegistryError};
pub use store::{BotStore, StoreError};
