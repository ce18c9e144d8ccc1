import { plainVariable } from '../catalog/plain-variables.ts';
import type { Finished } from '../flow/finish.ts';
import type { Setup } from '../flow/setup.ts';
import type { ConflictChoice, FileAction } from '../flow/types.ts';
import { setCommand } from '../operations/variables.ts';
import { adoptionWords } from '../stack/design/adopt.ts';
import type { Stack } from '../stack/schema.ts';
import { missingVariables } from '../stack/variables.ts';
import { changesText } from './changes.ts';
import type { Context } from './context.ts';
import { type Decisions, exposureOf } from './init-confirm.ts';

/** Says what became of which file, and what goes with it. */
export function reportWritten({ face }: Context, { stack, changes }: Finished, decisions: Decisions): void {
  for (const [word, paths] of outcomes(changes, decisions))
    if (paths.length > 0) face.say(`${word}: ${paths.join(', ')}`);
  if (changes.some(({ path, action }) => path === 'trading-setup.yaml' && action !== 'unchanged'))
    for (const line of adoptionWords(stack)) face.say(line);
  if (stack.secrets.store === 'vault' && stack.secrets.unlock === 'key-file')
    face.say('Secrets: an encrypted vault that a key file opens; whoever can read your files can read them.');
}

function outcomes(changes: readonly FileAction[], { decided, decide }: Decisions) {
  const named = (change: FileAction) => (change.note === undefined ? change.path : `${change.path} (${change.note})`);
  const of = (action: FileAction['action'], choice?: ConflictChoice) =>
    changes
      .filter((change) => change.action === action && (choice === undefined || decide(change.path) === choice))
      .map(named);
  return [
    ['created', of('create')],
    ['updated', of('update')],
    ['merged with your edits', [...of('merged'), ...of('conflict', 'merge')]],
    ['removed', of('removed')],
    ['unchanged', of('unchanged')],
    ['edits kept', of('kept')],
    ['replaced, a copy is in .trading-setup/replaced', of('conflict', 'replace')],
    ['left alone', [...decided].flatMap(([path, choice]) => (choice === 'keep' ? [path] : []))],
  ] as const;
}

/** What the program gives up without and nobody has said: a deploy is refused until it has a value. */
export function sayMissing({ face }: Context, stack: Stack): void {
  for (const { service, name } of missingVariables(stack)) {
    const known = plainVariable(name);
    const what = known === undefined ? '' : `: ${known.about} (${known.form})`;
    face.say(`${service} does not start without ${name}${what}`);
  }
}

/** By what it will be built and why, where the repository leaves a choice; nobody saw the review. */
export function sayStrategy({ face }: Context, setup: Setup): void {
  const { build } = setup.stack();
  const lines = setup.getState().sections.flatMap((section) => section.lines);
  const line = lines.find(({ path }) => path === 'build.strategy');
  if (!line || !build.nix) return;
  const other = build.strategy === 'nix' ? 'cargo-chef' : 'nix';
  face.say(`Built with ${build.strategy} (${line.origin.text}); the other way: --set build.strategy=${other}`);
}

/** Warnings beyond these are only counted. */
const MOST_WARNINGS = 12;

/** What the review would have noted, where nobody saw it. */
export function sayWarnings({ face }: Context, setup: Setup): void {
  const warnings = setup.warnings();
  for (const text of warnings.slice(0, MOST_WARNINGS)) face.say(`warning: ${text}`);
  const more = warnings.length - MOST_WARNINGS;
  if (more > 0) face.say(`and ${more} more: trading-setup inspect`);
}

/**
 * What would be written, what to know of it, and what a run that writes would still ask.
 * @throws SetupError for what no answer mends, as a run that writes does.
 */
export async function dryRun(context: Context, setup: Setup, allowExposed: boolean): Promise<void> {
  await setup.observed;
  const [{ openAnswers }, { refuseErrors }] = await Promise.all([
    import('../flow/finish.ts'),
    import('../flow/refuse.ts'),
  ]);
  refuseErrors(setup.stack());
  context.face.say(changesText(setup.getState().files));
  sayWarnings(context, setup);
  sayMissing(context, setup.stack());
  const missing = missingVariables(setup.stack()).map(({ path }) => path);
  if (missing.length > 0) context.face.say(`Next: ${setCommand(missing)}`);
  const exposure = allowExposed ? undefined : exposureOf(setup.stack());
  const waiting = [openAnswers(setup), exposure && { sentence: exposure.message, next: exposure.next }];
  for (const open of waiting) {
    if (!open) continue;
    context.face.say(`unanswered: ${open.sentence}`);
    for (const next of open.next) context.face.say(`next: ${next}`);
  }
}
