/** For every program that a test starts: no test asks a real venue, and nobody listens there. */
export const NOBODY = { TRADING_SETUP_HYPERLIQUID_URL: 'http://127.0.0.1:9' } as const;
