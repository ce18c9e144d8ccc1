import { createHash } from 'node:crypto';
import type { BuildEvent } from '../events/build.ts';

/** What earlier builds tell about one of their steps. */
export interface StepTimes {
  /** How long it took when it was last carried out. */
  readonly ms: number;
  /**
   * Where it counts compile units: how much of its time had gone by at each tenth of them and, last of all, when only
   * one was left; the last of a program is often its longest.
   */
  readonly marks?: readonly number[] | undefined;
  /** How many units it had to compile; absent where that was not noted. */
  readonly units?: number | undefined;
  /** Of the last builds, the oldest first: whether it was carried out or came from the cache. */
  readonly ran: readonly boolean[];
}

/** What is kept of the builds of a repository that went well. */
export interface BuildHistory {
  /** How long the last ones took, the oldest first. */
  readonly builds: readonly number[];
  /** By `stepKey`. */
  readonly steps: Readonly<Record<string, StepTimes>>;
}

/** Nothing is known yet. */
export const NO_HISTORY: BuildHistory = { builds: [], steps: {} };

/** What is said of the time that is left. */
export interface Estimate {
  /** null: it cannot be told any more. */
  readonly leftMs: number | null;
  readonly lastMs: number;
}

/** Watches a build to tell how long it will still take and, at its end, what to remember of it. */
export interface BuildWatch {
  /** @returns what to say now, where it is something else than before. */
  see(events: readonly BuildEvent[], now: number): Estimate | undefined;
  /** What is remembered after a build that took this long. */
  remembered(ms: number): BuildHistory;
}

type Step = Extract<BuildEvent, { type: 'step' }>;

interface Seen {
  step: Step;
  readonly key: string;
  /** By our own clock, which is not the engine's. */
  from?: number;
  to?: number;
  /**
   * What its first count said: units that cargo found compiled already, which it counts as done, and how many it had to
   * compile.
   */
  fresh?: number;
  units?: number;
  /** The share of the units to compile that is done, and since when. */
  share: number;
  shareAt: number;
  /** Milliseconds after its start at which the marks were passed. */
  readonly marks: number[];
}

/** Shares of the units at which the time is noted; the last mark is the last unit. */
const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** A step that has to compile another number of units than it had, by more than this share, is another work. */
const SAME_UNITS = 0.2;
const BUILDS = 5;
/** A stack has some 60 steps. */
const MOST_STEPS = 300;
/** Until then too little is seen: the engine looks through its cache. */
const FIRST_WORD_MS = 3_000;
const PAUSE_MS = 1_000;
/** Work of this length says nothing yet about the machine. */
const PRIOR_MS = 5_000;
/** How much faster or slower than before the machine is believed to be. */
const FASTEST = 0.7;
const SLOWEST = 8;
/** A step of which nothing is known and that takes longer makes every word a guess. */
const UNKNOWN_MS = 3_000;

/** Tells a step of one build from the others of the repository; what it does is not kept, for nobody has to read it. */
export function stepKey({ target = '', stage = '', name }: Step): string {
  const text = name.replace(/^\[[^\]]*\] /, '');
  return createHash('sha256').update(`${target}\0${stage}\0${text}`).digest('hex').slice(0, 16);
}

