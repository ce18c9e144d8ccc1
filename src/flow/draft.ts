import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { OnDisk } from '../artifacts/propose.ts';
import { type Overlay, type OverlayValue, overlayAt, valueAt } from '../stack/overlay.ts';
import { layered } from './answers.ts';
import { type Layers, type SetupInput, without } from './layers.ts';

const VERSION = 2;
const names = z.array(z.string()).readonly();
const marks = z.record(z.string(), z.string()).readonly();

/** An unfinished setup: what was typed, and the names of secrets; never a value of one. */
export const Draft = z
  .object({
    version: z.literal(VERSION),
    writtenBy: z.string(),
    typed: z.record(z.string(), z.json()).readonly(),
    entered: names,
    skipped: names,
    decided: z.record(z.string(), z.enum(['keep', 'replace', 'merge'])).readonly(),
    /** Over what it was answered: a mark of each value in trading-setup.yaml, and of each file that was decided about. */
    over: z.object({ values: marks, files: marks }).readonly(),
    /** Where the cursor was. */
    place: z.string().optional(),
  })
  .readonly();
export type Draft = z.infer<typeof Draft>;

/** What an answer of a draft stands on: where that has changed, the answer is older than what is there. */
type Ground = Pick<SetupInput, 'saved' | 'disk'>;

/** Said anew in every run: what else runs can have changed since, and a start with real money rests on it. */
const SAID_ANEW = 'account.onlyTrader';

/** What is to be remembered; undefined where nothing was done. */
export function draftOf(
  { typed: now, secrets, decided, draft }: Layers,
  { writtenBy, saved, disk }: Ground & Pick<SetupInput, 'writtenBy'>,
  place?: string,
): Draft | undefined {
  const typed = without(layered(draft?.aside ?? {}, now), SAID_ANEW);
  const skipped = [...secrets].flatMap(([name, given]) => (given === 'skipped' ? [name] : []));
  const entered = [...secrets].flatMap(([name, given]) => (given === 'skipped' ? [] : [name]));
  if (Object.keys(typed).length + secrets.size + decided.size === 0) return undefined;
  return {
    version: VERSION,
    writtenBy,
    typed: typed as Draft['typed'], // an overlay holds what JSON holds
    entered,
    skipped,
    decided: Object.fromEntries(decided),
    over: {
      values: Object.fromEntries(answersIn(typed).map(([path]) => [path, markOf(valueAt(saved, path))])),
      files: Object.fromEntries([...decided.keys()].map((path) => [path, fileMark(disk?.get(path))])),
    },
    ...(place === undefined ? {} : { place }),
  };
}

/** What of a draft is taken up, and what is not. */
export interface TakenUp {
  readonly layers: Layers;
  /** How many answers that are. */
  readonly answers: number;
  /** Answers that answers and flags of this run stand in for. */
  readonly aside: Overlay;
  /** What was left out, with the reason: a few words each. */
  readonly left: readonly string[];
}

/**
 * A draft as what was done, without what is no answer any more.
 * @param fits whether the setup can be worked out with this.
 */
export function takeUp(draft: Draft, input: SetupInput, fits: (layers: Layers) => boolean): TakenUp {
  const { answers, flags, saved, disk } = input;
  const all = answersIn(without(draft.typed as Overlay, SAID_ANEW)); // the schema knows it as JSON
  const [older, sound] = split(all, ([path]) => draft.over.values[path] !== markOf(valueAt(saved, path)));
  const [covered, mine] = split(sound, ([path]) => [answers, flags].some((each) => valueAt(each, path) !== undefined));
  const decisions = Object.entries(draft.decided);
  const [changed, decided] = split(decisions, ([path]) => draft.over.files[path] !== fileMark(disk?.get(path)));
  const given = [
    ...draft.skipped.map((name) => [name, 'skipped'] as const),
    ...draft.entered.map((name) => [name, 'again'] as const),
  ];
  const base: Layers = { typed: {}, secrets: new Map(given), decided: new Map(decided) };
  const { typed, unfit } = fitting(mine, (each) => fits({ ...base, typed: each }));
  return {
    layers: { ...base, typed },
    answers: answersIn(typed).length + given.length + decided.length,
    aside: overlayOf(covered),
    left: [
      ...older.map(([path]) => `${path} (trading-setup.yaml says something newer)`),
      ...changed.map(([path]) => `${path} (the file has changed since)`),
      ...unfit.map((path) => `${path} (no longer fits)`),
    ],
  };
}

/** The layers of a draft without secrets that the program no longer reads, and those. */
export function withoutGone(
  { secrets, ...others }: Layers,
  known: Readonly<Record<string, unknown>>,
): { readonly layers: Layers; readonly gone: readonly string[] } {
  const [kept, gone] = split([...secrets], ([name]) => name in known);
  return { layers: { ...others, secrets: new Map(kept) }, gone: gone.map(([name]) => name) };
}

/** As many of these values as fit together; the others by their paths. */
function fitting(given: readonly Leaf[], fits: (typed: Overlay) => boolean) {
  const whole = overlayOf(given);
  if (fits(whole)) return { typed: whole, unfit: [] };
  let typed: Overlay = {};
  let rest = given;
  // Once more as long as something was taken: one value may fit only beside another.
  for (let before = -1; before !== rest.length; ) {
    before = rest.length;
    rest = rest.filter(([path, value]) => {
      const next = layered(typed, overlayAt(path, value));
      if (!fits(next)) return true;
      typed = next;
      return false;
    });
  }
  return { typed, unfit: rest.map(([path]) => path) };
}

/** Every answer of an overlay with its path. What is of one kind or another, as a health check, is one answer. */
function answersIn(value: OverlayValue, path: readonly string[] = []): readonly Leaf[] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const isWhole = !isMap || 'kind' in value || (Object.keys(value).length === 0 && path.length > 0);
  if (isWhole) return [[path.join('.'), value]];
  return Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : answersIn(inner, [...path, key])));
}

type Leaf = readonly [path: string, value: OverlayValue];

function overlayOf(given: readonly Leaf[]): Overlay {
  return layered(...given.map(([path, value]) => overlayAt(path, value)));
}

function split<T>(all: readonly T[], is: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(is), all.filter((one) => !is(one))];
}

function fileMark(file: OnDisk | undefined): string {
  return markOf(file?.current);
}

/** The same for the same value; nobody can tell the value from it. */
function markOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? 'nothing')
    .digest('hex')
    .slice(0, 16);
}
