import { describe, expect, it, vi } from 'vitest';
import type { OperationEvent } from '../../src/events/operation.ts';
import { createDesk } from '../../src/flow/rotation/desk.ts';
import type { Secret } from '../../src/secret.ts';
import { inkFace } from '../../src/ui/ink/face.tsx';
import { jsonFace } from '../../src/ui/json.ts';
import { askByLines } from '../../src/ui/plain/ask-lines.ts';
import { plainFace } from '../../src/ui/plain/face.ts';
import { silentFace } from '../../src/ui/silent.ts';
import { ASKED, MANUAL, PROVEN, ROTATED, WENT_BACK } from './demo/fake-rotation.ts';
import { FakeTerminal, KEY } from './support/terminal.ts';

function desk(who: 'person' | 'nobody' = 'person') {
  const abort = new AbortController();
  const clock = { sleep: () => new Promise<void>(() => undefined) };
  return { desk: createDesk({ who, polls: false, clock, signal: abort.signal }), abort };
}

/** A rotation that stops at its checklist until somebody answers at the desk. */
async function* untilAnswered(at: ReturnType<typeof desk>['desk'], answered: (answer: string) => void) {
  yield* PROVEN;
  yield ASKED;
  answered(await at.manual(MANUAL, async () => undefined));
  yield* ROTATED;
}

async function* all(events: readonly OperationEvent[]) {
  yield* events;
}

/** A screen without the turn of its spinner. */
const still = (screen: string) => screen.replace(/[\u2801-\u28FF]/g, '⠿');

const plain = (fake: FakeTerminal) => plainFace(fake.terminal, { spin: false }, askByLines(fake.terminal));

describe.each([
  [80, 24],
  [120, 40],
])('on a full screen of %d columns', (columns, rows) => {
  it('shows what is proven, waits at the checklist, and leaves proofs and interruptions behind', async () => {
    const fake = new FakeTerminal(columns, rows);
    const { desk: at } = desk();
    const answered = vi.fn();
    const over = inkFace(fake.terminal).operation(untilAnswered(at, answered), () => {}, at);
    expect(still(await fake.sees('Revoke the old token'))).toMatchSnapshot('waits');
    fake.type(KEY.enter);
    expect(await over).toBe('done');
    expect(answered).toHaveBeenCalledWith('done');
    expect(await fake.sees('are forgotten')).toMatchSnapshot('left in the scrollback');
  });
});

it('does what is left later on a key, and cancels on Ctrl-C while it waits', async () => {
  const first = new FakeTerminal();
  const answered = vi.fn();
  const one = desk();
  const over = inkFace(first.terminal).operation(untilAnswered(one.desk, answered), () => {}, one.desk);
  await first.sees('Revoke the old token');
  first.type('l');
  await over;
  expect(answered).toHaveBeenCalledWith('later');
  const second = new FakeTerminal();
  const two = desk();
  const ended = inkFace(second.terminal).operation(
    untilAnswered(two.desk, answered),
    () => two.abort.abort(),
    two.desk,
  );
  await second.sees('Revoke the old token');
  second.type(KEY.ctrlC);
  await ended;
  expect(answered).toHaveBeenLastCalledWith('later');
});

it('shows what goes back and why', async () => {
  const fake = new FakeTerminal(80, 40);
  expect(await inkFace(fake.terminal).operation(all(WENT_BACK), () => {})).toBe('failed');
  expect(await fake.sees('in force again')).toMatchSnapshot();
});

it('asks for a value unseen in the middle of an operation', async () => {
  const fake = new FakeTerminal();
  const { desk: at } = desk();
  let given: Secret | undefined;
  async function* events(): AsyncGenerator<OperationEvent, void> {
    yield* PROVEN.slice(0, 3);
    given = await at.entry(
      ['Open this address: https://x.example/authorize?client_id=1'],
      'The address it ends at',
      (value) =>
        value.reveal().startsWith('https://127.0.0.1') ? undefined : 'It does not begin with https://127.0.0.1',
    );
    yield* ROTATED;
  }
  const over = inkFace(fake.terminal).operation(events(), () => {}, at);
  await fake.sees('Open this address');
  fake.type('http://wrong', KEY.enter);
  expect(await fake.sees('It does not begin')).toMatchSnapshot();
  fake.type('https://127.0.0.1/?code=abcdefgh', KEY.enter);
  await over;
  expect(given?.reveal()).toBe('https://127.0.0.1/?code=abcdefgh');
  expect(fake.written).not.toContain('abcdefgh');
});

describe('line by line', () => {
  it('asks at the checklist, and prints proofs as they come', async () => {
    const fake = new FakeTerminal(100, 100);
    const { desk: at } = desk();
    const answered = vi.fn();
    const over = plain(fake).operation(untilAnswered(at, answered), () => {}, at);
    await fake.sees('Number, 1 to 2');
    fake.type('1\n');
    expect(await over).toBe('done');
    expect(answered).toHaveBeenCalledWith('done');
    expect(fake.text()).toMatchSnapshot();
  });

  it('leaves for later what is answered by Ctrl-C', async () => {
    const fake = new FakeTerminal(100, 100);
    const { desk: at } = desk();
    const answered = vi.fn();
    const over = plain(fake).operation(untilAnswered(at, answered), () => {}, at);
    await fake.sees('Number, 1 to 2');
    fake.type(KEY.ctrlC);
    await over;
    expect(answered).toHaveBeenCalledWith('later');
  });
});

describe('without anybody', () => {
  it('does not wait: what is left is for later', async () => {
    const fake = new FakeTerminal(100, 100);
    const { desk: at } = desk('nobody');
    const answered = vi.fn();
    await silentFace(fake.terminal).operation(untilAnswered(at, answered), () => {}, at);
    expect(answered).toHaveBeenCalledWith('later');
    expect(fake.text()).toMatchSnapshot();
  });

  it('tells what went back in lines', async () => {
    const fake = new FakeTerminal(100, 100);
    await silentFace(fake.terminal).operation(all(WENT_BACK), () => {});
    expect(fake.text()).toMatchSnapshot();
  });

  it('prints every event as JSON', async () => {
    const fake = new FakeTerminal(400, 100);
    await jsonFace(fake.terminal).operation(all([...PROVEN, ASKED, ...ROTATED]), () => {});
    const types = fake.written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(types).toEqual([...PROVEN, ASKED, ...ROTATED].map(({ type }) => type));
  });
});
