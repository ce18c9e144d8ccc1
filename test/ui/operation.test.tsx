import { describe, expect, it, vi } from 'vitest';
import type { OperationEvent } from '../../src/events/operation.ts';
import { Secret } from '../../src/secret.ts';
import { inkFace } from '../../src/ui/ink/face.tsx';
import { createLive, follow } from '../../src/ui/live.ts';
import { foldProgress, NO_PROGRESS } from '../../src/ui/progress.ts';
import { DONE, FAILED, HALFWAY, log } from './demo/fake-operation.ts';
import { FakeTerminal, KEY } from './support/terminal.ts';

/** The events, then nothing until the rest is called for. */
function held(first: readonly OperationEvent[]) {
  let release: (rest: readonly OperationEvent[]) => void = () => {};
  const rest = new Promise<readonly OperationEvent[]>((resolve) => {
    release = resolve;
  });
  async function* events() {
    yield* first;
    yield* await rest;
  }
  return { events: events(), release };
}

/** The screen without what moves by the clock. */
const still = (screen: string): string => screen.replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '*');

const ENDED: OperationEvent = { type: 'ended', outcome: 'cancelled', truth: 'Nothing was changed.', next: [] };

describe.each([
  [80, 24],
  [100, 30],
])('at %d by %d', (columns, rows) => {
  it('shows the steps, the stages of the build and the end of the log', async () => {
    const fake = new FakeTerminal(columns, rows);
    const { events, release } = held(HALFWAY);
    const outcome = inkFace(fake.terminal).operation(events, () => {});
    await fake.sees('120/412');
    expect(still(fake.screen())).toMatchSnapshot();
    release([ENDED]);
    expect(await outcome).toBe('cancelled');
  });
  it('shows the services that a step waits for', async () => {
    const fake = new FakeTerminal(columns, rows);
    const starting = DONE.slice(0, DONE.findIndex((event) => event.type === 'step-progress') + 1);
    const { events, release } = held(starting);
    const outcome = inkFace(fake.terminal).operation(events, () => {});
    await fake.sees('connection refused');
    expect(still(fake.screen())).toMatchSnapshot();
    release([ENDED]);
    await outcome;
  });
});

it('leaves the summary of a failure in the scrollback: the first error, the truth, the next step', async () => {
  const fake = new FakeTerminal(100, 30);
  const { events, release } = held(FAILED);
  release([]);
  expect(await inkFace(fake.terminal).operation(events, () => {})).toBe('failed');
  await vi.waitFor(() => expect(fake.alternate).toBe(false));
  expect(await fake.sees('Next: Mend')).toMatchSnapshot();
});

it('leaves the summary of a success in the scrollback', async () => {
  const fake = new FakeTerminal();
  const { events, release } = held(DONE);
  release([]);
  expect(await inkFace(fake.terminal).operation(events, () => {})).toBe('done');
  expect(await fake.sees('Next: Open')).toMatchSnapshot();
});

it('cancels once, says so, and stays until the operation has ended', async () => {
  const fake = new FakeTerminal();
  const cancel = vi.fn();
  const { events, release } = held(HALFWAY);
  const outcome = inkFace(fake.terminal).operation(events, cancel);
  await fake.sees('120/412');
  fake.type(KEY.ctrlC);
  await fake.sees('Cancelling');
  fake.type(KEY.ctrlC);
  fake.interrupt();
  expect(fake.alternate).toBe(true);
  release([ENDED]);
  expect(await outcome).toBe('cancelled');
  expect(cancel).toHaveBeenCalledTimes(1);
});

it('gives the terminal back and throws what the events threw', async () => {
  const fake = new FakeTerminal();
  // biome-ignore lint/correctness/useYield: it fails before the first event
  async function* events(): AsyncGenerator<OperationEvent> {
    throw new Error('the engine is gone');
  }
  await expect(inkFace(fake.terminal).operation(events(), () => {})).rejects.toThrow('the engine is gone');
  expect(fake.written).toContain('\u001B[?1049l');
});

it('keeps the step at work in sight on a low screen', async () => {
  const fake = new FakeTerminal(80, 12);
  const { events, release } = held(HALFWAY);
  const outcome = inkFace(fake.terminal).operation(events, () => {});
  const screen = await fake.sees('120/412');
  expect(screen).toContain('crate-29');
  release([ENDED]);
  await outcome;
});

