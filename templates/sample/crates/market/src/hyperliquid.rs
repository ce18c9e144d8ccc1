//! Where Hyperliquid is and which wallet would trade there.

use std::fmt;

use algo_trade_core::HyperliquidConfig;
use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    pub api_url: String,
    pub ws_url: String,
}

impl Endpoints {
    /// The environment wins over the configuration file.
    pub fn resolve(config: &HyperliquidConfig) -> Self {
        Self {
            api_url: std::env::var("HYPERLIQUID_API_URL")
                .unwrap_or_else(|_| config.api_url.clone()),
            ws_url: std::env::var("HYPERLIQUID_WS_URL").unwrap_or_else(|_| config.ws_url.clone()),
        }
    }

    pub fn is_testnet(&self) -> bool {
        self.api_url.contains("testnet")
    }
}

/// Messages never repeat the value: start-up errors end up in logs.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum WalletError {
    #[error("HYPERLIQUID_API_WALLET_KEY must be 0x followed by 64 hexadecimal digits")]
    MalformedKey,
    #[error("HYPERLIQUID_ACCOUNT_ADDRESS must be 0x followed by 40 hexadecimal digits")]
    MalformedAddress,
}

/// An API wallet: it may sign orders for the account, but not withdraw from it.
#[derive(Clone)]
pub struct Wallet {
    account: String,
    // Checked and held, never used: this system does not send orders.
    _key: String,
}

impl Wallet {
    /// `None` unless both variables are set; bots then have no account to speak of.
    pub fn from_env() -> Result<Option<Self>, WalletError> {
        let account = std::env::var("HYPERLIQUID_ACCOUNT_ADDRESS").ok();
        let key = std::env::var("HYPERLIQUID_API_WALLET_KEY").ok();
        Self::from_parts(account, key)
    }

    fn from_parts(
        account: Option<String>,
        key: Option<String>,
    ) -> Result<Option<Self>, WalletError> {
        // Container tools pass a variable without a value as an empty one.
        let account = account.filter(|value| !value.is_empty());
        let key = key.filter(|value| !value.is_empty());

        if key.as_deref().is_some_and(|key| !is_hex(key, 64)) {
            return Err(WalletError::MalformedKey);
        }
        if account
            .as_deref()
            .is_some_and(|account| !is_hex(account, 40))
        {
            return Err(WalletError::MalformedAddress);
        }
        Ok(account
            .zip(key)
            .map(|(account, key)| Self { account, _key: key }))
    }

    /// Enough of the address to recognise it.
    pub fn short_account(&self) -> String {
        format!("{}…{}", &self.account[..6], &self.account[38..])
    }
}

impl fmt::Debug for Wallet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wallet")
            .field("account", &self.short_account())
            .finish_non_exhaustive()
    }
}

fn is_hex(value: &str, digits: usize) -> bool {
    value.strip_prefix("0x").is_some_and(|rest| {
        rest.len() == digits && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// How the account itself used to sign, before API wallets. Nothing calls it any more.
#[allow(dead_code)]
fn legacy_private_key() -> Option<String> {
    std::env::var("HYPERLIQUID_PRIVATE_KEY").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Option<String> {
        Some(format!("0x{}", "ab".repeat(20)))
    }

    fn key() -> Option<String> {
        Some(format!("0x{}", "cd".repeat(32)))
    }

    #[test]
    fn a_wallet_needs_both_halves() {
        assert!(Wallet::from_parts(address(), key()).unwrap().is_some());
        assert!(Wallet::from_parts(address(), None).unwrap().is_none());
        assert!(Wallet::from_parts(None, key()).unwrap().is_none());
        let blank = Some(String::new());
        assert!(Wallet::from_parts(blank.clone(), blank).unwrap().is_none());
    }

    #[test]
    fn a_malformed_key_is_refused_without_being_shown() {
        let error = Wallet::from_parts(None, Some("0xsecret".to_owned())).unwrap_err();
        assert_eq!(error, WalletError::MalformedKey);
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    fn a_malformed_address_is_refused() {
        let error = Wallet::from_parts(Some("0x12".to_owned()), key()).unwrap_err();
        assert_eq!(error, WalletError::MalformedAddress);
    }

    #[test]
    fn debug_output_hides_the_key() {
        let wallet = Wallet::from_parts(address(), key()).unwrap().unwrap();
        let shown = format!("{wallet:?}");
        assert!(shown.contains("0xabab…abab"), "{shown}");
        assert!(!shown.contains("cdcd"), "{shown}");
    }
}
