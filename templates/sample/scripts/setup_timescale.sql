-- Creates the market database. Run once, on an empty database: it fails on a second run
-- rather than guess what to do with tables that hold data. Later changes are in migrations/.

CREATE EXTENSION IF NOT EXISTS timescaledb;

CREATE TABLE ohlcv (
    time      TIMESTAMPTZ      NOT NULL,
    symbol    TEXT             NOT NULL,
    timeframe TEXT             NOT NULL,
    open      DOUBLE PRECISION NOT NULL,
    high      DOUBLE PRECISION NOT NULL,
    low       DOUBLE PRECISION NOT NULL,
    close     DOUBLE PRECISION NOT NULL,
    volume    DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (symbol, timeframe, time)
);
SELECT create_hypertable('ohlcv', 'time');

CREATE TABLE trades (
    time     TIMESTAMPTZ      NOT NULL,
    symbol   TEXT             NOT NULL,
    trade_id BIGINT           NOT NULL,
    side     TEXT             NOT NULL CHECK (side IN ('buy', 'sell')),
    price    DOUBLE PRECISION NOT NULL,
    size     DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (symbol, trade_id, time)
);
SELECT create_hypertable('trades', 'time');

-- Written by `algo-trade collect`.
CREATE TABLE ticks (
    time   TIMESTAMPTZ      NOT NULL,
    symbol TEXT             NOT NULL,
    price  DOUBLE PRECISION NOT NULL,
    size   DOUBLE PRECISION NOT NULL
);
SELECT create_hypertable('ticks', 'time');

-- Few and precious: an ordinary table.
CREATE TABLE fills (
    fill_id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    filled_at TIMESTAMPTZ      NOT NULL,
    symbol    TEXT             NOT NULL,
    side      TEXT             NOT NULL CHECK (side IN ('buy', 'sell')),
    price     DOUBLE PRECISION NOT NULL,
    size      DOUBLE PRECISION NOT NULL,
    fee       DOUBLE PRECISION NOT NULL DEFAULT 0
);

-- Written by `algo-trade scheduled-backtest`.
CREATE TABLE backtest_results (
    time         TIMESTAMPTZ      NOT NULL,
    symbol       TEXT             NOT NULL,
    strategy     TEXT             NOT NULL,
    trades       BIGINT           NOT NULL,
    total_return DOUBLE PRECISION NOT NULL,
    max_drawdown DOUBLE PRECISION NOT NULL
);
SELECT create_hypertable('backtest_results', 'time');
