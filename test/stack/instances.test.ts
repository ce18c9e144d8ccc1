import { describe, expect, it } from 'vitest';
import type { PortHolder } from '../../src/host/facts.ts';
import { inspect } from '../../src/stack/inspect.ts';
import { instanceWords, removedWords, withInstances } from '../../src/stack/instances.ts';
import { type Overlay, overlay } from '../../src/stack/overlay.ts';
import { toStack } from '../../src/stack/parse.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { env, facts } from './facts.ts';
import { smallStack } from './stacks.ts';

const FACTS = facts({ env: [env('BROKER', { readBy: ['toy'] }), env('VENUE', { readBy: ['other'] })] });
const SECRETS = ['SCHWAB_APP_KEY', 'ALPACA_API_KEY', 'ENCRYPTION_KEY'];
const ENTRY = { kind: 'entered', required: true, format: 'any', about: 'x' } as const;

/** A program for two brokers as it is designed: one service that has everything. */
const BASE = smallStack({
  services: {
    app: {
      secrets: { TOY_TOKEN: null, ...Object.fromEntries(SECRETS.map((name) => [name, `\${${name}}`])) },
      environment: { DATABASE_URL: 'sqlite:///data/bot.db?mode=rwc' },
      migrations: { from: 'migrations', file: 'bot.db' },
    },
  },
  secrets: {
    entries: { TOY_TOKEN: null, ...Object.fromEntries(SECRETS.map((name) => [name, ENTRY])) },
    commands: { login: { service: 'app', run: ['auth'] } },
  },
});

interface World {
  readonly saved?: Stack;
  readonly holders?: readonly PortHolder[];
}

/** What becomes of these answers. */
function resolved(answers: Overlay, { saved, holders = [] }: World = {}): Stack {
  return toStack(withInstances(overlay(saved ?? BASE, answers), { facts: FACTS, holders, saved }), 'the test');
}

const BOTH = { instances: ['schwab', 'alpaca'] };
const errors = (stack: Stack) => inspect(stack).filter(({ level }) => level === 'error');

