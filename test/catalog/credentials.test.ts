import { describe, expect, it } from 'vitest';
import { checks } from '../../src/catalog/credentials/checks/index.ts';
import { checkFormat, credentialFor, FORMATS, providers, rotationOf } from '../../src/catalog/credentials/index.ts';
import { isSecretName } from '../../src/catalog/secret-names.ts';

const all = providers.flatMap((provider) => provider.credentials.map((credential) => ({ provider, credential })));

describe('the catalogue', () => {
  it('has every name once', () => {
    const names = all.flatMap(({ credential: { env, ambiguous = [] } }) => [...env, ...ambiguous]);
    expect(names.length).toBe(new Set(names).size);
  });

  it('knows the names of both target systems, the later and the historic ones', () => {
    const known = [
      ...['HYPERLIQUID_ACCOUNT_ADDRESS', 'HYPERLIQUID_API_WALLET_KEY', 'HYPERLIQUID_PRIVATE_KEY', 'WS_RPC_URL'],
      ...['SCHWAB_APP_KEY', 'SCHWAB_APP_SECRET', 'ENCRYPTION_KEY', 'ALPACA_API_KEY', 'ALPACA_API_SECRET'],
      ...[
        'APCA_API_KEY_ID',
        'APCA_API_SECRET_KEY',
        'DATABASE_PASSWORD',
        'DATABASE_SUPERUSER_PASSWORD',
        'GATE_PASSWORD',
      ],
    ];
    expect(known.filter((name) => credentialFor(name) === undefined)).toEqual([]);
  });

  it.each(all.map(({ credential }) => [credential.env[0] ?? '', credential] as const))(
    '%s is whole',
    (_, credential) => {
      expect(FORMATS).toContain(credential.format);
      expect([credential.about, credential.from].filter((text) => text === '' || text.endsWith('.'))).toEqual([]);
      expect(
        [...credential.rotation.before, ...credential.rotation.after].filter(
          (item) => !/[.)]$/.test(item) && !item.includes(': '),
        ),
      ).toEqual([]);
      if (credential.trades) expect(credential.secret).toBe(true);
      if (credential.generated === 'hex-32') expect(credential.format).toBe('hex-32');
      // Where the old one never comes back there is no way back to offer.
      if (credential.rotation.kind === 'database-role') expect(credential.rotation.comesBack).toBe('always');
    },
  );

  it('keeps secret what is secret by its name alone', () => {
    for (const { credential } of all)
      for (const name of credential.env) expect([name, isSecretName(name)]).toEqual([name, credential.secret]);
  });

  it('asks only providers that it knows, at https', () => {
    expect([...checks.keys()].filter((id) => !providers.some((provider) => provider.id === id))).toEqual([]);
    for (const { api } of providers)
      for (const url of [api?.live, api?.testnet]) if (url !== undefined) expect(url).toMatch(/^https:\/\/[^/]+$/);
  });
});

describe('a name that others use as well', () => {
  it.each(['APP_KEY', 'APP_SECRET'])('%s is a secret of nobody in particular', (name) => {
    expect(credentialFor(name)).toBeUndefined();
    expect(credentialFor(name, '["bot","src/main.rs","https://api.example.com"]')).toBeUndefined();
    expect(isSecretName(name)).toBe(true);
    expect(rotationOf(name).kind).toBe('generic');
  });

  it.each(['["rain_schwab"]', 'https://api.schwabapi.com', 'SCHWAB_ACCOUNT_INDEX'])(
    "is Schwab's where %s says so",
    (said) => {
      expect(credentialFor('APP_SECRET', said)?.provider.id).toBe('schwab');
      expect(credentialFor('REDIRECT_URI', said)?.credential.secret).toBe(false);
      expect(rotationOf('APP_KEY', said).kind).toBe('credential');
    },
  );
});

describe('rotating', () => {
  it.each([
    ['DATABASE_PASSWORD', 'database-role', 'always'],
    ['DATABASE_SUPERUSER_PASSWORD', 'database-role', 'always'],
    ['GATE_PASSWORD', 'gate-login', 'always'],
    ['ENCRYPTION_KEY', 'encryption-key', 'always'],
    ['HYPERLIQUID_API_WALLET_KEY', 'credential', 'never'],
    ['BINANCE_API_SECRET', 'credential', 'until-revoked'],
    ['SOME_WEBHOOK_TOKEN', 'generic', 'until-revoked'],
  ])('%s is of the kind %s, and its old value comes back: %s', (name, kind, comesBack) => {
    expect(rotationOf(name)).toMatchObject({ kind, comesBack });
  });

  it('names what becomes unreadable with another encryption key', () => {
    expect(rotationOf('ENCRYPTION_KEY').unreadable).toContain('encrypted');
  });

  it('has a person approve a new agent before it can trade', () => {
    expect(rotationOf('HYPERLIQUID_API_WALLET_KEY').before.join()).toContain('Approve');
  });

  it('says what to do of an unknown one', () => expect(rotationOf('X_TOKEN').after).not.toEqual([]));
});

it('a blank encryption key is refused', () => expect(checkFormat('hex-32', '  ')).toBe('it is empty'));
