import { describe, expect, it, vi } from 'vitest';
import { createDesk, type DeskOptions } from '../../../src/flow/rotation/desk.ts';
import { Secret } from '../../../src/secret.ts';
import type { Verdict } from '../../../src/secrets/check/verdict.ts';

const ITEMS = ['Approve the new wallet.'];

function desk(over: Partial<DeskOptions> = {}) {
  const abort = new AbortController();
  const clock = { sleep: (_: number, signal?: AbortSignal) => aTurn(signal) };
  const made = createDesk({ who: 'person', polls: true, clock, signal: abort.signal, ...over });
  return { desk: made, abort };
}

async function aTurn(signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise((done) => setTimeout(done, 1));
}

const says = (...levels: readonly Verdict['level'][]) => {
  let at = 0;
  return vi.fn(async (): Promise<Verdict> => {
    const level = levels[Math.min(at, levels.length - 1)] ?? 'unknown';
    at += 1;
    return { level, text: `it is ${level}` };
  });
};

describe('a checklist', () => {
  it('waits for the word of the person where nobody else can tell', async () => {
    const { desk: it_ } = desk();
    const answer = it_.manual(ITEMS);
    expect(it_.get()).toEqual({ kind: 'manual', items: ITEMS, polled: false, said: '' });
    it_.done();
    expect(await answer).toBe('done');
    expect(it_.get()).toBeUndefined();
  });

  it('goes on by itself when who is asked says that it is done', async () => {
    const checked = says('waiting', 'waiting', 'good');
    expect(await desk().desk.manual(ITEMS, checked)).toBe('done');
    expect(checked).toHaveBeenCalledTimes(3);
  });

  it('does not believe the person against the provider, and shows what it says', async () => {
    const { desk: it_ } = desk({ polls: false });
    const answer = it_.manual(ITEMS, says('waiting', 'good'));
    it_.done();
    await vi.waitFor(() => expect(it_.get()).toMatchObject({ said: 'it is waiting' }));
    it_.done();
    expect(await answer).toBe('done');
  });

  it('believes the person where nobody could be asked', async () => {
    const { desk: it_ } = desk({ polls: false });
    const answer = it_.manual(ITEMS, says('unknown'));
    it_.done();
    expect(await answer).toBe('done');
  });

  it('is for later when the person says so, and when the operation is cancelled', async () => {
    const first = desk();
    const later = first.desk.manual(ITEMS);
    first.desk.later();
    expect(await later).toBe('later');
    const second = desk();
    const cancelled = second.desk.manual(ITEMS, says('waiting'));
    second.abort.abort();
    expect(await cancelled).toBe('later');
    expect(second.desk.get()).toBeUndefined();
    expect(await second.desk.manual(ITEMS)).toBe('later');
  });

  it.each([
    ['nobody', undefined, 'later'],
    ['nobody', 'good', 'done'],
    ['nobody', 'unknown', 'later'],
    ['said-before', undefined, 'done'],
    ['said-before', 'unknown', 'done'],
    ['said-before', 'waiting', 'later'],
    ['said-before', 'bad', 'later'],
  ] as const)('asks no question where %s is there and the provider says %s: %s', async (who, level, expected) => {
    const { desk: it_ } = desk({ who });
    expect(await it_.manual(ITEMS, level && says(level))).toBe(expected);
  });
});

describe('an entry', () => {
  const problemOf = (value: Secret) => (value.reveal() === 'right' ? undefined : 'It is wrong.');

  it('is asked again until it is right', async () => {
    const { desk: it_ } = desk();
    const answer = it_.entry(['Open https://x'], 'The address', problemOf);
    expect(it_.get()).toEqual({ kind: 'entry', lines: ['Open https://x'], question: 'The address' });
    expect(it_.enter(new Secret('wrong'))).toBe('It is wrong.');
    expect(it_.enter(new Secret('right'))).toBeUndefined();
    expect((await answer)?.reveal()).toBe('right');
  });

  it('can be given up, and is where nobody is there', async () => {
    const { desk: it_ } = desk();
    const answer = it_.entry([], 'The address', problemOf);
    it_.later();
    expect(await answer).toBeUndefined();
    expect(await desk({ who: 'nobody' }).desk.entry([], 'x', problemOf)).toBeUndefined();
  });
});
