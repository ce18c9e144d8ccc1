use algo_trade_market::backtest;

use crate::args::BacktestArgs;

pub(crate) fn run(args: &BacktestArgs) {
    let market = &args.market;
    let prices = backtest::simulated_prices(&market.symbol, args.seed, market.prices as usize);
    let report = backtest::run(market.strategy, &prices);
    println!("{} {} (simulated prices)", market.symbol, market.strategy);
    println!("{report}");
}
