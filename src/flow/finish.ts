import { filesBeside } from '../artifacts/beside.ts';
import type { Decide } from '../artifacts/plan.ts';
import { readDisk } from '../artifacts/read-disk.ts';
import { render } from '../artifacts/render.ts';
import { writeArtifacts } from '../artifacts/write.ts';
import { SetupError } from '../errors.ts';
import type { SecretStore } from '../secrets/store.ts';
import { quotedSet } from '../stack/evolved.ts';
import type { Stack } from '../stack/schema.ts';
import { refuseJudged } from './judged.ts';
import { refuseErrors } from './refuse.ts';
import type { Setup } from './setup.ts';
import type { FileAction } from './types.ts';

/** What nobody has answered and what has no default, with the flag of each answer; undefined where nothing is open. */
export function openAnswers(setup: Setup): { readonly sentence: string; readonly next: readonly string[] } | undefined {
  const lines = setup.getState().sections.flatMap((section) => section.lines);
  const open = lines.filter(({ state, input, mayWait }) => state === 'open' && input.kind !== 'secret' && !mayWait);
  const [first] = open;
  return (
    first && {
      sentence: `${first.path} has no default, and nobody has answered it. ${first.help}`,
      next: open.flatMap(({ path, input }) =>
        input.kind === 'choice'
          ? input.options.map(({ value, label, hint }) => `If ${label} (${hint}): --set ${path}=${value}`)
          : [`Answer it: --set ${path}=VALUE`],
      ),
    }
  );
}

/**
 * A line without a default is answered by a person, in the review or by its flag; never by being left alone.
 * @throws SetupError exit 4 with the flag of each.
 */
export function refuseOpen(setup: Setup): void {
  const open = openAnswers(setup);
  if (open) throw new SetupError('needs-you', open.sentence, { code: 'unanswered', next: open.next });
}

/** What was answered before it was seen that it does not go. @throws SetupError exit 2 with the flag of the first. */
function refuseInvalid(setup: Setup): void {
  const lines = setup.getState().sections.flatMap((section) => section.lines);
  const line = lines.find(({ state }) => state === 'invalid');
  if (!line) return;
  throw new SetupError('usage', `${line.path}: ${(line.problem ?? 'it does not go').replace(/\.$/, '')}.`, {
    code: 'answer-invalid',
    next: [`Set it otherwise: --set ${line.path}=VALUE`],
  });
}

/**
 * A saved stack that does not fit the repository any more is not written again as it is.
 * @throws SetupError exit 4 with the flags that take over what is there now.
 */
function refuseEvolved(setup: Setup): void {
  const blocking = setup.differences().filter(({ blocks }) => blocks);
  const [first] = blocking;
  if (!first) return;
  throw new SetupError('needs-you', `trading-setup.yaml does not fit the repository any more: ${first.message}.`, {
    code: 'evolved',
    next: blocking.flatMap(({ path, sets }) =>
      sets.length > 0
        ? `Take it over: ${sets.map((set) => `--set ${quotedSet(set)}`).join(' ')}`
        : `Set it otherwise: --set ${path}=VALUE`,
    ),
  });
}

/** A decision about a file is one about the file that was shown. @throws SetupError exit 4 where it is another now. */
async function refuseChanged(dir: string, setup: Setup): Promise<void> {
  const decided = setup.getState().files.filter((file) => file.decided !== undefined);
  const now = await readDisk(dir, decided);
  const changed = decided.find(({ path }) => now.get(path)?.current !== setup.fileSeen(path)?.current);
  if (!changed) return;
  throw new SetupError('needs-you', `${changed.path} has changed since it was decided what becomes of it.`, {
    code: 'file-changed',
    next: ['Nothing was written. Look at it again: trading-setup init'],
  });
}

/** What a finished setup has done. */
export interface Finished {
  /** As it was written: a file that the person keeps has given ours another name. */
  readonly stack: Stack;
  readonly changes: readonly FileAction[];
}

/**
 * Writes the files of a setup and stores what was entered, in this order: a stored secret without a stack is litter.
 * @param decide what was decided about each conflict.
 */
export async function finishSetup(
  dir: string,
  setup: Setup,
  openStore: (stack: Stack) => Promise<SecretStore>,
  decide: Decide = () => undefined,
): Promise<Finished> {
  refuseErrors(setup.stack());
  refuseOpen(setup);
  refuseInvalid(setup);
  refuseEvolved(setup);
  await refuseChanged(dir, setup);
  await refuseJudged(setup.stack(), setup.entered());
  const stack = await besideTheirs(dir, setup.stack(), decide);
  const changes = await writeArtifacts(dir, render(stack), decide);
  const entered = setup.entered();
  if (entered.size > 0) await (await openStore(stack)).setAll(entered);
  return { stack, changes };
}

/** The stack with other names for our files, where the person keeps theirs. */
async function besideTheirs(dir: string, stack: Stack, decide: Decide): Promise<Stack> {
  const artifacts = render(stack);
  const disk = await readDisk(dir, artifacts);
  return { ...stack, files: filesBeside(stack, artifacts, disk, (path) => decide(path) === 'keep') };
}
