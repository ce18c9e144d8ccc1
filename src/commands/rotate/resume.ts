import { refuseHeld } from '../../engine/lock.ts';
import { SetupError } from '../../errors.ts';
import { hasNewValues, listed, resumeRotation, sayTruth, type Unfinished } from '../../operations/rotation/index.ts';
import type { Secret } from '../../secret.ts';
import type { Stack } from '../../stack/schema.ts';
import type { Context } from '../context.ts';
import { giveUp } from '../give-up.ts';
import { conducted } from '../operate.ts';
import type { RotateFlags } from '../rotate.ts';
import { type Bench, rotationBench } from './bench.ts';

const LEFT = 'Left as it is. Finish it with: trading-setup rotate --resume';

/**
 * An unfinished rotation comes before any other, where nobody can be asked. @throws SetupError `operation-running`
 * (exit 5) where it is at work just now, else `rotation-unfinished`.
 */
export async function refuseUnfinished({ runner }: Context, stack: Stack, unfinished: Unfinished): Promise<never> {
  await refuseHeld(runner, stack.id).catch((error: unknown) => {
    // Without an engine it is still unfinished.
    if (error instanceof SetupError && error.kind === 'locked') throw error;
  });
  throw unfinishedError(unfinished);
}

function unfinishedError({ names, direction, manual }: Unfinished): SetupError {
  const what =
    direction === 'waiting'
      ? `The rotation of ${listed(names)} waits for you: ${manual.join(' ')}`
      : `The rotation of ${listed(names)} is not finished.`;
  return new SetupError('needs-you', what, {
    code: 'rotation-unfinished',
    next: [
      direction === 'waiting'
        ? 'When it is done: trading-setup rotate --resume --manual-done'
        : 'See what is true, and finish it or take it back: trading-setup rotate --resume',
    ],
  });
}

/** Says what is true and lets the person decide how an unfinished rotation goes on. */
export async function offerUnfinished(
  context: Context,
  stack: Stack,
  unfinished: Unfinished,
  flags: RotateFlags,
): Promise<void> {
  const made = await rotationBench(context, stack, flags);
  await refuseHeld(context.runner, stack.id);
  const truth = await sayTruth(made.bench);
  const how = await context.face.choose<'finish' | 'undo' | 'leave'>(
    questionOf(unfinished),
    optionsOf(unfinished, await hasNewValues(made.bench)),
    [...truth.map(spread), ...unfinished.manual.map((item) => `[ ] ${item}`)].join('\n'),
  );
  if (how === undefined) giveUp(LEFT);
  if (how === 'leave') return context.face.say(LEFT);
  await goOn(context, made, how === 'undo', new Map());
}

/** `NAME: this; that.` as a line each: a screen cuts long ones. */
function spread(line: string): string {
  return line.replace(/^(\w+): /, '$1:\n  ').replaceAll('; ', '\n  ');
}

function questionOf({ names, direction, at, since }: Unfinished): string {
  const what = listed(names);
  if (direction === 'waiting')
    return `The new values of ${what} are the current ones everywhere; what is left is for you to do.`;
  const way = direction === 'undo' ? ' on its way back' : '';
  return `The rotation of ${what} that began on ${moment(since)} ended${way} at: ${at}. How does it go on?`;
}

/** `2026-11-22 11:52 UTC`. */
function moment(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** @param hasNew without the new values there is nothing to finish it with, where it can still go back. */
function optionsOf({ direction, forwardOnly }: Unfinished, hasNew: boolean) {
  const canGoBack = direction === 'forward' && !forwardOnly;
  const finish = {
    forward: 'Finish it: the new values everywhere',
    undo: 'Finish going back: the old values everywhere',
    waiting: 'Go through what is left',
  }[direction];
  return [
    ...(canGoBack && !hasNew ? [] : [{ value: 'finish' as const, label: finish }]),
    ...(canGoBack ? [{ value: 'undo' as const, label: 'Go back: the old values everywhere' }] : []),
    { value: 'leave' as const, label: 'Leave it as it is' },
  ];
}

/** `rotate --resume` and `--undo`: what is true, and then the way to its end. */
export async function resume(
  context: Context,
  stack: Stack,
  flags: RotateFlags,
  values: ReadonlyMap<string, Secret>,
): Promise<void> {
  const made = await rotationBench(context, stack, flags);
  await refuseHeld(context.runner, stack.id);
  // On a full screen the first step has no room for all of it; elsewhere it prints it.
  if (context.face.kind === 'ink') for (const line of await sayTruth(made.bench)) context.face.say(line);
  await goOn(context, made, flags.undo === true, values);
}

async function goOn(
  context: Context,
  { bench, desk, abort }: Bench,
  undo: boolean,
  values: ReadonlyMap<string, Secret>,
): Promise<void> {
  await conducted(context, abort, () => resumeRotation(bench, { undo, values }), desk);
}
