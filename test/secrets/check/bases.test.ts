import { describe, expect, it } from 'vitest';
import { credentialFor, type Provider } from '../../../src/catalog/credentials/index.ts';
import { basesFor } from '../../../src/secrets/check/bases.ts';
import { sampleStack } from '../sample.ts';

function providerOf(name: string): Provider {
  return credentialFor(name)?.provider ?? expect.fail(name);
}

const HYPERLIQUID = providerOf('HYPERLIQUID_API_WALLET_KEY');
const LIVE = { url: 'https://api.hyperliquid.xyz', testnet: false };
const TESTNET = { url: 'https://api.hyperliquid-testnet.xyz', testnet: true };

function bases(mode: 'live' | 'paper', environment: Record<string, string>, env: Record<string, string> = {}) {
  const { services } = sampleStack({});
  const stack = sampleStack({}, { mode, services: { app: { ...services.app, environment } } });
  return basesFor(HYPERLIQUID, stack, env);
}

describe('where a provider is asked', () => {
  it('is the network whose address the program is told', () => {
    const told = { HYPERLIQUID_WS_URL: 'wss://api.hyperliquid-testnet.xyz/ws' };
    expect(bases('live', told)).toEqual([TESTNET]);
    expect(bases('paper', { APP_VENUE: '{url="https://api.hyperliquid.xyz"}' })).toEqual([LIVE]);
  });

  it('is the real one where both are told', () => {
    const told = { A: 'https://api.hyperliquid-testnet.xyz', B: 'https://api.hyperliquid.xyz' };
    expect(bases('live', told)).toEqual([LIVE]);
  });

  it('is the real one for a LIVE stack, and either for one that is PAPER for another reason', () => {
    expect(bases('live', {})).toEqual([LIVE]);
    expect(bases('paper', {})).toEqual([TESTNET, LIVE]);
  });

  it('is what stands in for the provider under its name, without path and login', () => {
    const told = { HYPERLIQUID_API_URL: 'https://me:password@proxy.example:8443/hl?key=x' };
    expect(bases('live', told)).toEqual([{ url: 'https://proxy.example:8443', testnet: false }]);
    expect(bases('live', { OTHER_API_URL: 'https://proxy.example' })).toEqual([LIVE]);
  });

  it('is what a variable of ours says, before anything else', () => {
    const told = { HYPERLIQUID_WS_URL: 'wss://api.hyperliquid-testnet.xyz/ws' };
    expect(bases('live', told, { TRADING_SETUP_HYPERLIQUID_URL: 'http://127.0.0.1:9/' })).toEqual([
      { url: 'http://127.0.0.1:9', testnet: true, named: true },
    ]);
  });

  it('is its one network where it has no other', () => {
    const [base] = basesFor(providerOf('POLYMARKET_API_KEY'), sampleStack({}), {});
    expect(base).toEqual({ url: 'https://clob.polymarket.com', testnet: false });
  });

  it('is the value itself where that is an address', () => {
    expect(basesFor(providerOf('WS_RPC_URL'), sampleStack({}), {}).map(({ url }) => url)).toEqual(['']);
  });
});
