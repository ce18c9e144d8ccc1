import { describe, expect, it } from 'vitest';
import type { Board } from '../../src/events/board.ts';
import type { StackSummary } from '../../src/health/board.ts';
import { watchBoard } from '../../src/health/watch.ts';
import { type Clock, clock as realClock } from '../../src/system/clock.ts';
import type { Line, Runner } from '../../src/system/run.ts';
import { fakeRunner } from '../support/fake-runner.ts';

const STACK: StackSummary = {
  id: 'toy',
  name: 'toy',
  mode: 'paper',
  services: [{ name: 'app', probe: 'p', oneShot: false }],
};
const EVENT = JSON.stringify({ Action: 'health_status: x', Actor: { ID: 'd', Attributes: {} }, timeNano: 1 });
const DIED = JSON.stringify({ Action: 'die', Actor: { ID: 'd', Attributes: { exitCode: '3' } }, timeNano: 1 });

/** An engine whose container can be changed and whose events can be sent or cut off. */
function liveEngine() {
  let health = 'healthy';
  let alive = true;
  let send: (line: string | undefined) => void = () => undefined;
  let looks = 0;
  const inspected = () =>
    JSON.stringify([
      {
        Id: 'd',
        Name: '/a',
        Created: '',
        Image: '',
        RestartCount: 2,
        State: { Status: 'running', ExitCode: 0, StartedAt: '', FinishedAt: '', Health: { Status: health, Log: null } },
        Config: { Image: 'i', Labels: { 'com.docker.compose.service': 'app' } },
        HostConfig: {},
      },
    ]);
  const down = { stderr: 'Cannot connect to the Docker daemon at unix:///x.', exitCode: 1 };
  const fake = fakeRunner({
    'docker container ls': () => (alive ? { stdout: 'd\n' } : down),
    'docker container inspect': () => {
      looks += 1;
      return { stdout: inspected() };
    },
  });
  const runner: Pick<Runner, 'run' | 'stream'> = {
    run: fake.run,
    async *stream(_, options): AsyncGenerator<readonly Line[], number> {
      options?.signal?.addEventListener('abort', () => send(undefined));
      for (;;) {
        const line = await new Promise<string | undefined>((resolve) => {
          send = resolve;
        });
        if (line === undefined) return 1;
        yield [{ from: 'stdout', text: line }];
      }
    },
  };
  return {
    runner,
    looks: () => looks,
    set: (next: string) => {
      health = next;
    },
    die: (dead: boolean) => {
      alive = !dead;
    },
    event: (line = EVENT) => send(line),
    cut: () => send(undefined),
  };
}

/** Waits take no longer than a moment, so that reconnecting and polling can be tested. */
const fast: Clock = { now: realClock.now, sleep: (ms, signal) => realClock.sleep(ms >= 1_000 ? ms / 100 : ms, signal) };
/** The poll never comes: only events can wake. */
const noPoll: Clock = {
  now: realClock.now,
  sleep: (ms, signal) => realClock.sleep(ms === 10_000 ? 60_000 : ms, signal),
};

async function next(boards: AsyncGenerator<Board, void>): Promise<Board> {
  const result = await boards.next();
  if (result.done) throw new Error('the watch ended');
  return result.value;
}

describe('watchBoard', () => {
  it('shows a flip within 250 ms of its event', async () => {
    const engine = liveEngine();
    const stop = new AbortController();
    const boards = watchBoard(engine.runner, STACK, stop.signal, noPoll);
    expect((await next(boards)).overall).toBe('healthy');
    engine.set('unhealthy');
    const started = performance.now();
    engine.event();
    expect((await next(boards)).overall).toBe('unhealthy');
    expect(performance.now() - started).toBeLessThan(250);
    await boards.return();
  });

  it('remembers with which code a start has ended', async () => {
    const engine = liveEngine();
    const boards = watchBoard(engine.runner, STACK, new AbortController().signal, noPoll);
    await next(boards);
    engine.set('starting');
    engine.event(DIED);
    expect((await next(boards)).services[0]?.reason).toBe('starting (2 restarts, last exit 3)');
    await boards.return();
  });

  it('takes one look for many events at once', async () => {
    const engine = liveEngine();
    const boards = watchBoard(engine.runner, STACK, new AbortController().signal, noPoll);
    await next(boards);
    engine.set('unhealthy');
    const flipped = next(boards);
    for (let i = 0; i < 20; i += 1) {
      engine.event();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await flipped;
    expect(engine.looks()).toBe(2);
    await boards.return();
  });

  it('notices without any event, by polling', async () => {
    const engine = liveEngine();
    const boards = watchBoard(engine.runner, STACK, new AbortController().signal, fast);
    await next(boards);
    engine.set('unhealthy');
    expect((await next(boards)).overall).toBe('unhealthy');
    await boards.return();
  });

  it('shows an engine that went away, and the stack when it is back', async () => {
    const engine = liveEngine();
    const boards = watchBoard(engine.runner, STACK, new AbortController().signal, fast);
    await next(boards);
    engine.die(true);
    engine.cut();
    const lost = await next(boards);
    expect(lost).toMatchObject({ overall: 'unhealthy', services: [{ reason: 'The Docker engine does not answer.' }] });
    engine.die(false);
    expect((await next(boards)).overall).toBe('healthy');
    await boards.return();
  });

  it('ends, and stops listening, when the signal aborts', async () => {
    const stop = new AbortController();
    const boards = watchBoard(liveEngine().runner, STACK, stop.signal, noPoll);
    await next(boards);
    const end = boards.next();
    stop.abort();
    expect(await end).toMatchObject({ done: true });
  });

  it('throws when the first look fails', async () => {
    const engine = liveEngine();
    engine.die(true);
    const boards = watchBoard(engine.runner, STACK, new AbortController().signal, noPoll);
    await expect(boards.next()).rejects.toMatchObject({ code: 'engine-not-running' });
  });
});
