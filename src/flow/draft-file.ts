import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { clearLeftovers, ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { Draft } from './draft.ts';
import type { Setup } from './setup.ts';

/** Keeps the draft of a setup outside of the repository, so that a killed run loses at most its last moment. */
export interface DraftFile {
  /** Takes up what an earlier run left, and remembers from now on. */
  follow(setup: Setup): Promise<void>;
  /** Everything so far is on the disk; false where there is nothing to go on with. */
  settled(): Promise<boolean>;
  /** The files are written: there is nothing left to remember, and nothing is remembered any more. */
  drop(): Promise<void>;
}

const Stored = z.object({ savedAt: z.number(), draft: Draft });

type Read = { readonly draft: Draft; readonly savedAt: number } | { readonly lost: string } | undefined;

async function readDraft(path: string): Promise<Read> {
  try {
    const text = await readText(path);
    if (text === undefined) return undefined;
    const stored = Stored.safeParse(JSON.parse(text));
    return stored.success ? stored.data : { lost: 'another version of trading-setup wrote it' };
  } catch {
    return { lost: 'it cannot be read' };
  }
}

/**
 * The draft in a file of mode 0600.
 * @param now milliseconds since the epoch.
 */
export function draftFile(path: string, now: () => number): DraftFile {
  let wanted: Draft | undefined;
  let isKept = true;
  let isDropped = false;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    if (wanted === undefined) return rm(path, { force: true });
    await ensurePrivateDir(dirname(path));
    const text = `${JSON.stringify({ savedAt: now(), draft: wanted })}\n`;
    // With every answer: a slow disk must not lose those before the last.
    await writeAtomic(path, text, { mode: 0o600, hasty: true });
  };
  /** One write after the other; of what changes meanwhile only the newest is written. */
  const save = async (failed: (error: unknown) => void): Promise<void> => {
    for (let written: Draft | undefined | 'none' = 'none'; written !== wanted; ) {
      written = wanted;
      await write().catch(failed);
    }
    writing = undefined;
  };
  /** A killed run can have left half a file; it is in nobody's way, so no failure here is anybody's. */
  const clear = (): Promise<void> => clearLeftovers(path).catch(() => undefined);

  return {
    async follow(setup) {
      await clear();
      const found = await readDraft(path);
      if (found && 'lost' in found)
        setup.lose(`Your draft was left out: ${found.lost}. It stays in ${path} until your next answer.`);
      else if (found) setup.resume(found.draft, Math.max(0, now() - found.savedAt));
      const failed = (): void => {
        if (isKept) {
          const next = 'Leaving loses your answers: write the files in this run, or free the place.';
          setup.lose(`This draft cannot be kept: ${path} cannot be written. ${next}`, true);
        }
        isKept = false;
      };
      // What was left out of it is lost with the first write only: looking around is no answer.
      let isHeld = setup.getState().dropped !== undefined;
      let first: string | undefined;
      setup.remember((draft) => {
        if (isDropped) return;
        wanted = draft;
        first ??= answersOf(draft);
        isHeld &&= answersOf(draft) === first;
        if (!isHeld) writing ??= save(failed);
      });
    },
    settled: async () => {
      await writing;
      return isKept && wanted !== undefined;
    },
    async drop() {
      isDropped = true;
      wanted = undefined;
      await writing;
      await rm(path, { force: true });
      await clear();
    },
  };
}

/** A draft without where the cursor was. */
function answersOf(draft: Draft | undefined): string {
  const { place: _, ...answers } = draft ?? {};
  return JSON.stringify(answers);
}
