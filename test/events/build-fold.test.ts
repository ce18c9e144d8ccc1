import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildDecoder } from '../../src/engine/build-stream.ts';
import type { BuildEvent } from '../../src/events/build.ts';
import { foldBuild, foldBuildAll, NO_BUILD } from '../../src/events/build-fold.ts';
import { LogRing } from '../../src/events/log-ring.ts';

type Step = Extract<BuildEvent, { type: 'step' }>;

function step(id: string, stage: string, state: Step['state'], more: Partial<Step> = {}): Step {
  return { type: 'step', id, name: `[app ${stage} ${id}/9] RUN ${id}`, target: 'app', stage, state, ...more };
}

describe('foldBuild', () => {
  it('keeps the stages in the order in which they were first named', () => {
    const { stages } = foldBuildAll(NO_BUILD, [
      step('1', 'plan', 'waiting'),
      step('2', 'build', 'waiting'),
      step('1', 'plan', 'done'),
    ]);
    expect(stages.map((s) => [s.stage, s.state])).toEqual([
      ['plan', 'done'],
      ['build', 'waiting'],
    ]);
  });

  it.each<[string, readonly Step['state'][], string, boolean]>([
    ['waits before its first step', ['waiting', 'waiting'], 'waiting', false],
    ['waits for another stage in between', ['done', 'waiting'], 'waiting', false],
    ['runs', ['cached', 'running', 'waiting'], 'running', false],
    ['is done', ['cached', 'done'], 'done', false],
    ['is cached as a whole', ['cached', 'cached'], 'cached', true],
    ['failed', ['done', 'failed', 'waiting'], 'failed', false],
    ['was cancelled', ['done', 'cancelled', 'waiting'], 'cancelled', false],
  ])('a stage %s', (_, states, expected, cached) => {
    const { stages } = foldBuildAll(
      NO_BUILD,
      states.map((state, i) => step(String(i), 'build', state)),
    );
    expect(stages).toMatchObject([{ state: expected, cached, stepsTotal: states.length }]);
  });

  it('shows the step at work and its units, and neither afterwards', () => {
    const units: BuildEvent = { type: 'units', id: '1', done: 3, total: 9, current: 'serde' };
    const at = foldBuildAll(NO_BUILD, [step('1', 'build', 'running', { startedAt: 5 }), units]);
    expect(at.stages).toMatchObject([{ current: 'RUN 1', units: { done: 3, total: 9 }, startedAt: 5 }]);
    const [after] = foldBuild(at, step('1', 'build', 'done', { startedAt: 5, endedAt: 8 })).stages;
    expect(after).toMatchObject({ current: '', endedAt: 8 });
    expect(after).not.toHaveProperty('units');
  });

  it('keeps the first failure, which is the cause', () => {
    const { failure } = foldBuildAll(NO_BUILD, [
      step('1', 'a', 'cancelled', { error: 'context canceled' }),
      step('2', 'b', 'failed', { error: 'exit code: 1' }),
      step('3', 'c', 'failed', { error: 'later' }),
    ]);
    expect(failure).toMatchObject({ id: '2', error: 'exit code: 1' });
  });

  it('leaves internal steps out of the stages', () => {
    const internal: BuildEvent = { type: 'step', id: 'x', name: '[internal] load', state: 'done' };
    expect(foldBuild(NO_BUILD, internal).stages).toEqual([]);
  });

  it('folds a real build into finished stages', () => {
    const decoder = buildDecoder();
    const lines = readFileSync(new URL('../engine/samples/rawjson-ok.jsonl', import.meta.url), 'utf8').split('\n');
    const { stages, warnings } = foldBuildAll(
      NO_BUILD,
      lines.flatMap((line) => decoder.feed(line)),
    );
    expect(stages.map((s) => s.stage).sort()).toEqual(['a', 'b', 'base', 'final']);
    expect(stages.every((s) => s.state === 'done' || s.state === 'cached')).toBe(true);
    expect(warnings).toHaveLength(1);
  });

  it('takes 50,000 log lines in well under a second and stays bounded', () => {
    const started = performance.now();
    let state = foldBuild(NO_BUILD, step('1', 'build', 'running'));
    for (let i = 0; i < 50_000; i += 1) state = foldBuild(state, { type: 'log', id: '1', line: `line ${i}` });
    expect(performance.now() - started).toBeLessThan(500);
    expect(state.log.size).toBe(2_000);
    expect(state.log.last(1)).toEqual([{ id: '1', line: 'line 49999' }]);
  });
});

describe('LogRing', () => {
  const fill = (ring: LogRing, from: number, to: number) => {
    let next = ring;
    for (let i = from; i < to; i += 1) next = next.add({ id: 's', line: String(i) });
    return next;
  };
  const lines = (ring: LogRing, count: number) => ring.last(count).map(({ line }) => line);

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 20])('keeps the last three of %i', (count) => {
    const expected = Array.from({ length: count }, (_, i) => String(i)).slice(-3);
    expect(lines(fill(LogRing.empty(3), 0, count), 10)).toEqual(expected);
    expect(fill(LogRing.empty(3), 0, count).size).toBe(expected.length);
  });

  it('never changes an older version, also when two go on from it', () => {
    const base = fill(LogRing.empty(3), 0, 2);
    const one = base.add({ id: 's', line: 'a' });
    const two = base.add({ id: 's', line: 'b' });
    fill(one, 10, 30);
    expect([lines(base, 9), lines(one, 9), lines(two, 9)]).toEqual([
      ['0', '1'],
      ['0', '1', 'a'],
      ['0', '1', 'b'],
    ]);
  });
});
