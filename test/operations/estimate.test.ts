import { describe, expect, it } from 'vitest';
import type { BuildEvent } from '../../src/events/build.ts';
import { type BuildHistory, NO_HISTORY, stepKey, watchBuild } from '../../src/operations/estimate.ts';

type Step = Extract<BuildEvent, { type: 'step' }>;

/** A step of a played build. */
interface Work {
  readonly id: string;
  readonly stage: string;
  readonly seconds: number;
  readonly inputs?: readonly string[];
  readonly cached?: boolean;
  /** Its compile units; the last of them takes this share of the time. */
  readonly units?: number;
  /** Units that were compiled before. */
  readonly fresh?: number;
  readonly lastShare?: number;
}

const START = 1_700_000_000_000;

/** As the generated Dockerfile builds: minutes of crates, then the program's own, then what is small. */
const COLD: readonly Work[] = [
  { id: 'chef', stage: 'chef', seconds: 20 },
  { id: 'plan', stage: 'planner', seconds: 3, inputs: ['chef'] },
  { id: 'cook', stage: 'cook', seconds: 220, inputs: ['plan'], units: 412, lastShare: 0.1 },
  { id: 'build', stage: 'build', seconds: 60, inputs: ['cook'], units: 11, lastShare: 0.4 },
  { id: 'apt', stage: 'runtime', seconds: 12 },
  { id: 'copy', stage: 'runtime', seconds: 2, inputs: ['apt', 'build'] },
];

/** The same after a change of the program's own source. */
const WARM = COLD.map((work) => (work.id === 'build' || work.id === 'copy' ? work : { ...work, cached: true }));
const CACHED = COLD.map((work) => ({ ...work, cached: true }));

function toStep({ id, stage, inputs }: Work, state: Step['state'], from?: number, to?: number): Step {
  return {
    ...{ type: 'step', id, name: `[app ${stage} 1/1] RUN ${id}`, target: 'app', stage, state },
    ...(inputs ? { inputs } : {}),
    ...(from === undefined ? {} : { startedAt: START + from }),
    ...(to === undefined ? {} : { endedAt: START + to }),
  };
}

function unitsAt({ id, units = 0, fresh = 0, seconds, lastShare = 0 }: Work, spent: number): readonly BuildEvent[] {
  if (units === 0) return [];
  const share = spent / (seconds * 1000);
  const done = share >= 1 - lastShare ? units - 1 : Math.floor((share / (1 - lastShare)) * (units - 1));
  return [{ type: 'units', id, done: fresh + done, total: fresh + units, current: 'serde' }];
}

/** Plays a build second by second, so many times slower, and gives what was said of its end, and what is remembered. */
function play(works: readonly Work[], history: BuildHistory, slower = 1) {
  const watch = watchBuild(history, 0);
  const times = new Map<string, { from?: number; to?: number }>(works.map(({ id }) => [id, {}]));
  const said: { readonly at: number; readonly leftMs: number | null }[] = [];
  watch.see(
    works.map((work) => toStep(work, 'waiting')),
    0,
  );
  let now = 0;
  const isOver = (id: string) => times.get(id)?.to !== undefined;
  for (; works.some(({ id }) => !isOver(id)); now += 500) {
    const events = works.flatMap((work): readonly BuildEvent[] => {
      const time = times.get(work.id);
      if (!time || time.to !== undefined || !(work.inputs ?? []).every(isOver)) return [];
      if (work.cached) {
        time.to = now;
        return [toStep(work, 'cached', now, now)];
      }
      if (time.from === undefined) {
        time.from = now;
        return [toStep(work, 'running', now)];
      }
      const spent = (now - time.from) / slower;
      if (spent < work.seconds * 1000) return unitsAt(work, spent);
      time.to = now;
      return [toStep(work, 'done', time.from, now)];
    });
    const estimate = watch.see(events, now);
    if (estimate) said.push({ at: now, leftMs: estimate.leftMs });
  }
  return { said, ms: now, remembered: watch.remembered(now) };
}

/** What a person reads at a time: the last word, counted down. */
function readAt(said: ReturnType<typeof play>['said'], at: number): number | undefined {
  const last = said.filter((each) => each.at <= at).at(-1);
  return last?.leftMs === null || last === undefined ? undefined : Math.max(0, last.leftMs - (at - last.at));
}

const cold = play(COLD, NO_HISTORY);
const known = cold.remembered;