describe('the instances of a new stack', () => {
  it('take the place of the daemon, each with a service of its own, and everything that named it names one of them', () => {
    const stack = resolved(BOTH);
    expect(Object.keys(stack.services)).toEqual(['schwab', 'alpaca']);
    expect(stack.ports.api?.service).toBe('schwab');
    expect(stack.secrets.commands?.login?.service).toBe('schwab');
    expect(resolved({ instances: ['alpaca', 'schwab'] }).secrets.commands?.login?.service).toBe('schwab');
    expect(errors(stack)).toEqual([]);
  });

  it('run the same program with the same settings, and know whose they are', () => {
    const { schwab, alpaca } = resolved(BOTH).services;
    expect(alpaca?.environment).toEqual({ ...BASE.services.app?.environment, BROKER: 'alpaca' });
    expect({ ...alpaca, environment: {}, secrets: {} }).toEqual({ ...schwab, environment: {}, secrets: {} });
  });

  it('have the credentials of their own venue only, and secrets of their own under names of their own', () => {
    const { services, secrets } = resolved(BOTH);
    expect(services.schwab?.secrets).toEqual({
      SCHWAB_APP_KEY: '${SCHWAB_APP_KEY}',
      ENCRYPTION_KEY: '${ENCRYPTION_KEY}',
    });
    expect(services.alpaca?.secrets).toEqual({
      ALPACA_API_KEY: '${ALPACA_API_KEY}',
      ENCRYPTION_KEY: '${ENCRYPTION_KEY_ALPACA}',
    });
    expect(secrets.entries.ENCRYPTION_KEY_ALPACA).toEqual({ ...ENTRY, as: 'ENCRYPTION_KEY' });
  });

  it('each have the credentials of every venue where none is called like it', () => {
    const { services } = resolved({ instances: ['one', 'two'] });
    expect(services.two?.secrets.SCHWAB_APP_KEY).toBe('${SCHWAB_APP_KEY_TWO}');
    expect(services.one?.secrets.ALPACA_API_KEY).toBe('${ALPACA_API_KEY}');
  });

  it('are published on the next ports that nobody has', () => {
    const holders = [{ port: 8081, who: 'another program' }];
    expect(resolved(BOTH, { holders }).ports.api).toMatchObject({ host: 8080, instances: { alpaca: 8082 } });
    expect(resolved({ ...BOTH, ports: { tui: 8081 } }).ports.api?.instances).toEqual({ alpaca: 8082 });
  });

  it('can be decided about one by one, and all at once by the daemon that they are made from', () => {
    const stack = resolved({
      ...BOTH,
      services: { app: { environment: { DEPTH: '5' } }, alpaca: { environment: { BROKER: 'paper' }, stopGrace: '9s' } },
      ports: { api: { instances: { alpaca: 9000 } } },
    });
    expect(stack.services.alpaca).toMatchObject({ environment: { DEPTH: '5', BROKER: 'paper' }, stopGrace: '9s' });
    expect(stack.services.schwab).toMatchObject({ environment: { DEPTH: '5', BROKER: 'schwab' }, stopGrace: '30s' });
    expect(stack.ports.api?.instances).toEqual({ alpaca: 9000 });
  });

  it('may be one of them called like the daemon, which keeps what is for nobody else', () => {
    const { services } = resolved({ instances: ['app', 'alpaca'] });
    expect(Object.keys(services)).toEqual(['app', 'alpaca']);
    expect(Object.keys(services.app?.secrets ?? {})).toContain('SCHWAB_APP_KEY');
    expect(Object.keys(services.alpaca?.secrets ?? {})).toEqual(['ALPACA_API_KEY', 'ENCRYPTION_KEY']);
  });

  it('are told the venue that their name has in it, and nothing where it has none', () => {
    const { services } = resolved({ instances: ['alpaca-paper', 'alpaca-live', 'ibkr', 'rpc'] });
    expect(Object.values(services).map(({ environment }) => environment.BROKER)).toEqual([
      'alpaca',
      'alpaca',
      undefined,
      undefined,
    ]);
  });

  it('have the key of the broker that they log in at behind any of its names', () => {
    const base = toStack(
      overlay(BASE, {
        services: { app: { secrets: { SCHWAB_APP_KEY: null, APP_SECRET: '${APP_SECRET}' } } },
        secrets: { entries: { SCHWAB_APP_KEY: null, APP_SECRET: ENTRY } },
      }),
      'the test',
    );
    const said = { ...FACTS, env: [...FACTS.env, env('SCHWAB_BASE_URL')] };
    const stack = toStack(
      withInstances(overlay(base, { instances: ['alpaca', 'schwab'] }), { facts: said, holders: [] }),
      'the test',
    );
    expect(Object.keys(stack.services.alpaca?.secrets ?? {})).toEqual(['ALPACA_API_KEY', 'ENCRYPTION_KEY']);
    expect(stack.secrets.commands?.login?.service).toBe('schwab');
  });

  it('are left to the schema where the list is none', () => {
    expect(() => resolved({ instances: 'schwab' })).toThrow();
    expect(() => resolved({ instances: ['Not A Name'] })).toThrow();
  });
});

