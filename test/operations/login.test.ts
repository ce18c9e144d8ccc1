import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { type LoginBench, startLogin } from '../../src/operations/login.ts';
import { Secret } from '../../src/secret.ts';
import type { Command, Line } from '../../src/system/run.ts';
import { smallStack } from '../stack/stacks.ts';
import type { Table } from '../support/fake-runner.ts';
import { eventsOf, fakeEngine, workbench } from './engine.ts';

const ADDRESS = 'https://broker.example/authorize?client_id=abc';
const BACK = 'https://127.0.0.1/?code=C0.0123456789';
const command = { service: 'app', run: ['toy', 'auth'] };

interface Program {
  /** What it prints before it reads. */
  readonly prints?: readonly string[];
  readonly exitCode?: number;
}

function prepared({ prints = ['Open', ADDRESS], exitCode = 0 }: Program, over: Partial<LoginBench> = {}, data = true) {
  const stack = smallStack(data ? {} : { services: { app: { data: null } } });
  const got: string[] = [];
  const table: Table = {
    'docker compose --progress=json stop': () => {
      engine.state.services.set('app', { status: 'exited' });
      return {};
    },
    'docker compose --progress=json up -d --no-build --no-deps': () => {
      engine.state.services.set('app', { status: 'running', health: 'healthy' });
      return {};
    },
  };
  const engine = fakeEngine(stack, table);
  engine.state.services.set('app', { status: 'running', health: 'healthy' });
  const { stream } = engine.runner;
  /** The program in its container: prints, reads a line, ends. */
  async function* program({ argv, stdin }: Command): AsyncGenerator<readonly Line[], number> {
    engine.runner.calls.push({ argv });
    yield prints.map((text) => ({ from: 'stdout', text }));
    if (stdin instanceof Readable) for await (const chunk of stdin) got.push(String(chunk));
    yield [{ from: 'stdout', text: `got ${got.join('').trim()} and C0.0123456789` }];
    return exitCode;
  }
  const bench: LoginBench = {
    ...workbench(stack, '/nowhere', {
      ...engine.runner,
      stream: (call, options) => (call.argv.includes('run') ? program(call) : stream(call, options)),
    }),
    command,
    addressMs: 50,
    paste: async () => new Secret(BACK),
    remember: async () => 'SCHWAB_LOGIN expires in 7 days.',
    ...over,
  };
  return { bench, engine, got };
}

describe('a login', () => {
  it('stops the service that keeps data, gives the address to the program alone, and starts it again', async () => {
    const paste = vi.fn(async () => new Secret(BACK));
    const { bench, engine, got } = prepared({}, { paste });
    const operation = await startLogin(bench);
    const { steps, end, events } = await eventsOf(operation);
    expect(JSON.stringify(events)).not.toContain('C0.0123456789');
    expect(JSON.stringify(events)).toContain('got ');
    expect(steps.filter((step) => step.startsWith('step-done'))).toEqual([
      'step-done stop',
      'step-done login',
      'step-done start',
      'step-done ready',
      'step-done remember',
    ]);
    expect(end).toMatchObject({ outcome: 'done', truth: 'Logged in; SCHWAB_LOGIN expires in 7 days.' });
    expect(paste).toHaveBeenCalledWith(ADDRESS, expect.anything());
    expect(got.join('')).toBe(`${BACK}\n`);
    const calls = engine.runner.printed();
    expect(calls.join('\n')).not.toContain('C0.0123456789');
    expect(calls).toContain('docker compose run --rm --no-deps --pull never --interactive --no-TTY app toy auth');
    expect(engine.state.locked).toBe(false);
  });

  it('stops nothing where the service keeps no data, or does not run', async () => {
    const dataless = prepared({}, {}, false);
    const first = await eventsOf(await startLogin(dataless.bench));
    expect(first.steps).not.toContain('step-started stop');
    const idle = prepared({});
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
      const { bench, engine } = prepared(program, { ...over, remember });
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
});