describe('a burst', () => {
  it('of 200,000 lines lets the keys through and is painted a few times only', async () => {
    const fake = new FakeTerminal();
    const cancel = vi.fn();
    let cancelled = false;
    async function* events() {
      yield* HALFWAY;
      for (let n = 0; n < 200_000 && !cancelled; n += 1) yield log('3', `line ${n}`);
      yield ENDED;
    }
    const outcome = inkFace(fake.terminal).operation(events(), () => {
      cancel();
      cancelled = true;
    });
    await fake.sees('line ');
    fake.type(KEY.ctrlC);
    expect(await outcome).toBe('cancelled');
    expect(cancel).toHaveBeenCalledTimes(1);
    expect(fake.written.split('\u001B[?2026h').length).toBeLessThan(200);
  });
  it('is folded faster than 50,000 lines a second', async () => {
    async function* events() {
      yield* HALFWAY;
      // As they come: what one read of the pipe holds.
      for (let n = 0; n < 100_000; n += 200) {
        const lines = Array.from(
          { length: 200 },
          (_, at) => ({ type: 'log', id: '3', line: `line ${n + at}` }) as const,
        );
        yield { type: 'build', events: lines } as const;
      }
    }
    let progress = NO_PROGRESS;
    const start = performance.now();
    await follow<OperationEvent>(events(), (event) => {
      progress = foldProgress(progress, event, 0);
    });
    expect(performance.now() - start).toBeLessThan(2000);
    expect(progress.operation.build.log.last(1)[0]?.line).toBe('line 99999');
  });
});

it('publishes a value at most once in its pace, and the newest', async () => {
  vi.useFakeTimers();
  const live = createLive(0, 80);
  const seen: number[] = [];
  live.subscribe(() => seen.push(live.get()));
  for (let n = 1; n <= 10; n += 1) live.set(n);
  expect(live.get()).toBe(0);
  await vi.advanceTimersByTimeAsync(80);
  expect(seen).toEqual([10]);
  vi.useRealTimers();
});

it('ends the operation too when the screen breaks, before the error goes on', async () => {
  const fake = new FakeTerminal();
  const order: string[] = [];
  // A board that no engine sends: what paints it throws.
  const broken = { type: 'board', board: { services: [null] } } as unknown as OperationEvent;
  const { events, release } = held([...HALFWAY.filter(({ type }) => type !== 'build'), broken]);
  async function* watched() {
    yield* events;
    order.push('ended');
  }
  const cancel = () => {
    order.push('cancelled');
    setTimeout(() => release([ENDED]), 20);
  };
  await expect(inkFace(fake.terminal).operation(watched(), cancel)).rejects.toThrow(TypeError);
  expect(order).toEqual(['cancelled', 'ended']);
});

it('shows nothing of a value that is searched for in the log', async () => {
  const value = 'Kx7-a-value-that-is-searched-for';
  new Secret(value);
  const fake = new FakeTerminal(100, 30);
  const { events, release } = held(HALFWAY);
  const outcome = inkFace(fake.terminal).operation(events, () => {});
  await fake.sees('120/412');
  fake.type('/');
  await fake.sees('type to search');
  fake.type(value);
  await fake.sees('[secret]');
  fake.type(KEY.enter);
  expect(await fake.sees('n next')).toContain('/[secret]');
  expect(fake.screen()).not.toContain(value);
  release([ENDED]);
  await fake.sees('q leave');
  fake.type('q');
  await outcome;
});

it('shows a long title whole, and no cause out of its column', async () => {
  const fake = new FakeTerminal(80, 24);
  const title = 'Take the data of bots.db over into the database';
  const steps = [
    { id: 'a', title, cause: 'it is new' },
    { id: 'b', title: 'Deliver the secrets', cause: 'they have changed' },
  ];
  const planned: OperationEvent = { type: 'planned', operation: 'deploy', stack: { name: 'x', mode: 'paper' }, steps };
  const { events, release } = held([planned]);
  const outcome = inkFace(fake.terminal).operation(events, () => {});
  const screen = await fake.sees('they have changed');
  expect(screen).toContain(title);
  expect(screen).not.toContain('it is new');
  release([ENDED]);
  await outcome;
});

it('is not stopped by Ctrl-Z while it is at work, and says so', async () => {
  const fake = new FakeTerminal(80, 24);
  const { events, release } = held(HALFWAY);
  const outcome = inkFace(fake.terminal).operation(events, () => {});
  await fake.sees('120/412');
  fake.type('\u001A');
  await fake.sees('Ctrl-Z is off while this is at work; Ctrl-C cancels it.');
  expect(fake.suspended).toBe(0);
  expect(fake.stays()).toBe(true);
  fake.type(KEY.down);
  await vi.waitFor(() => expect(fake.screen()).not.toContain('Ctrl-Z'));
  release([ENDED]);
  expect(await outcome).toBe('cancelled');
  expect(fake.stays()).toBe(false);
});
