import { describe, expect, it } from 'vitest';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { credentialFacts, designEntries, tradingKeys } from '../../src/stack/design/secrets.ts';
import { saidBy, saidIn } from '../../src/stack/said.ts';
import { Stack } from '../../src/stack/schema.ts';
import { sampleStack } from '../secrets/sample.ts';
import { endpoint, env, facts } from './facts.ts';

const PROGRAM = { binary: 'bot', args: [] };
const secret = { required: true, secret: true } as const;

function entries(found: Partial<RepoFacts>, has: { database?: boolean; gate?: boolean; adopts?: boolean } = {}) {
  return designEntries(facts(found), PROGRAM, { database: false, gate: false, adopts: false, ...has });
}

describe('an entry', () => {
  it('has form and words from the catalogue', () => {
    const { ALPACA_API_SECRET, WS_RPC_URL } = entries({
      env: [env('ALPACA_API_SECRET', secret), env('WS_RPC_URL', { required: true })],
    });
    expect(ALPACA_API_SECRET).toMatchObject({ kind: 'entered', required: true, format: 'token' });
    expect(WS_RPC_URL).toMatchObject({ kind: 'entered', format: 'ws-url', about: expect.stringContaining('node') });
  });

  it('of an encryption key is generated, with its 32 bytes', () => {
    expect(entries({ env: [env('ENCRYPTION_KEY', secret)] })).toEqual({
      ENCRYPTION_KEY: expect.objectContaining({ kind: 'generated', required: true, format: 'hex-32' }),
    });
  });

  it('of an encryption key is entered where data is taken over: a new one could not read it', () => {
    const { ENCRYPTION_KEY } = entries({ env: [env('ENCRYPTION_KEY', secret)] }, { adopts: true });
    expect(ENCRYPTION_KEY).toMatchObject({ kind: 'entered', format: 'hex-32' });
  });

  it('of an optional one stays optional', () => {
    expect(entries({ env: [env('KALSHI_API_KEY_ID')] }).KALSHI_API_KEY_ID).toMatchObject({
      required: false,
      format: 'uuid',
    });
  });

  it('of an unknown name is any text, with where it is read', () => {
    expect(entries({ env: [env('X_TOKEN', secret)] }).X_TOKEN).toMatchObject({
      kind: 'entered',
      format: 'any',
      about: 'read from the environment at src/main.rs:1',
    });
  });

  it('of ours is as the catalogue has it', () => {
    expect(entries({}, { database: true, gate: true })).toEqual({
      DATABASE_SUPERUSER_PASSWORD: {
        kind: 'generated',
        required: true,
        format: 'any',
        about: 'password of the PostgreSQL superuser, for migrations only',
      },
      DATABASE_PASSWORD: {
        kind: 'generated',
        required: true,
        format: 'any',
        about: "password of the program's own database role",
      },
      GATE_PASSWORD: {
        kind: 'generated',
        required: true,
        format: 'any',
        about: 'password of the login in front of the web API and the terminal',
      },
    });
  });
});

describe('a name that others use as well', () => {
  const names = [
    env('APP_KEY', secret),
    env('APP_SECRET', secret),
    env('REDIRECT_URI', { default: 'https://127.0.0.1' }),
  ];

  it("is Schwab's where the repository says so, by its package, an address or another name", () => {
    const evidence: readonly Partial<RepoFacts>[] = [
      { binaries: facts().binaries.map((each) => ({ ...each, package: 'rain_schwab' })), env: names },
      { endpoints: [endpoint('https://api.schwabapi.com', false)], env: names },
      { env: [...names, env('SCHWAB_ACCOUNT_INDEX')] },
      { env: [...names, env('BASE_URL', { default: 'https://api.schwabapi.com' })] },
    ];
    for (const each of evidence) {
      const found = entries(each);
      expect(found.APP_SECRET).toMatchObject({ about: 'app secret of the Schwab API', format: 'token' });
      expect(found.REDIRECT_URI).toMatchObject({ required: false, format: 'https-url' });
    }
  });

  it('is a secret of nobody in particular elsewhere, and an address is none', () => {
    const found = entries({ env: names });
    expect(found.APP_SECRET).toMatchObject({ format: 'any' });
    expect(found.REDIRECT_URI).toBeUndefined();
    expect(credentialFacts(facts({ env: names }), PROGRAM).map(({ name }) => name)).toEqual(['APP_KEY', 'APP_SECRET']);
  });

  it('is known again from what was written', () => {
    const { secrets } = sampleStack({});
    const stack = sampleStack(
      {},
      { secrets: { ...secrets, entries: entries({ env: [...names, env('SCHWAB_HOST')] }) } },
    );
    expect(saidBy(stack)).toMatch(/Schwab/);
    expect(saidBy(sampleStack({}))).not.toMatch(/schwab/i);
    expect(saidIn(facts())).not.toMatch(/schwab/i);
  });
});

it('what an encryption key or a node opens places no orders', () => {
  const { secrets } = sampleStack({});
  const names = ['ENCRYPTION_KEY', 'WS_RPC_URL', 'ALPACA_API_SECRET'];
  const stack = sampleStack(Object.fromEntries(names.map((name) => [name, `\${${name}}`])), {
    secrets: { ...secrets, entries: entries({ env: names.map((name) => env(name, secret)) }) },
  });
  expect(tradingKeys(stack).get('app')).toEqual(['ALPACA_API_SECRET']);
});

it('every format of the catalogue can stand in trading-setup.yaml', () => {
  const { secrets } = sampleStack({});
  const entry = { kind: 'entered', required: true, format: 'pem-private-key', about: 'x' };
  expect(Stack.shape.secrets.safeParse({ ...secrets, entries: { A: entry } }).success).toBe(true);
  expect(Stack.shape.secrets.safeParse({ ...secrets, entries: { A: { ...entry, format: 'hex-33' } } }).success).toBe(
    false,
  );
});
