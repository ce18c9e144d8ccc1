import * as z from 'zod';
import { type Overlay, valueAt } from '../stack/overlay.ts';
import type { Stack } from '../stack/schema.ts';
import { leaves } from './equivalent.ts';
import type { Layers, SetupInput } from './layers.ts';
import { without } from './layers.ts';

const VERSION = 1;
const names = z.array(z.string()).readonly();

/** An unfinished setup: what was typed, and the names of secrets; never a value of one. */
export const Draft = z
  .object({
    version: z.literal(VERSION),
    writtenBy: z.string(),
    typed: z.record(z.string(), z.json()).readonly(),
    entered: names,
    skipped: names,
    decided: z.record(z.string(), z.enum(['keep', 'replace', 'merge'])).readonly(),
    /** Where the cursor was. */
    place: z.string().optional(),
  })
  .readonly();
export type Draft = z.infer<typeof Draft>;

/** What is to be remembered; undefined where nothing was done. */
export function draftOf({ typed, secrets, decided }: Layers, writtenBy: string, place?: string): Draft | undefined {
  const skipped = [...secrets].flatMap(([name, given]) => (given === 'skipped' ? [name] : []));
  const entered = [...secrets].flatMap(([name, given]) => (given === 'skipped' ? [] : [name]));
  if (Object.keys(typed).length + secrets.size + decided.size === 0) return undefined;
  const where = place === undefined ? {} : { place };
  // an overlay holds what JSON holds
  const plain = typed as Draft['typed'];
  return {
    version: VERSION,
    writtenBy,
    typed: plain,
    entered,
    skipped,
    decided: Object.fromEntries(decided),
    ...where,
  };
}

/** A draft as what was done, or in a sentence why it is none any more. */
export function layersOf(
  draft: Draft,
  { answers, flags }: SetupInput,
  { secrets }: Stack,
): { readonly layers: Layers; readonly answers: number } | { readonly lost: string } {
  const typed = newestWins(draft.typed as Overlay, [answers, flags]); // the schema knows it as JSON
  const gone = [...draft.entered, ...draft.skipped].find((name) => !(name in secrets.entries));
  if (gone !== undefined) return { lost: `the program no longer reads ${gone}.` };
  const given = new Map([
    ...draft.skipped.map((name) => [name, 'skipped'] as const),
    ...draft.entered.map((name) => [name, 'again'] as const),
  ]);
  const decided = new Map(Object.entries(draft.decided));
  const count = leaves(typed).length + draft.skipped.length + draft.entered.length + decided.size;
  return { layers: { typed, secrets: given, decided }, answers: count };
}

/** A draft without what answers and flags of this run say: they are newer. */
function newestWins(typed: Overlay, newer: readonly Overlay[]): Overlay {
  return leaves(typed)
    .map(([path]) => path)
    .filter((path) => newer.some((each) => valueAt(each, path) !== undefined))
    .reduce(without, typed);
}
