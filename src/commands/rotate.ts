import { SetupError } from '../errors.ts';
import { endOf } from '../flow/rotation/end.ts';
import { planOf } from '../flow/rotation/plan.ts';
import { readValues } from '../operations/deliver.ts';
import {
  judged,
  previewRotation,
  type RotationRequest,
  readUnfinished,
  startRotation,
} from '../operations/rotation/index.ts';
import { redactedJson, Secret } from '../secret.ts';
import type { Verdict } from '../secrets/check/verdict.ts';
import type { Stack } from '../stack/schema.ts';
import { now } from '../system/clock.ts';
import { planLines } from '../ui/rotation-words.ts';
import { journalOf } from './bench.ts';
import { type CommonFlags, type Context, withStack } from './context.ts';
import { conducted } from './operate.ts';
import { sameAgain } from './rotate/again.ts';
import { rotationBench } from './rotate/bench.ts';
import { agreeToReencrypt } from './rotate/reencrypt.ts';
import { offerUnfinished, refuseUnfinished, resume } from './rotate/resume.ts';
import { refuseNames, valuesFromFiles, valuesUnasked } from './rotate/values.ts';
import { rotateWithPerson } from './rotate/wizard.ts';
import type { CommandFlags } from './trusted-command.ts';

export interface RotateFlags extends CommonFlags, CommandFlags {
  readonly dryRun?: boolean;
  readonly resume?: boolean;
  /** Takes an unfinished rotation back. */
  readonly undo?: boolean;
  /** The old values are in the wrong hands. */
  readonly compromised?: boolean;
  /** `NAME=FILE`, or a file alone for one name. */
  readonly fromFile?: readonly string[];
  /** What a person has to do was done. */
  readonly manualDone?: boolean;
  /** Secrets whose old data may become unreadable. */
  readonly acceptUnreadable?: readonly string[];
  /** False with `--no-check`: providers are not asked. */
  readonly check?: boolean;
}

/** `rotate`: new values everywhere, proven; or, where that is still possible, the old ones everywhere. */
export async function rotate(given: readonly string[], flags: RotateFlags): Promise<void> {
  const names = [...new Set(given)];
  const context = await withStack(flags);
  const { stack, face } = context;
  const unfinished = await readUnfinished(journalOf(stack));
  if (flags.resume && flags.undo) throw bothWays();
  if (flags.resume || flags.undo) {
    if (names.length > 0) throw namesWithResume();
    if (!unfinished) return face.say('No rotation is unfinished.');
    return resume(context, stack, flags, await valuesFromFiles(stack, unfinished.names, flags.fromFile ?? []));
  }
  if (unfinished && !flags.dryRun) {
    if (!context.interactive) return refuseUnfinished(context, stack, unfinished);
    return offerUnfinished(context, stack, unfinished, flags);
  }
  const store = await context.openStore(stack);
  const kept = await store.list();
  refuseNames(stack, kept, names);
  if (flags.dryRun) return dryRun(context, stack, names, flags);
  const files = await valuesFromFiles(stack, names, flags.fromFile ?? []);
  if (context.interactive) return rotateWithPerson(context, stack, { kept, names, files }, flags);
  requireWord(names, flags);
  await agreeToReencrypt(context, stack, names, flags);
  const values = await valuesUnasked(stack, names, files);
  const all = new Map([...(await readValues(stack, store)), ...values]);
  await judged(stack, values, all);
  const { itemsBefore } = await import('../secrets/check/check.ts');
  const { bench, desk, abort } = await rotationBench(context, stack, flags);
  if (!flags.manualDone) {
    await requireReady(names, {
      itemsOf: (name) => itemsBefore(stack, name, all),
      check: (name) => bench.check(name, all, 'here'),
      again: sameAgain(stack, names, flags, new Set(files.keys())),
    });
  }
  await conducted(context, abort, () => startRotation(bench, requestOf(stack, values, flags)), desk);
}

/** What tells whether a person has done their part. */
interface Ready {
  /** What is theirs to do before the new value works. */
  readonly itemsOf: (name: string) => readonly string[];
  readonly check: (name: string) => Promise<Verdict | undefined>;
  /** The command that was given, to be given again. */
  readonly again: string;
}

/**
 * What a person has to do before a new value works is done, or seen to be: nobody would do it while traders are stopped.
 * @throws SetupError exit 4 that says what to do.
 */
async function requireReady(names: readonly string[], { itemsOf, check, again }: Ready): Promise<void> {
  for (const name of names) {
    const items = itemsOf(name);
    if (items.length === 0) continue;
    const verdict = await check(name);
    if (verdict?.level === 'good') continue;
    const said = verdict === undefined ? '' : ` (${verdict.text})`;
    throw new SetupError('needs-you', `${name}: a person has something to do before the new value works${said}.`, {
      code: 'manual-first',
      next: [
        ...items,
        `Then say so: ${again} --manual-done`,
        `Or be led through it on a terminal: trading-setup rotate ${names.join(' ')}`,
      ],
    });
  }
}

/** Where nobody can be asked the command line has said everything. @throws SetupError exit 4. */
function requireWord(names: readonly string[], { yes }: RotateFlags): void {
  if (names.length === 0) {
    throw new SetupError('needs-you', 'Which secrets get a new value is for you to say, and nobody can be asked.', {
      code: 'nothing-named',
      next: ['Name them: trading-setup rotate NAME --yes', 'See which there are: trading-setup secrets list'],
    });
  }
  if (yes) return;
  throw new SetupError('needs-you', 'Services that read them stop and start again; nobody has confirmed that.', {
    code: 'rotation-unconfirmed',
    next: [
      `See what would be done: trading-setup rotate ${names.join(' ')} --dry-run`,
      `Confirm it: trading-setup rotate ${names.join(' ')} --yes`,
    ],
  });
}

function bothWays(): SetupError {
  return new SetupError(
    'usage',
    'A rotation is either finished or taken back: --resume and --undo are one or the other.',
    {
      code: 'resume-and-undo',
      next: ['Finish it: trading-setup rotate --resume', 'Or take it back: trading-setup rotate --undo'],
    },
  );
}

function namesWithResume(): SetupError {
  return new SetupError('usage', 'An unfinished rotation knows its secrets: --resume and --undo take no names.', {
    code: 'names-with-resume',
    next: ['trading-setup rotate --resume'],
  });
}

function requestOf(stack: Stack, values: ReadonlyMap<string, Secret>, flags: RotateFlags): RotationRequest {
  const ends = [...values.keys()].flatMap((name) => {
    const end = endOf(stack, name, undefined, now());
    return end === undefined ? [] : [[name, end] as const];
  });
  return {
    values,
    expires: new Map(ends),
    compromised: flags.compromised === true,
    acceptUnreadable: flags.acceptUnreadable ?? [],
  };
}

/** The plan, from what runs now; no value is needed for it and no store is opened. */
async function dryRun(context: Context, stack: Stack, names: readonly string[], flags: RotateFlags): Promise<void> {
  if (names.length === 0) {
    throw new SetupError('usage', 'A plan is made for named secrets.', {
      code: 'nothing-named',
      next: ['trading-setup rotate NAME --dry-run', 'See which there are: trading-setup secrets list'],
    });
  }
  const { bench } = await rotationBench(context, stack, flags);
  const request = requestOf(stack, new Map(names.map((name) => [name, new Secret('')])), flags);
  const plan = planOf(stack, names, await previewRotation(bench, request));
  if (flags.json) process.stdout.write(`${redactedJson({ version: 1, stack: stack.id, names, ...plan }, 2)}\n`);
  else for (const line of planLines(plan)) context.face.say(line);
}
