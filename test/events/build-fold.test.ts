import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildDecoder } from '../../src/engine/build-stream.ts';
import type { BuildEvent } from '../../src/events/build.ts';
import { foldBuild, foldBuildAll, NO_BUILD, waitsFor } from '../../src/events/build-fold.ts';

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

  it('shows the step at work and its units, and afterwards how many there were', () => {
    const units: BuildEvent = { type: 'units', id: '1', done: 3, total: 9, current: 'serde' };
    const at = foldBuildAll(NO_BUILD, [step('1', 'build', 'running', { startedAt: 5 }), units]);
    expect(at.stages).toMatchObject([{ current: 'RUN 1', units: { done: 3, total: 9 }, startedAt: 5 }]);
    const [after] = foldBuild(at, step('1', 'build', 'done', { startedAt: 5, endedAt: 8 })).stages;
    expect(after).toMatchObject({ current: '', endedAt: 8, units: { done: 3, total: 9 } });
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
    expect(state.log.size).toBe(50_000);
    expect(state.log.last(1)).toEqual([{ id: '1', line: 'line 49999' }]);
    const lines = Array.from({ length: 250_000 }, (_, n) => ({ type: 'log', id: '1', line: `more ${n}` }) as const);
    expect(foldBuildAll(state, lines).log.size).toBeLessThan(201_000);
  });

  it('is the same for events one by one and all at once', () => {
    const decoder = buildDecoder();
    const text = readFileSync(new URL('../engine/samples/rawjson-fail.jsonl', import.meta.url), 'utf8');
    const events = text.split('\n').flatMap((line) => decoder.feed(line));
    const one = events.reduce(foldBuild, NO_BUILD);
    const all = foldBuildAll(NO_BUILD, events);
    expect(all.log.last(1000)).toEqual(one.log.last(1000));
    expect({ ...all, log: 0 }).toEqual({ ...one, log: 0 });
  });
});

describe('waitsFor', () => {
  const later = (more: Partial<Step>) => step('3', 'runtime', 'waiting', more);
  const waits = (events: readonly BuildEvent[]) => {
    const state = foldBuildAll(NO_BUILD, events);
    const stage = state.stages.find((each) => each.stage === 'runtime');
    return stage && waitsFor(state, stage);
  };

  it.each<[string, readonly BuildEvent[], readonly string[]]>([
    ['for a stage at work', [step('1', 'build', 'running'), later({ inputs: ['1'] })], ['app build']],
    ['for one that waits itself', [step('1', 'build', 'waiting'), later({ inputs: ['1'] })], ['app build']],
    ['for nothing when that is done', [step('1', 'build', 'done'), later({ inputs: ['1'] })], []],
    ['for no step of its own', [step('1', 'runtime', 'running'), later({ inputs: ['1'] })], []],
    [
      'for each stage once',
      [step('1', 'build', 'running'), step('2', 'build', 'waiting'), later({ inputs: ['1', '2'] })],
      ['app build'],
    ],
    ['for nobody knows what', [step('1', 'build', 'running'), later({})], []],
  ])('a stage waits %s', (_, events, expected) => expect(waits(events)).toEqual(expected));
});