describe('the instances of a saved stack', () => {
  const saved = resolved(BOTH);

  it('stay as they are', () => {
    expect(resolved({}, { saved })).toEqual(saved);
    expect(resolved({ ...BOTH }, { saved })).toEqual(saved);
  });

  it('get another one, made from the first', () => {
    const stack = resolved({ instances: ['schwab', 'alpaca', 'schwab-two'] }, { saved });
    expect(stack.services['schwab-two']?.secrets).toEqual({
      SCHWAB_APP_KEY: '${SCHWAB_APP_KEY_SCHWAB_TWO}',
      ENCRYPTION_KEY: '${ENCRYPTION_KEY_SCHWAB_TWO}',
    });
    expect(stack.ports.api?.instances).toEqual({ alpaca: 8081, 'schwab-two': 8082 });
    expect(stack.services.alpaca).toEqual(saved.services.alpaca);
  });

  it('get a further one of a venue, made from the one that is at it', () => {
    const stack = resolved({ instances: ['schwab', 'alpaca', 'alpaca2'] }, { saved });
    expect(stack.services.alpaca2?.secrets).toEqual({
      ALPACA_API_KEY: '${ALPACA_API_KEY_ALPACA2}',
      ENCRYPTION_KEY: '${ENCRYPTION_KEY_ALPACA2}',
    });
    expect(stack.secrets.entries.ENCRYPTION_KEY_ALPACA2).toEqual({ ...ENTRY, as: 'ENCRYPTION_KEY' });
    expect(stack.services.alpaca2?.environment.BROKER).toBe('alpaca');
  });

  it('get one of no venue with the credentials of all, and with no venue of another', () => {
    const { services } = resolved({ instances: ['schwab', 'alpaca', 'second'] }, { saved });
    expect(services.second?.secrets).toEqual({
      SCHWAB_APP_KEY: '${SCHWAB_APP_KEY_SECOND}',
      ALPACA_API_KEY: '${ALPACA_API_KEY_SECOND}',
      ENCRYPTION_KEY: '${ENCRYPTION_KEY_SECOND}',
    });
    expect(services.second?.environment.BROKER).toBeUndefined();
  });

  it('get one again that was taken out, with what the program reads of its venue', () => {
    const alone = resolved({ instances: ['schwab'] }, { saved });
    const read = { ...FACTS, env: [...FACTS.env, env('ALPACA_API_KEY', { secret: true, readBy: ['toy'] })] };
    const both = overlay(alone, BOTH);
    const stack = toStack(withInstances(both, { facts: read, holders: [], saved: alone }), 'the test');
    expect(stack.services.alpaca?.secrets).toEqual({
      ENCRYPTION_KEY: '${ENCRYPTION_KEY_ALPACA}',
      ALPACA_API_KEY: '${ALPACA_API_KEY}',
    });
    expect(stack.secrets.entries.ALPACA_API_KEY).toMatchObject({ kind: 'entered' });
  });

  it('do not lend another one what a person had to say, such as the order that they work on', () => {
    const said = { ORDER_HASH: 'ab'.repeat(32), DATABASE_URL: 'sqlite:///data/bot.db?mode=rwc', RUST_LOG: 'info' };
    const required = ['ORDER_HASH', 'DATABASE_URL', 'BROKER'];
    const told = toStack(
      overlay(saved, {
        services: { alpaca: { environment: said, required }, schwab: { environment: said, required } },
      }),
      'the test',
    );
    const { services } = resolved({ instances: ['schwab', 'alpaca', 'alpaca2', 'ibkr'] }, { saved: told });
    const { ORDER_HASH: _, ...rest } = said;
    expect(services.alpaca2).toMatchObject({ environment: { ...rest, BROKER: 'alpaca' }, required });
    expect(services.alpaca2?.environment).not.toHaveProperty('ORDER_HASH');
    expect(services.ibkr?.environment).toEqual(rest);
  });

  it('go with their secrets and their port, and their data is kept and named', () => {
    const stack = resolved({ instances: ['schwab'] }, { saved });
    expect(Object.keys(stack.services)).toEqual(['schwab']);
    expect(Object.keys(stack.secrets.entries)).toEqual(['SCHWAB_APP_KEY', 'ENCRYPTION_KEY']);
    expect(stack.ports.api?.instances).toBeUndefined();
    expect(removedWords(stack, saved)).toEqual([expect.stringContaining(`volume ${saved.id}_alpaca-data`)]);
    expect(resolved({ instances: null }, { saved })).toMatchObject({ services: { schwab: {} } });
  });

  it('do not leave what they have taken over to another one', () => {
    const before = toStack(overlay(saved, { adopt: { sqlite: { alpaca: 'old.db' } } }), 'the test');
    expect(resolved({ instances: ['schwab'] }, { saved: before }).adopt?.sqlite).toEqual({});
    expect(resolved({ ...BOTH, adopt: { sqlite: { app: 'old.db' } } }).adopt?.sqlite).toEqual({ schwab: 'old.db' });
  });

  it('leave the first place to the next one, with its own port', () => {
    const stack = resolved({ instances: ['alpaca'] }, { saved });
    expect(stack.ports.api).toMatchObject({ service: 'alpaca', host: 8081 });
    expect(errors(stack)).toEqual([]);
  });

  it('cannot be renamed: a name is that of data and secrets', () => {
    expect(() => resolved({ instances: ['schwab', 'ibkr'] }, { saved })).toThrow(
      expect.objectContaining({
        code: 'instance-renamed',
        exitCode: 2,
        next: expect.arrayContaining([expect.stringContaining("instances='[schwab, alpaca, ibkr]'")]),
      }),
    );
    // Not three traders where two are asked for: the single one is one of them.
    expect(() => resolved(BOTH, { saved: BASE })).toThrow(
      expect.objectContaining({
        code: 'instance-renamed',
        next: [expect.stringContaining("instances='[app, alpaca]'")],
      }),
    );
  });

  it('grow out of a single service that stays what it is', () => {
    const stack = resolved({ instances: ['app', 'alpaca'] }, { saved: BASE });
    expect(stack.services.app).toEqual(BASE.services.app);
    expect(stack.services.alpaca?.secrets.ENCRYPTION_KEY).toBe('${ENCRYPTION_KEY_ALPACA}');
  });

  it('are told of with what each has', () => {
    expect(instanceWords(saved)).toEqual([
      `schwab has its data in ${saved.id}_schwab-data; the secrets SCHWAB_APP_KEY, ENCRYPTION_KEY; the web API on port 8080.`,
      `alpaca has its data in ${saved.id}_alpaca-data; the secrets ALPACA_API_KEY, ENCRYPTION_KEY_ALPACA; the web API on port 8081.`,
    ]);
  });
});

