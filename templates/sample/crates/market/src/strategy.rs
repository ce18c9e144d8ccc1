use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const FAST: usize = 5;
const SLOW: usize = 20;

/// Distance from the mean, in standard deviations, that counts as an extreme.
const EXTREME: f64 = 1.5;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Long while the fast moving average is above the slow one.
    MaCrossover,
    /// Buys what fell far below its mean and sells what rose far above it.
    MeanReversion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Buy,
    Sell,
    Hold,
}

impl Strategy {
    pub fn name(self) -> &'static str {
        match self {
            Self::MaCrossover => "ma_crossover",
            Self::MeanReversion => "mean_reversion",
        }
    }

    fn decide(self, window: &VecDeque<f64>) -> Signal {
        if window.len() < SLOW {
            return Signal::Hold;
        }
        let mean = average(window.iter());
        match self {
            Self::MaCrossover => {
                let fast = average(window.iter().skip(window.len() - FAST));
                if fast > mean {
                    Signal::Buy
                } else {
                    Signal::Sell
                }
            }
            Self::MeanReversion => {
                let variance = average(window.iter().map(|price| (price - mean).powi(2)));
                let distance = window[window.len() - 1] - mean;
                if distance < -EXTREME * variance.sqrt() {
                    Signal::Buy
                } else if distance > EXTREME * variance.sqrt() {
                    Signal::Sell
                } else {
                    Signal::Hold
                }
            }
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Strategy {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::MaCrossover, Self::MeanReversion]
            .into_iter()
            .find(|strategy| strategy.name() == name)
            .ok_or_else(|| format!("unknown strategy {name:?}: ma_crossover or mean_reversion"))
    }
}

/// A strategy together with the prices it looks back on.
#[derive(Debug, Clone)]
pub(crate) struct StrategyWindow {
    strategy: Strategy,
    prices: VecDeque<f64>,
}

impl StrategyWindow {
    pub(crate) fn new(strategy: Strategy) -> Self {
        Self {
            strategy,
            prices: VecDeque::with_capacity(SLOW),
        }
    }

    pub(crate) fn on_price(&mut self, price: f64) -> Signal {
        if self.prices.len() == SLOW {
            self.prices.pop_front();
        }
        self.prices.push_back(price);
        self.strategy.decide(&self.prices)
    }
}

fn average<T: std::borrow::Borrow<f64>>(values: impl Iterator<Item = T>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| {
        (sum + value.borrow(), count + 1)
    });
    sum / f64::from(count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_signal(strategy: Strategy, prices: impl Iterator<Item = f64>) -> Signal {
        let mut window = StrategyWindow::new(strategy);
        prices.fold(Signal::Hold, |_, price| window.on_price(price))
    }

    #[test]
    fn holds_until_the_window_is_full() {
        let short = (1..SLOW).map(|step| step as f64);
        assert_eq!(last_signal(Strategy::MaCrossover, short), Signal::Hold);
    }

    #[test]
    fn crossover_follows_the_trend() {
        let up = (1..=30).map(f64::from);
        let down = (1..=30).rev().map(f64::from);
        assert_eq!(last_signal(Strategy::MaCrossover, up), Signal::Buy);
        assert_eq!(last_signal(Strategy::MaCrossover, down), Signal::Sell);
    }

    #[test]
    fn reversion_trades_against_an_extreme() {
        let calm = || (0..25).map(|step| 100.0 + f64::from(step % 2));
        let fallen = calm().chain([90.0]);
        let risen = calm().chain([110.0]);
        assert_eq!(last_signal(Strategy::MeanReversion, fallen), Signal::Buy);
        assert_eq!(last_signal(Strategy::MeanReversion, risen), Signal::Sell);
        assert_eq!(last_signal(Strategy::MeanReversion, calm()), Signal::Hold);
    }

    #[test]
    fn names_round_trip() {
        for strategy in [Strategy::MaCrossover, Strategy::MeanReversion] {
            assert_eq!(strategy.name().parse(), Ok(strategy));
        }
        assert!("martingale".parse::<Strategy>().is_err());
    }
}
