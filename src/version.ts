declare const TRADING_SETUP_VERSION: string | undefined;

/** The version of this program; the bundle carries it, the sources are `0.0.0`. */
export const version = typeof TRADING_SETUP_VERSION === 'string' ? TRADING_SETUP_VERSION : '0.0.0';
