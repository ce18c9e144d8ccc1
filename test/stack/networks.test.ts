import { describe, expect, it } from 'vitest';
import { hostOf, networkOf } from '../../src/catalog/networks.ts';

describe('the network of an address', () => {
  it.each([
    ['https://api.hyperliquid.xyz', false, true],
    ['HTTPS://API.HYPERLIQUID.XYZ./info', false, true],
    ['wss://api.hyperliquid-testnet.xyz/ws', true, true],
    ['https://api.hyperliquid-testnet.xyz@api.hyperliquid.xyz', false, true],
    ['https://paper-api.alpaca.markets/v2', true, true],
    ['https://testnet.venue.com', true, false],
    ['https://api.sandboxes.com', false, false],
    ['https://api.venue.com/testnet', false, false],
    ['https://api.venue.com/v1?ref=testnet', false, false],
    ['https://testnet@api.venue.com', false, false],
    ['https://api.venue.com/paper/v1', false, false],
    ['BaseUrl::Testnet', false, false],
  ])('is told by its host alone: %s', (url, testnet, known) => {
    expect(networkOf(url)).toEqual({ testnet, known });
  });

  it('is that of the host which a program would reach', () => {
    expect(hostOf('https://x@y@API.venue.com:443/z')).toBe('api.venue.com');
    expect(hostOf('no address')).toBeUndefined();
  });
});
