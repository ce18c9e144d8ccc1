//! Replays prices through a strategy.

use std::fmt;

use crate::{PaperAccount, PaperTrader, PriceSimulator, Strategy};

#[derive(Debug, Clone, PartialEq)]
pub struct BacktestReport {
    pub prices: usize,
    pub trades: u32,
    /// Share of the starting equity gained or lost.
    pub total_return: f64,
    /// Deepest fall from a previous peak, as a share of that peak.
    pub max_drawdown: f64,
}

pub fn run(strategy: Strategy, prices: &[f64]) -> BacktestReport {
    let start = PaperAccount::default();
    let mut trader = PaperTrader::new(strategy, start);
    let mut equity = start.cash;
    let mut peak = equity;
    let mut max_drawdown = 0.0_f64;
    let mut trades = 0;

    for &price in prices {
        trades += u32::from(trader.on_price(price));
        equity = trader.account().equity(price);
        peak = peak.max(equity);
        max_drawdown = max_drawdown.max(1.0 - equity / peak);
    }

    BacktestReport {
        prices: prices.len(),
        trades,
        total_return: equity / start.cash - 1.0,
        max_drawdown,
    }
}

pub fn simulated_prices(symbol: &str, seed: u64, count: usize) -> Vec<f64> {
    let mut simulator = PriceSimulator::new(symbol, seed);
    (0..count).map(|_| simulator.next_price()).collect()
}

impl fmt::Display for BacktestReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "prices        {:>9}", self.prices)?;
        writeln!(f, "trades        {:>9}", self.trades)?;
        writeln!(f, "total return  {:>8.2}%", self.total_return * 100.0)?;
        write!(f, "max drawdown  {:>8.2}%", self.max_drawdown * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_rise_is_profit_without_drawdown() {
        let prices: Vec<f64> = (100..200).map(f64::from).collect();
        let report = run(Strategy::MaCrossover, &prices);
        assert_eq!(report.trades, 1);
        assert!(report.total_return > 0.5, "{report:?}");
        assert_eq!(report.max_drawdown, 0.0);
    }

    #[test]
    fn no_prices_is_no_trade() {
        let report = run(Strategy::MeanReversion, &[]);
        assert_eq!((report.trades, report.total_return), (0, 0.0));
    }

    #[test]
    fn simulated_runs_repeat() {
        let once = run(Strategy::MaCrossover, &simulated_prices("BTC", 42, 500));
        let again = run(Strategy::MaCrossover, &simulated_prices("BTC", 42, 500));
        assert_eq!(once, again);
    }
}
