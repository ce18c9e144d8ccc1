import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { type LoginBench, startLogin } from '../../src/operations/login.ts';
import { pausedByLogin } from '../../src/operations/login-note.ts';
import { addressIn } from '../../src/operations/login-talk.ts';
import { Secret } from '../../src/secret.ts';
import type { Command, Line } from '../../src/system/run.ts';
import { temporary } from '../commands/program.ts';
import { smallStack } from '../stack/stacks.ts';
import type { Table } from '../support/fake-runner.ts';
import { eventsOf, fakeEngine, workbench } from './engine.ts';

const ADDRESS = 'https://broker.example/authorize?client_id=abc';
const BACK = 'https://127.0.0.1/?code=C0.0123456789';
const LOGIN = `trading-setup-login-${smallStack().id}`;
const command = { service: 'app', run: ['toy', 'auth'] };

interface Program {
  /** What it prints before it reads, together or one after the other. */
  readonly prints?: readonly (string | readonly string[])[];
  readonly exitCode?: number;
}

interface Given {
  /** Whether its service keeps data. */
  readonly data?: boolean;
  readonly table?: Table;
  readonly dir?: string;
  readonly over?: Partial<LoginBench>;
}

function prepared({ prints = [['Open', ADDRESS]], exitCode = 0 }: Program = {}, given: Given = {}) {
  const { data = true, table = {}, dir = temporary(), over = {} } = given;
  const stack = smallStack(data ? {} : { services: { app: { data: null } } });
  const got: string[] = [];
  const rows: Table = {
    'docker compose --progress=json stop': () => {
      engine.state.services.set('app', { status: 'exited' });
      return {};
    },
    'docker container start c-app': () => {
      engine.state.services.set('app', { status: 'running', health: 'healthy' });
      return {};
    },
    ...table,
  };
  const engine = fakeEngine(stack, rows);
  engine.state.services.set('app', { status: 'running', health: 'healthy' });
  const { stream } = engine.runner;
  /** The program in its container: prints, reads a line, ends. */
  async function* program({ argv, stdin }: Command): AsyncGenerator<readonly Line[], number> {
    engine.runner.calls.push({ argv });
    for (const part of prints) yield [part].flat().map((text) => ({ from: 'stdout', text }));
    if (stdin instanceof Readable) for await (const chunk of stdin) got.push(String(chunk));
    yield [{ from: 'stdout', text: `got ${got.join('').trim()} and C0.0123456789` }];
    return exitCode;
  }
  const bench: LoginBench = {
    ...workbench(stack, dir, {
      ...engine.runner,
      stream: (call, options) => (call.argv.includes('run') ? program(call) : stream(call, options)),
    }),
    command,
    addressMs: 5_000,
    paste: async () => new Secret(BACK),
    remember: async () => 'SCHWAB_LOGIN expires in 7 days.',
    ...over,
  };
  const note = join(dir, '.state', 'login.json');
  return { bench, engine, got, note, dir };
}

/** The engine has gone when the service is to run again. */
const STARTS_NOTHING: Table = {
  'docker container start c-app': { stderr: 'Cannot connect to the Docker daemon', exitCode: 1 },
};

