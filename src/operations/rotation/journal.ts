import { dirname } from 'node:path';
import * as z from 'zod';
import { SetupError } from '../../errors.ts';
import { ensurePrivateDir, readText, removeFile, writeAtomic } from '../../system/files.ts';
import type { RotationStep } from './steps.ts';
import { titleOf } from './words.ts';

const print = z.string().regex(/^[0-9a-f]{16}$/);

const Schema = z
  .strictObject({
    version: z.literal(1),
    stack: z.string(),
    since: z.iso.datetime(),
    /** `waiting`: the new values are the current ones everywhere; what a person does or has to see is left. */
    direction: z.enum(['forward', 'undo', 'waiting']),
    compromised: z.boolean(),
    secrets: z
      .array(
        z
          .strictObject({
            name: z.string(),
            kind: z.enum(['database-role', 'gate-login', 'credential', 'encryption-key', 'generic']),
            comesBack: z.enum(['always', 'until-revoked', 'never']),
            /** What a person has to do, before the new value can work and after it works. */
            before: z.array(z.string()).readonly(),
            after: z.array(z.string()).readonly(),
            oldPrint: print,
            newPrint: print,
            /** When the new value ends, ISO. */
            expires: z.string().optional(),
          })
          .readonly(),
      )
      .min(1)
      .readonly(),
    /** Readers that ran when it began: these run again in the end, and no other. */
    ran: z.array(z.string()).readonly(),
    /** Those of them that were healthy: whoever was not need not be so again. */
    well: z.array(z.string()).readonly(),
    /** Each service whose volume changes, with the revision of its old content and that of its new one. */
    revisions: z.record(z.string(), z.strictObject({ old: z.int(), new: z.int() }).readonly()).readonly(),
    /** The command that turns what the old key has encrypted into what the new one reads. */
    reencrypt: z
      .strictObject({ service: z.string(), run: z.array(z.string()).readonly() })
      .readonly()
      .nullable(),
    /** It can not go back any more. */
    noReturn: z.boolean(),
    /** Names whose new value was not seen to work when that was last tried; absent: not tried yet. */
    unproven: z.array(z.string()).readonly().optional(),
    /** It has stopped readers, or was about to. */
    touched: z.boolean(),
    /** Steps that were ever begun. */
    begun: z.array(z.string()).readonly(),
    /** Steps that are done and need not be done again. */
    done: z.array(z.string()).readonly(),
    /** The last step that was begun, in words; null before the first. */
    at: z.string().nullable(),
  })
  .readonly();

/** How far a rotation came: names, steps and keyed fingerprints, never a value. */
export type Journal = z.infer<typeof Schema>;

/** The port to the file of a journal and to `.env`; tests end it in the middle. */
export interface Disk {
  read(path: string): Promise<string | undefined>;
  write(path: string, text: string, options?: { readonly mode?: number }): Promise<void>;
  remove(path: string): Promise<void>;
}

/** The real one: what it has written outlives a crash and a power cut. */
export const disk: Disk = { read: readText, write: writeAtomic, remove: removeFile };

/** The rotation that an earlier run left; undefined: none. @throws SetupError where the file is damaged. */
export async function readJournal(path: string, { read }: Pick<Disk, 'read'> = disk): Promise<Journal | undefined> {
  const text = await read(path);
  if (text === undefined) return undefined;
  try {
    return Schema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(path, cause);
  }
}

/** Never passed over: without it nobody knows which of two values is in force where. */
function damaged(path: string, cause: unknown): SetupError {
  return new SetupError('needs-you', `The journal of an unfinished rotation, ${path}, is damaged.`, {
    code: 'rotation-journal-damaged',
    next: [
      `Put ${path} back from a backup, then run: trading-setup rotate --resume`,
      `Or see which values the stack has (trading-setup secrets list), delete ${path}, and give every service the stored ones: trading-setup deploy`,
    ],
    cause,
  });
}

/** The journal of a rotation at work: every change is on the disk before anything else happens. */
export class JournalKeeper {
  readonly #path: string;
  readonly #disk: Disk;
  #now: Journal;

  constructor(path: string, journal: Journal, files: Disk) {
    this.#path = path;
    this.#disk = files;
    this.#now = journal;
  }

  get now(): Journal {
    return this.#now;
  }

  async change(changes: Partial<Journal>): Promise<void> {
    const next = { ...this.#now, ...changes };
    await ensurePrivateDir(dirname(this.#path));
    await this.#disk.write(this.#path, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
    this.#now = next;
  }

  /** Before the first effect of a step. */
  begin(step: RotationStep, passes: { readonly noReturn: boolean }): Promise<void> {
    const { begun, touched, noReturn } = this.#now;
    return this.change({
      begun: [...new Set([...begun, step.id])],
      touched: touched || step.kind === 'stop' || step.kind === 'recreate',
      noReturn: noReturn || passes.noReturn,
      at: titleOf(step),
    });
  }

  /** After its last effect. */
  finish({ id }: RotationStep): Promise<void> {
    return this.change({ done: [...new Set([...this.#now.done, id])] });
  }

  /** It is over: nothing is left to finish or to undo. */
  end(): Promise<void> {
    return this.#disk.remove(this.#path);
  }
}