describe('what is said of the time left', () => {
  it('is nothing while nothing is known', () => expect(cold.said).toEqual([]));

  it('is nothing where all of it comes from the cache', () => {
    expect(play(CACHED, known).said).toEqual([]);
  });

  it.each([
    ['the same build again', COLD, 1, 0.15],
    ['a machine that is three times as slow', COLD, 3, 0.35],
    ['a machine that is a third faster', COLD, 0.7, 0.35],
    ['a change of the own source only', WARM, 1, 0.3],
  ])('is about right once a quarter is done: %s', (_, works, slower, tolerance) => {
    const { said, ms } = play(works, known, slower);
    for (const share of [0.3, 0.5, 0.75, 0.9]) {
      const at = ms * share;
      const left = readAt(said, at) ?? Number.NaN;
      expect(Math.abs(left - (ms - at)), `at ${share}: ${left / 1000} s said`).toBeLessThan(
        Math.max(tolerance * ms, 5_000),
      );
    }
  });

  it.each([1, 3])('is never negative and seldom said anew, at %i times the time', (slower) => {
    const { said, ms } = play(COLD, known, slower);
    expect(said.every(({ leftMs }) => leftMs === null || leftMs >= 0)).toBe(true);
    expect(said.length).toBeLessThan(ms / 10_000 + 10);
    // Said anew, the end moves by half the error at most, so it never jumps to and fro.
    const ends = said.map(({ at, leftMs }) => at + (leftMs ?? 0));
    const turns = ends.filter(
      (end, n) => n > 1 && Math.sign(end - (ends[n - 1] ?? 0)) !== Math.sign((ends[n - 1] ?? 0) - (ends[n - 2] ?? 0)),
    );
    expect(turns.length).toBeLessThan(6);
  });

  it('is taken back when a step that nobody knows keeps everything waiting', () => {
    const works = [...COLD.slice(0, 3), { id: 'new', stage: 'build', seconds: 60, inputs: ['cook'] }];
    expect(play(works, known).said.at(-1)?.leftMs).toBeNull();
  });

  /** cargo found all but some of them compiled already, and counts those as done from its first word on. */
  const incremental = (fresh: number, rest: number, seconds: number): readonly Work[] => [
    { id: 'build', stage: 'build', seconds, units: rest, fresh },
  ];

  it('never takes what was compiled before for progress', () => {
    const { remembered } = play([{ id: 'build', stage: 'build', seconds: 200, units: 406 }], NO_HISTORY);
    const { said, ms } = play(incremental(401, 5, 60), remembered);
    for (const { at, leftMs } of said) {
      const left = ms - at;
      expect(leftMs === null || leftMs > left / 3, `after ${at / 1000} s of ${ms / 1000}: ${leftMs}`).toBe(true);
    }
    expect(readAt(said, 5_000)).toBeUndefined();
  });

  it('goes by the build before where that had as much to compile', () => {
    const { remembered } = play(incremental(401, 5, 60), NO_HISTORY);
    const { said, ms } = play(incremental(402, 5, 60), remembered);
    for (const at of [6_000, ms / 2])
      expect(Math.abs((readAt(said, at) ?? Number.NaN) - (ms - at))).toBeLessThan(15_000);
  });

  it('of an unknown step goes by its own count', () => {
    const works = [{ id: 'new', stage: 'build', seconds: 100, units: 50 }];
    const { said, ms } = play(works, known);
    expect(Math.abs((readAt(said, ms / 2) ?? 0) - ms / 2)).toBeLessThan(10_000);
  });
});

describe('what is remembered', () => {
  it('is the time of each step, and of the build', () => {
    expect(known.builds).toEqual([cold.ms]);
    const cook = known.steps[stepKey(toStep({ id: 'cook', stage: 'cook', seconds: 1 }, 'done'))];
    expect(cook).toMatchObject({ ms: 220_000, ran: [true] });
    expect(cook?.marks).toHaveLength(10);
    expect(cook?.marks?.at(-1)).toBeGreaterThan(190_000);
  });

  it('stays of a step that came from the cache since', () => {
    const later = [1, 2, 3].reduce((history) => play(WARM, history).remembered, known);
    expect(later.builds).toHaveLength(4);
    const cook = later.steps[stepKey(toStep({ id: 'cook', stage: 'cook', seconds: 1 }, 'done'))];
    expect(cook).toMatchObject({ ms: 220_000, ran: [true, false, false, false] });
  });

  it('makes a step that mostly comes from the cache expected from there', () => {
    const later = [1, 2, 3].reduce((history) => play(WARM, history).remembered, known);
    const { said } = play(WARM, later);
    expect(Math.max(...said.map(({ leftMs }) => leftMs ?? 0))).toBeLessThan(80_000);
  });

  it('is bounded, and holds none of the words of a step', () => {
    let history = NO_HISTORY;
    for (let n = 0; n < 20; n += 1) {
      const works = Array.from({ length: 40 }, (_, at) => ({ id: `secret-${n}-${at}`, stage: 'build', seconds: 1 }));
      history = play(works, history).remembered;
    }
    expect(history.builds).toHaveLength(5);
    expect(Object.keys(history.steps)).toHaveLength(300);
    expect(JSON.stringify(history)).not.toContain('secret');
  });
});