describe('a stack is refused where', () => {
  const saved = resolved(BOTH);
  const with_ = (over: Overlay) => errors(toStack(overlay(saved, over), 'the test')).map(({ path }) => path);

  it('instances would share a PostgreSQL database', () => {
    const database = {
      kind: 'timescaledb',
      image: 'timescale/timescaledb:2.1.0-pg17',
      name: 'a',
      role: 'a',
      migrations: [],
      memory: '1GB',
      cpus: 1,
    };
    expect(with_({ database, services: { schwab: { database: true } } })).toEqual(['instances']);
  });

  it.each<[string, Overlay, string]>([
    [
      'two instances take over the same data',
      { adopt: { sqlite: { schwab: 'a.db', alpaca: 'a.db' } } },
      'adopt.sqlite.alpaca',
    ],
    ['an instance has no service', { instances: ['schwab', 'alpaca', 'ibkr'] }, 'instances'],
    ['an instance is named twice', { instances: ['schwab', 'alpaca', 'alpaca'] }, 'instances'],
    ['two instances have one port', { ports: { api: { instances: { alpaca: 8080 } } } }, 'ports.api.instances.alpaca'],
    [
      'a port is for something else than an instance',
      { ports: { api: { instances: { other: 9 } } } },
      'ports.api.instances.other',
    ],
    [
      'a schema is for a database that is not opened',
      { services: { alpaca: { migrations: { file: 'x.db' } } } },
      'services.alpaca.migrations.file',
    ],
    ['a schema is for a service without data', { services: { alpaca: { data: null } } }, 'services.alpaca.migrations'],
  ])('%s', (_, over, path) => {
    expect(with_(over)).toContain(path);
  });

  it.each(['alpaca-migrate', 'gate'])('a service is called like one of ours: %s', (name) => {
    const over = { services: { [name]: { ...saved.services.alpaca } } };
    expect(() => with_(over)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringContaining(`services.${name}: this name is taken`),
      }),
    );
  });
});
