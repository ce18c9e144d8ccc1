import type { ProviderCheck } from '../check.ts';
import { check as alpaca } from './alpaca.ts';
import { check as binance } from './binance.ts';
import { check as hyperliquid } from './hyperliquid.ts';
import { check as kalshi } from './kalshi.ts';
import { check as polymarket } from './polymarket.ts';
import { check as rpc } from './rpc.ts';

/**
 * How each provider's credentials are checked, by its id. Apart from the providers, which every start loads: the
 * arithmetic of keys comes with this.
 */
export const checks: ReadonlyMap<string, ProviderCheck> = new Map(
  Object.entries({ alpaca, binance, hyperliquid, kalshi, polymarket, rpc }),
);
