use std::hash::{DefaultHasher, Hash, Hasher};

/// Typical move from one price to the next, as a share of the price.
const VOLATILITY: f64 = 0.002;

/// How strongly a price that has wandered off is drawn back to where it began.
const PULL: f64 = 0.01;

/// A random walk around a symbol's usual price. The same seed gives the same prices, which
/// is what makes a backtest on simulated data repeatable.
#[derive(Debug, Clone)]
pub struct PriceSimulator {
    anchor: f64,
    price: f64,
    state: u64,
}

impl PriceSimulator {
    pub fn new(symbol: &str, seed: u64) -> Self {
        let anchor = usual_price(symbol);
        let mut hasher = DefaultHasher::new();
        (symbol, seed).hash(&mut hasher);
        Self {
            anchor,
            price: anchor,
            // Xorshift never leaves zero.
            state: hasher.finish() | 1,
        }
    }

    /// Continues from a price seen before, so that a restarted bot sees no jump.
    pub fn resume_at(mut self, price: f64) -> Self {
        if price.is_finite() && price > 0.0 {
            self.price = price;
        }
        self
    }

    pub fn price(&self) -> f64 {
        self.price
    }

    pub fn next_price(&mut self) -> f64 {
        let drift = PULL * (self.anchor / self.price - 1.0);
        let shock = VOLATILITY * self.next_normal();
        self.price *= 1.0 + drift + shock;
        self.price
    }

    /// The sum of twelve uniforms is near enough to a standard normal.
    fn next_normal(&mut self) -> f64 {
        (0..12).map(|_| self.next_uniform()).sum::<f64>() - 6.0
    }

    fn next_uniform(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn usual_price(symbol: &str) -> f64 {
    match symbol {
        "BTC" => 97_000.0,
        "ETH" => 3_400.0,
        "SOL" => 180.0,
        "HYPE" => 32.0,
        _ => 100.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_prices() {
        let mut one = PriceSimulator::new("BTC", 7);
        let mut two = PriceSimulator::new("BTC", 7);
        for _ in 0..100 {
            assert_eq!(one.next_price(), two.next_price());
        }
    }

    #[test]
    fn prices_stay_positive_and_plausible() {
        let mut simulator = PriceSimulator::new("ETH", 1);
        for _ in 0..100_000 {
            let price = simulator.next_price();
            assert!((1_700.0..6_800.0).contains(&price), "{price}");
        }
    }

    #[test]
    fn resumes_only_at_a_usable_price() {
        assert_eq!(
            PriceSimulator::new("SOL", 1).resume_at(150.0).price(),
            150.0
        );
        assert_eq!(PriceSimulator::new("SOL", 1).resume_at(0.0).price(), 180.0);
    }
}
