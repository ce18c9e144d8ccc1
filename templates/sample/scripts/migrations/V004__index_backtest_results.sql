-- There is no V003: it was withdrawn before it reached any database.
CREATE INDEX backtest_results_symbol_strategy_idx
    ON backtest_results (symbol, strategy, time DESC);
