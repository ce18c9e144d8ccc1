import { describe, expect, it } from 'vitest';
import { certain } from '../../src/detect/belief.ts';
import { Secret } from '../../src/secret.ts';
import { knownIn, subjectOf } from '../../src/secrets/check/subject.ts';
import { encryptionKeys, loginCommandOf, loginsOf, reencryptOf } from '../../src/stack/own-commands.ts';
import { env, facts } from './facts.ts';
import { designed, smallStack } from './stacks.ts';

const entered = (as?: string) =>
  ({ kind: 'entered', required: true, format: 'any', about: 'x', ...(as ? { as } : {}) }) as const;

/** Two Schwab accounts, each with a key of its own, and a third service without either. */
const TWO = (() => {
  const app = smallStack().services.app;
  return smallStack({
    services: {
      app: null,
      one: { ...app, secrets: { SCHWAB_APP_SECRET: '${SCHWAB_APP_SECRET}', ENCRYPTION_KEY: '${ENCRYPTION_KEY}' } },
      two: {
        ...app,
        secrets: { SCHWAB_APP_SECRET: '${SCHWAB_APP_SECRET_TWO}', ENCRYPTION_KEY: '${ENCRYPTION_KEY_TWO}' },
      },
      side: { ...app, secrets: {} },
    } as never,
    ports: { api: null },
    secrets: {
      entries: {
        TOY_TOKEN: null,
        SCHWAB_APP_SECRET: entered(),
        ENCRYPTION_KEY: entered(),
        SCHWAB_APP_SECRET_TWO: entered('SCHWAB_APP_SECRET'),
        ENCRYPTION_KEY_TWO: entered('ENCRYPTION_KEY'),
      },
      commands: {
        login: { service: 'one', run: ['toy', 'auth'] },
        reencrypt: { service: 'one', run: ['toy', 'again'] },
      },
    },
  });
})();

describe('instances with secrets of their own', () => {
  it('log in each by itself, in a container of its own', () => {
    expect(loginsOf(TWO).map(({ service, name, days }) => [service, name, days])).toEqual([
      ['one', 'SCHWAB_LOGIN', 7],
      ['two', 'SCHWAB_LOGIN', 7],
    ]);
    expect(loginCommandOf(TWO, 'two')).toEqual({ service: 'two', run: ['toy', 'auth'] });
    expect(loginCommandOf(TWO, 'nowhere')).toBeUndefined();
  });

  it('encrypt their data anew where the key is read', () => {
    expect(encryptionKeys(TWO, ['ENCRYPTION_KEY', 'SCHWAB_APP_SECRET_TWO', 'ENCRYPTION_KEY_TWO'])).toEqual([
      'ENCRYPTION_KEY',
      'ENCRYPTION_KEY_TWO',
    ]);
    expect(reencryptOf(TWO, 'ENCRYPTION_KEY')?.service).toBe('one');
    expect(reencryptOf(TWO, 'ENCRYPTION_KEY_TWO')?.service).toBe('two');
  });

  it('are known by the name that the program reads, and checked with their own pair', () => {
    const known = knownIn(TWO, 'SCHWAB_APP_SECRET_TWO');
    expect(known?.provider.id).toBe('schwab');
    const values = new Map([
      ['SCHWAB_APP_SECRET', new Secret('first-of-them')],
      ['SCHWAB_APP_SECRET_TWO', new Secret('second-of-them')],
    ]);
    const subject = known && subjectOf(TWO, 'SCHWAB_APP_SECRET_TWO', known, values);
    expect(subject?.value('secret')?.reveal()).toBe('second-of-them');
    expect(subject?.nameOf('secret')).toBe('SCHWAB_APP_SECRET_TWO');
  });
});

describe('a program that logs in', () => {
  const believed = certain({ file: 'src/bin/auth.rs', line: 3 });
  const helpers = [{ name: 'auth', binary: 'auth', args: [], kind: 'login' as const, ...believed }];
  const binaries = [
    { package: 'bot', bin: 'bot', path: 'src/main.rs', requiredFeatures: [], ...believed },
    { package: 'bot', bin: 'auth', path: 'src/bin/auth.rs', requiredFeatures: [], ...believed },
  ];

  it('is proposed as the login of the daemon, with what it reads itself', () => {
    const read = [
      env('SCHWAB_APP_SECRET', { readBy: ['auth'], required: true, secret: true }),
      env('OTHER', { readBy: ['auth'] }),
    ];
    const { secrets, services } = designed(facts({ helpers, binaries, env: read }));
    expect(secrets.commands).toEqual({ login: { service: 'app', run: ['auth'] } });
    expect(services.app?.secrets).toEqual({ SCHWAB_APP_SECRET: '${SCHWAB_APP_SECRET}' });
    expect(loginsOf(smallStack({ secrets: { commands: { login: { service: 'app', run: ['x'] } } } }))).toEqual([
      { service: 'app', name: 'LOGIN', title: 'the broker' },
    ]);
  });

  it('that is none is not proposed', () => {
    const tool = helpers.map((helper) => ({ ...helper, kind: 'tool' as const }));
    expect(designed(facts({ helpers: tool, binaries })).secrets).not.toHaveProperty('commands');
  });
});