/** @param start when the build began. */
export function watchBuild(history: BuildHistory, start: number): BuildWatch {
  const seen = new Map<string, Seen>();
  const lastMs = history.builds.at(-1);
  /** When the build will have ended, as it was said last. */
  let said: number | undefined;
  let looked = start;

  function onStep(step: Step, now: number): void {
    const one = seen.get(step.id) ?? { step, key: stepKey(step), share: 0, shareAt: now, marks: [] };
    seen.set(step.id, one);
    one.step = step;
    if (step.state === 'running') one.from ??= now;
    else if (one.from !== undefined && step.state !== 'waiting') one.to ??= now;
  }

  function onUnits({ id, done, total }: Extract<BuildEvent, { type: 'units' }>, now: number): void {
    const one = seen.get(id);
    if (one?.from === undefined || total === 0) return;
    one.fresh ??= done;
    one.units ??= total - one.fresh;
    if (one.units === 0) return;
    const share = Math.min(1, (done - one.fresh) / one.units);
    if (share <= one.share) return;
    one.share = share;
    one.shareAt = now;
    while (one.marks.length < TENTHS.length && share >= (TENTHS[one.marks.length] ?? 1)) one.marks.push(now - one.from);
    if (done < total - 1) return;
    while (one.marks.length < TENTHS.length) one.marks.push(now - one.from);
    // The first time counts: what follows is the last unit.
    one.marks[TENTHS.length] ??= now - one.from;
  }

  /** What is known of a step; of one that has much more or less to compile this time nothing is. */
  function timesOf({ key, units }: Seen): StepTimes | undefined {
    const times = history.steps[key];
    if (units === undefined || times?.units === undefined) return times;
    return Math.abs(units - times.units) <= Math.max(1, times.units * SAME_UNITS) ? times : undefined;
  }

  /** How much longer everything takes than it did, by what is done so far. */
  function pace(now: number): number {
    let actual = PRIOR_MS;
    let expected = PRIOR_MS;
    for (const one of seen.values()) {
      const times = timesOf(one);
      if (!times || one.from === undefined || one.step.state === 'cached') continue;
      if (one.to !== undefined) {
        actual += one.to - one.from;
        expected += times.ms;
      } else if (one.share > 0 && times.marks) {
        actual += one.shareAt - one.from;
        expected += timeAt(times.ms, times.marks, one.share);
      } else if (now - one.from > times.ms) {
        actual += now - one.from;
        expected += times.ms;
      }
    }
    return Math.min(SLOWEST, Math.max(FASTEST, actual / expected));
  }

  /** What a step will still take by itself; undefined: nobody can tell. */
  function restOf(one: Seen, now: number, slower: number): number | undefined {
    const times = timesOf(one);
    if (one.step.state === 'waiting') return times && isUsuallyRun(times) ? times.ms * slower : 0;
    if (one.step.state !== 'running' || one.from === undefined) return 0;
    const worked = now - one.from;
    if (!times) {
      if (one.share >= 0.1) return (worked * (1 - one.share)) / one.share;
      return worked > UNKNOWN_MS ? undefined : 0;
    }
    if (one.share === 0 || !times.marks) return Math.max(0, times.ms * slower - worked);
    // Between two words of cargo time goes by.
    const then = (times.ms - timeAt(times.ms, times.marks, one.share)) * slower;
    return Math.max(0, then - (now - one.shareAt));
  }

  /** The longest way through what is left: a step begins when the steps whose results it needs have ended. */
  function left(now: number): number | undefined {
    const slower = pace(now);
    const ends = new Map<string, number | undefined>();
    const endOf = (id: string): number | undefined => {
      if (ends.has(id)) return ends.get(id);
      // Steps need each other in one direction only; should they not, this ends the round.
      ends.set(id, 0);
      const one = seen.get(id);
      if (!one || (one.step.state !== 'waiting' && one.step.state !== 'running')) return 0;
      const rest = restOf(one, now, slower);
      const before = (one.step.inputs ?? []).map(endOf);
      const end =
        rest === undefined || before.includes(undefined)
          ? undefined
          : rest + Math.max(0, ...before.filter((each) => each !== undefined));
      ends.set(id, end);
      return end;
    };
    const all = [...seen.keys()].map(endOf);
    return all.includes(undefined) ? undefined : Math.max(0, ...all.filter((each) => each !== undefined));
  }

  function estimate(now: number): Estimate | undefined {
    if (lastMs === undefined || now - start < FIRST_WORD_MS || now - looked < PAUSE_MS) return undefined;
    looked = now;
    const rest = left(now);
    if (rest === undefined) {
      const withdrawn = said !== undefined;
      said = undefined;
      return withdrawn ? { leftMs: null, lastMs } : undefined;
    }
    if (said === undefined && rest === 0) return undefined;
    const off = said === undefined ? 0 : now + rest - said;
    // What is said goes down by itself; it is said anew only where it would be wrong, and then it moves half the way.
    if (said !== undefined && Math.abs(off) < Math.max(3_000, rest * 0.1)) return undefined;
    said = said === undefined ? now + rest : said + off / 2;
    return { leftMs: Math.max(0, Math.round(said - now)), lastMs };
  }

  return {
    see(events, now) {
      for (const event of events) {
        if (event.type === 'step' && event.stage !== undefined) onStep(event, now);
        else if (event.type === 'units') onUnits(event, now);
      }
      return estimate(now);
    },
    remembered: (ms) => ({
      builds: [...history.builds, ms].slice(-BUILDS),
      steps: mergedSteps(history.steps, [...seen.values()]),
    }),
  };
}

/** When, after the start of a step, this share of its units was done; between two marks the time goes by evenly. */
function timeAt(ms: number, marks: readonly number[], share: number): number {
  const before = TENTHS.filter((tenth) => tenth <= share).length;
  const [fromShare, fromTime] = before === 0 ? [0, 0] : [TENTHS[before - 1] ?? 0, marks[before - 1] ?? 0];
  const [toShare, toTime] = [TENTHS[before] ?? 1, marks[before] ?? ms];
  return Math.min(ms, fromTime + ((share - fromShare) / (toShare - fromShare)) * Math.max(0, toTime - fromTime));
}

/** A step that mostly comes from the cache will do so again. */
function isUsuallyRun({ ran }: StepTimes): boolean {
  return ran.filter((each) => each).length * 2 >= ran.length;
}

function mergedSteps(before: BuildHistory['steps'], seen: readonly Seen[]): BuildHistory['steps'] {
  const now = Object.fromEntries(
    seen.flatMap((one) => {
      const times = mergedTimes(before[one.key], one);
      return times ? [[one.key, times] as const] : [];
    }),
  );
  // Of a step that was not part of this build nothing new is known; the newest come last and stay.
  const others = Object.entries(before).filter(([key]) => !(key in now));
  return Object.fromEntries([...others, ...Object.entries(now)].slice(-MOST_STEPS));
}

function mergedTimes(before: StepTimes | undefined, { step, marks, units }: Seen): StepTimes | undefined {
  const { state, startedAt, endedAt } = step;
  const ran = [...(before?.ran ?? []), state === 'done'].slice(-BUILDS);
  if (state !== 'done' || startedAt === undefined || endedAt === undefined) return before && { ...before, ran };
  const ms = Math.max(0, endedAt - startedAt);
  const noted = marks.length > TENTHS.length ? { marks: marks.map((mark) => Math.min(mark, ms)) } : {};
  return { ms, ...noted, ...(units === undefined ? {} : { units }), ran };
}
