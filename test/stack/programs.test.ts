import { describe, expect, it } from 'vitest';
import { certain } from '../../src/detect/belief.ts';
import { warningsOf } from '../../src/flow/notes.ts';
import { findDaemon, findTui, notStarted } from '../../src/stack/design/programs.ts';
import { env, facts, listens, POSTGRES, route, subcommand } from './facts.ts';
import { designed } from './stacks.ts';

const SERVES = { kind: 'daemon', serves: true, signals: ['SIGTERM'] } as const;
const WORKS = { kind: 'worker' } as const;

/** A trader, what serves its figures, and what writes prices down. */
const DESK = facts({
  binaries: facts().binaries.flatMap((one) => ['gateway', 'executor', 'recorder'].map((bin) => ({ ...one, bin }))),
  subcommands: [
    subcommand('gateway', { ...SERVES, binary: 'gateway' }),
    subcommand('executor', { ...WORKS, binary: 'executor' }),
    subcommand('recorder', { ...WORKS, binary: 'recorder', databases: ['DB_URL'] }),
  ],
  env: [
    env('HL_PRIVATE_KEY', { secret: true, required: true, readBy: ['executor'], services: ['executor'] }),
    env('API_BEARER_TOKEN', { secret: true, readBy: ['gateway'], services: ['gateway'] }),
  ],
  databases: [POSTGRES],
  ports: [listens(3000)],
  routes: [route('GET', '/health')],
});

describe('of several programs that run on', () => {
  it('the one with the trading key is the daemon, although another listens', () => {
    expect(findDaemon(DESK)?.binary).toBe('executor');
  });

  it('the name decides where all read the key', () => {
    const all = ['gateway', 'executor', 'recorder'];
    const shared = [env('HL_PRIVATE_KEY', { secret: true, readBy: all, services: all })];
    expect(findDaemon({ ...DESK, env: shared })?.binary).toBe('executor');
    expect(findDaemon({ ...DESK, env: [] })?.binary).toBe('executor');
  });

  it('a token of callers is no trading key', () => {
    const subcommands = [subcommand('http', SERVES), subcommand('start', WORKS)];
    const bearer = env('API_BEARER_TOKEN', { secret: true, services: ['http'] });
    const found = facts({
      subcommands,
      env: [bearer, env('KRAKEN_API_SECRET', { secret: true, services: ['start'] })],
    });
    expect(findDaemon(found)?.args).toEqual(['start']);
  });

  it.each([
    [
      'a good name before one that listens',
      [subcommand('http-server', { kind: 'daemon' }), subcommand('start', WORKS)],
      'start',
    ],
    ['what writes prices down after anything else', [subcommand('record', WORKS), subcommand('zz', WORKS)], 'zz'],
    [
      'what is called after trading only because it watches it',
      [subcommand('trade-recorder', WORKS), subcommand('trader', WORKS)],
      'trader',
    ],
  ])('the daemon is %s', (_, subcommands, name) => {
    expect(findDaemon(facts({ subcommands }))?.args).toEqual([name]);
  });

  it('the daemon is not asked on the port of another', () => {
    const stack = designed(DESK);
    expect(stack.services.app).toMatchObject({ binary: 'executor', health: { kind: 'process' } });
    expect(stack.ports.api).toBeNull();
    expect(stack.build.binaries.map(({ bin }) => bin)).toEqual(['executor', 'recorder']);
  });

  it('those that are left out are named, with what to do', () => {
    const stack = designed(DESK);
    expect(notStarted(DESK, stack).map(({ name }) => name)).toEqual(['gateway']);
    expect(warningsOf(DESK, stack, true)).toContain(
      'not started: gateway (runs gateway gateway): add it under services:',
    );
  });
});

describe('where nothing is seen to run on', () => {
  it('the first program that does not log in is started', () => {
    const binary = (bin: string) => ({ package: 'bot', bin, path: `src/bin/${bin}.rs`, requiredFeatures: [] });
    const believed = certain({ file: 'src/bin/auth.rs', line: 1 });
    const found = facts({
      binaries: [
        { ...binary('auth'), ...believed },
        { ...binary('main'), ...believed },
      ],
      helpers: [{ name: 'auth', binary: 'auth', args: [], kind: 'login', ...believed }],
    });
    expect(findDaemon(found)?.binary).toBe('main');
  });
});

describe('of several terminals', () => {
  it.each([
    ['one that watches', ['tui-backtest', 'live-bot-tui'], 'live-bot-tui'],
    ['one that is not for trying out', ['replay', 'ui'], 'ui'],
    ['one that watches, and not a test of it', ['backtest-monitor', 'monitor'], 'monitor'],
    ['the first of equals', ['desk', 'board'], 'desk'],
    ['what there is', ['backtest'], 'backtest'],
  ])('it is %s', (_, names, wanted) => {
    expect(findTui(facts({ subcommands: names.map((name) => subcommand(name, { kind: 'tui' })) }))?.name).toBe(wanted);
  });
});

describe('what to know before a start', () => {
  it('is a required variable that nothing gives, with its flag, before anything else', () => {
    const found = facts({
      subcommands: [subcommand('run')],
      env: [env('ORDERBOOK', { required: true, services: ['run'] })],
      warnings: [{ code: 'lockfile-ignored', message: 'Cargo.lock is ignored' }],
    });
    const { required: _, ...app } = designed(found).services.app ?? expect.fail('no daemon');
    const saved = { ...designed(found), services: { app } };
    // A new stack asks for it in a line of its own.
    expect(warningsOf(found, designed(found), true)).toEqual(['Cargo.lock is ignored']);
    expect(warningsOf(found, saved, true)).toEqual([
      expect.stringContaining('--set services.app.environment.ORDERBOOK=VALUE'),
      'Cargo.lock is ignored',
    ]);
  });

  it.each([
    ['a secret in it', 'config-secret', /^config\/default\.toml holds a secret and stays out of the image/],
    ['git leaving it out', 'other', /^git leaves config\/default\.toml out, and so does the image/],
  ])('is a config file that is read and stays out of the image because of %s', (_, code, words) => {
    const path = 'config/default.toml';
    const evidence = { file: path, line: 2 };
    const file = { path, private: true, values: {}, ...certain(evidence) };
    const found = facts({ config: { files: [file] }, warnings: [{ code, message: 'look at it', evidence }] });
    expect(warningsOf(found, designed(found), true)).toEqual([
      expect.stringMatching(words),
      'look at it (config/default.toml:2)',
    ]);
  });

  it('is nothing where everything fits', () => {
    const found = facts({ subcommands: [subcommand('run')] });
    expect(warningsOf(found, designed(found), true)).toEqual([]);
  });
});