describe('a login', () => {
  it('stops the service that keeps data, gives the address to the program alone, and starts it again', async () => {
    const paste = vi.fn(async () => new Secret(BACK));
    const { bench, engine, got } = prepared({}, { over: { paste } });
    const operation = await startLogin(bench);
    const { steps, end, events } = await eventsOf(operation);
    expect(JSON.stringify(events)).not.toContain('C0.0123456789');
    expect(JSON.stringify(events)).toContain('got ');
    expect(steps.filter((step) => step.startsWith('step-done'))).toEqual([
      'step-done stop',
      'step-done login',
      'step-done remember',
      'step-done start',
      'step-done ready',
    ]);
    expect(end).toMatchObject({ outcome: 'done', truth: 'Logged in; SCHWAB_LOGIN expires in 7 days.' });
    expect(paste).toHaveBeenCalledWith(ADDRESS, expect.anything());
    expect(got.join('')).toBe(`${BACK}\n`);
    const calls = engine.runner.printed();
    expect(calls.join('\n')).not.toContain('C0.0123456789');
    expect(calls).toContain(
      `docker compose run --rm --no-deps --pull never --interactive --no-TTY --name ${LOGIN} app toy auth`,
    );
    expect(engine.state.locked).toBe(false);
  });

  it('stops nothing where the service keeps no data, or does not run', async () => {
    const dataless = prepared({}, { data: false });
    const first = await eventsOf(await startLogin(dataless.bench));
    expect(first.steps).not.toContain('step-started stop');
    const idle = prepared();
    idle.engine.state.services.clear();
    const second = await eventsOf(await startLogin(idle.bench));
    expect(second.steps).not.toContain('step-started stop');
    expect(second.steps).not.toContain('step-started start');
  });

  it.each([
    ['refuses the address', { exitCode: 3 }, {}, 'login-failed', 'failed'],
    ['prints no address', { prints: ['usage: toy'], exitCode: 2 }, {}, 'login-failed', 'failed'],
    ['is given up', {}, { paste: async () => undefined }, 'cancelled', 'cancelled'],
  ] as const)(
    'starts the service again where the program %s, and remembers nothing',
    async (_, program, over, code, outcome) => {
      const remember = vi.fn(async () => '');
      const { bench, engine } = prepared(program, { over: { addressMs: 50, ...over, remember } });
      const operation = await startLogin(bench);
      const { end, steps } = await eventsOf(operation);
      expect(end).toMatchObject({ outcome });
      expect(end.truth).toContain('app runs again');
      expect(operation.failure()?.code).toBe(code);
      expect(steps).toContain('undoing');
      expect(steps).toContain('step-done ready');
      expect(remember).not.toHaveBeenCalled();
      expect(engine.state.services.get('app')?.status).toBe('running');
      expect(engine.state.locked).toBe(false);
    },
  );

  it('starts the very container that it has stopped: nothing is put in force by a login', async () => {
    const { bench, engine } = prepared();
    await eventsOf(await startLogin(bench));
    expect(engine.runner.printed().filter((call) => / up |compose .*start/.test(call))).toEqual([]);
    expect(engine.runner.printed()).toContain('docker container start c-app');
  });

  it('stops one that crashes and comes back, too: it writes as well', async () => {
    const { bench, engine } = prepared();
    engine.state.services.set('app', { status: 'restarting' });
    const { steps } = await eventsOf(await startLogin(bench));
    expect(steps).toContain('step-done stop');
    expect(steps).toContain('step-done start');
  });

  it('that is given up ends a program that waits for more, before the service runs again', async () => {
    const given = prepared({}, { over: { paste: async () => undefined } });
    const { runner } = given.bench;
    async function* deaf(signal: AbortSignal | undefined): AsyncGenerator<readonly Line[], number> {
      yield [{ from: 'stdout', text: ADDRESS }];
      await new Promise<void>((ended) => signal?.addEventListener('abort', () => ended(), { once: true }));
      return 130;
    }
    const stream: typeof runner.stream = (call, options) =>
      call.argv.includes('run') ? deaf(options?.signal) : runner.stream(call, options);
    const { end } = await eventsOf(await startLogin({ ...given.bench, runner: { ...runner, stream } }));
    expect(end.truth).toContain('app runs again');
    const calls = given.engine.runner.printed();
    expect(calls.lastIndexOf(`docker container rm --force ${LOGIN}`)).toBeLessThan(
      calls.indexOf('docker container start c-app'),
    );
  });

  it('is remembered although the service does not come back, and says both', async () => {
    const remember = vi.fn(async () => 'SCHWAB_LOGIN expires in 7 days.');
    const { bench, note } = prepared({}, { table: STARTS_NOTHING, over: { remember } });
    const operation = await startLogin(bench);
    const { end, steps } = await eventsOf(operation);
    expect(remember).toHaveBeenCalledOnce();
    expect(end).toMatchObject({ outcome: 'failed' });
    expect(end.truth).toContain('Logged in; SCHWAB_LOGIN expires in 7 days. app does not run');
    expect(steps).not.toContain('undoing');
    expect(existsSync(note)).toBe(true);
  });

  it('that worked is said so where a person stops it before the service runs again', async () => {
    const abort = new AbortController();
    const remember = async () => {
      abort.abort();
      return 'SCHWAB_LOGIN expires in 7 days.';
    };
    const { bench, engine, note } = prepared({}, { over: { remember, signal: abort.signal } });
    const { end } = await eventsOf(await startLogin(bench));
    expect(end).toMatchObject({ outcome: 'cancelled' });
    expect(end.truth).toBe('Logged in; SCHWAB_LOGIN expires in 7 days. app runs again.');
    expect(engine.state.services.get('app')?.status).toBe('running');
    expect(existsSync(note)).toBe(false);
  });

  it('waits until a rotation is over', async () => {
    const { bench, engine } = prepared();
    mkdirSync(join(bench.journal, '..'), { recursive: true });
    writeFileSync(bench.journal, '{');
    await expect(startLogin(bench)).rejects.toMatchObject({ code: 'rotation-journal-damaged' });
    expect(engine.state.locked).toBe(false);
    expect(engine.state.services.get('app')?.status).toBe('running');
  });
});

