import { type Needle, seeker } from '../support/search.ts';
import type { Kind, Scene } from './kinds.ts';

/** What was found where, and how much was read for it. */
export interface Found {
  readonly hits: readonly string[];
  readonly places: number;
  readonly bytes: number;
  /** Places in which nothing was found, by their kind. */
  readonly silent: readonly string[];
}

/** Looks for all needles in every place of these kinds. */
export async function search(kinds: readonly Kind[], scene: Scene, needles: readonly Needle[]): Promise<Found> {
  const seek = seeker(needles);
  const hits: string[] = [];
  const silent: string[] = [];
  let bytes = 0;
  let places = 0;
  for (const { what, places: of } of kinds) {
    for (const place of of(scene)) {
      const found = await seek(place);
      places += 1;
      bytes += found.bytes;
      if (found.found.size === 0) silent.push(`${what}: ${place.name}`);
      hits.push(...[...found.found].map((name) => `${what}: ${place.name}: ${name}`));
    }
  }
  return { hits, places, bytes, silent };
}

export const mb = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
