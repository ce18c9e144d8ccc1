use crate::strategy::{Signal, Strategy, StrategyWindow};

const STARTING_CASH: f64 = 10_000.0;

/// Money and holdings that exist only here. No order leaves this process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaperAccount {
    pub cash: f64,
    pub position: f64,
}

impl Default for PaperAccount {
    fn default() -> Self {
        Self {
            cash: STARTING_CASH,
            position: 0.0,
        }
    }
}

impl PaperAccount {
    pub fn equity(&self, price: f64) -> f64 {
        self.cash + self.position * price
    }

    /// Goes all in or all out. Returns whether anything was traded.
    fn apply(&mut self, signal: Signal, price: f64) -> bool {
        match signal {
            Signal::Buy if self.position == 0.0 => {
                self.position = self.cash / price;
                self.cash = 0.0;
                true
            }
            Signal::Sell if self.position > 0.0 => {
                self.cash = self.equity(price);
                self.position = 0.0;
                true
            }
            Signal::Buy | Signal::Sell | Signal::Hold => false,
        }
    }
}

/// Feeds prices to a strategy and carries out its signals on a paper account.
#[derive(Debug, Clone)]
pub struct PaperTrader {
    window: StrategyWindow,
    account: PaperAccount,
}

impl PaperTrader {
    pub fn new(strategy: Strategy, account: PaperAccount) -> Self {
        Self {
            window: StrategyWindow::new(strategy),
            account,
        }
    }

    pub fn account(&self) -> PaperAccount {
        self.account
    }

    /// Returns whether the price led to a trade.
    pub fn on_price(&mut self, price: f64) -> bool {
        let signal = self.window.on_price(price);
        self.account.apply(signal, price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_keeps_the_profit() {
        let mut account = PaperAccount::default();
        assert!(account.apply(Signal::Buy, 100.0));
        assert_eq!(account.equity(110.0), 11_000.0);
        assert!(account.apply(Signal::Sell, 110.0));
        assert_eq!(account.cash, 11_000.0);
        assert_eq!(account.position, 0.0);
    }

    #[test]
    fn repeated_signals_trade_once() {
        let mut account = PaperAccount::default();
        assert!(!account.apply(Signal::Sell, 100.0));
        assert!(account.apply(Signal::Buy, 100.0));
        assert!(!account.apply(Signal::Buy, 100.0));
        assert!(!account.apply(Signal::Hold, 100.0));
    }
}