describe('a login that was cut off', () => {
  it('has written down before what it stops, and nothing of the login', async () => {
    const stopping = prepared({}, { table: { 'docker compose --progress=json stop': { exitCode: 1 } } });
    const seen: boolean[] = [];
    const { stream } = stopping.bench.runner;
    const runner = {
      ...stopping.bench.runner,
      stream: (...args: Parameters<typeof stream>) => {
        if (args[0].argv.includes('stop')) seen.push(existsSync(stopping.note));
        return stream(...args);
      },
    };
    await eventsOf(await startLogin({ ...stopping.bench, runner }));
    expect(seen).toEqual([true]);
  });

  it('is known afterwards, and the next login starts the service that it had stopped', async () => {
    const { engine, note, bench } = prepared();
    mkdirSync(join(note, '..'), { recursive: true });
    const left = { version: 1, service: 'app', container: 'c-app', startedAt: Date.parse('2026-11-22T10:00:00Z') };
    writeFileSync(note, JSON.stringify({ ...left, since: '2026-11-22T10:05:00.000Z' }));
    engine.state.services.set('app', { status: 'exited' });
    expect(await pausedByLogin(engine.runner, bench.stack, bench.journal)).toMatchObject({ service: 'app' });
    const { steps, end } = await eventsOf(await startLogin(bench));
    expect(end).toMatchObject({ outcome: 'done' });
    expect(steps).toContain('step-done start');
    const calls = engine.runner.printed();
    const ended = calls.indexOf(`docker container rm --force ${LOGIN}`);
    expect(ended).toBeGreaterThan(-1);
    expect(ended).toBeLessThan(calls.findIndex((call) => call.includes('compose run')));
    expect(engine.state.services.get('app')?.status).toBe('running');
    expect(existsSync(note)).toBe(false);
  });

  it.each([
    ['runs again', 'running', 'c-app', '2026-11-22T10:00:00Z'],
    ['was taken down', undefined, 'c-app', '2026-11-22T10:00:00Z'],
    ['was made anew', 'exited', 'c-older', '2026-11-22T10:00:00Z'],
    ['was started again and stopped by somebody', 'exited', 'c-app', '2026-11-22T09:00:00Z'],
  ])('is over where the service %s', async (_, status, container, startedAt) => {
    const { engine, note, bench } = prepared();
    mkdirSync(join(note, '..'), { recursive: true });
    const left = { version: 1, service: 'app', container, startedAt: Date.parse(startedAt) };
    writeFileSync(note, JSON.stringify({ ...left, since: '2026-11-22T10:05:00.000Z' }));
    engine.state.services.clear();
    if (status !== undefined) engine.state.services.set('app', { status });
    expect(await pausedByLogin(engine.runner, bench.stack, bench.journal)).toBeUndefined();
    if (status === 'running') return;
    const { steps } = await eventsOf(await startLogin(bench));
    expect(steps).not.toContain('step-started start');
    expect(existsSync(note)).toBe(false);
  });

  it('starts no LIVE service beside something that may have begun to trade since', async () => {
    const given = prepared();
    const { engine, note } = given;
    const trader = { who: 'toy run (pid 7)', stop: 'kill -TERM 7', uncertain: false };
    const bench = {
      ...given.bench,
      stack: { ...given.bench.stack, mode: 'live' as const },
      whoTrades: async () => [trader],
    };
    mkdirSync(join(note, '..'), { recursive: true });
    const left = { version: 1, service: 'app', container: 'c-app', startedAt: Date.parse('2026-11-22T10:00:00Z') };
    writeFileSync(note, JSON.stringify({ ...left, since: '2026-11-22T10:05:00.000Z' }));
    engine.state.services.set('app', { status: 'exited' });
    await expect(startLogin(bench)).rejects.toMatchObject({ code: 'trader-running' });
    expect(existsSync(note)).toBe(true);
  });
});

describe('the address to open', () => {
  it('is the one that asks for a login, whatever else is printed', () => {
    const lines = ['See https://docs.example/help', `Open ${ADDRESS}`];
    expect(addressIn(lines)).toEqual({ url: ADDRESS, isSure: true });
    expect(addressIn(lines.slice(0, 1))).toEqual({ url: 'https://docs.example/help', isSure: false });
    expect(addressIn(['no address'])).toBeUndefined();
  });

  it('keeps what a login needs where that is a secret elsewhere, and nothing else', async () => {
    const [key, redirect, secret] = ['key-of-the-app-5e1f', 'https://127.0.0.1:8182/back', 'secret-of-the-app-90ad'];
    for (const value of [key, redirect, secret]) new Secret(value);
    const query = `response_type=code&client_id=${key}&redirect_uri=${encodeURIComponent(redirect)}`;
    const address = `https://broker.example/authorize?${query}&hint=${secret}`;
    const paste = vi.fn(async () => new Secret(BACK));
    const { bench } = prepared({ prints: [['Open', address]] }, { over: { paste } });
    const events = await eventsOf(await startLogin(bench));
    expect(paste).toHaveBeenCalledWith(
      `https://broker.example/authorize?${query}&hint=[secret]`,
      expect.not.arrayContaining([expect.stringContaining(key)]),
    );
    expect(JSON.stringify(events)).not.toContain(key);
  });

  it('is waited for where only a hint has come, and is the hint where nothing better comes', async () => {
    const paste = vi.fn(async () => new Secret(BACK));
    const better = prepared({ prints: ['See https://docs.example/help', `Open ${ADDRESS}`] }, { over: { paste } });
    await eventsOf(await startLogin(better.bench));
    expect(paste).toHaveBeenLastCalledWith(ADDRESS, expect.anything());
    const only = prepared({ prints: ['Open https://broker.example/login'] }, { over: { paste } });
    await eventsOf(await startLogin(only.bench));
    expect(paste).toHaveBeenLastCalledWith('https://broker.example/login', expect.anything());
  });
});
