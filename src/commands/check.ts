import { ReportedError, SetupError } from '../errors.ts';
import type { Checked } from '../flow/check.ts';
import { redactedJson } from '../secret.ts';
import { type Difference, differenceWords, quotedSet } from '../stack/evolved.ts';
import { count } from '../ui/words.ts';
import { version } from '../version.ts';
import { changesText } from './changes.ts';
import { type CommonFlags, makeContext } from './context.ts';

export interface CheckFlags extends CommonFlags {
  /** Edits that a run would keep fail too. */
  readonly strict?: boolean;
}

/** The edits that a run keeps. */
function keptIn({ changes }: Checked): readonly string[] {
  return changes.filter(({ action }) => action === 'kept' || action === 'merged').map(({ path }) => path);
}

function failureOf(checked: Checked, strict: boolean): SetupError | undefined {
  const files = checked.stale.filter((path) => !path.startsWith('.trading-setup/'));
  // What is remembered of the last run is worth a word where nothing else is.
  const stale = files.length > 0 ? files : checked.stale;
  if (stale.length > 0) {
    return new SetupError(
      'tool-failed',
      `${stale.join(', ')}: not as a run of trading-setup would leave ${stale.length === 1 ? 'it' : 'them'}.`,
      {
        code: 'out-of-date',
        next: ['Write what is shown: trading-setup init --no-start'],
      },
    );
  }
  const blocking = checked.differences.filter(({ blocks }) => blocks);
  const [first] = blocking;
  if (first)
    return new SetupError('tool-failed', `The stack cannot be built from the repository any more: ${first.message}.`, {
      code: 'evolved',
      next: [...takeOver(blocking), ...byHand(blocking)],
    });
  const kept = keptIn(checked);
  if (!strict || kept.length === 0) return undefined;
  return new SetupError('tool-failed', `${count(kept.length, 'file is', 'files are')} edited: ${kept.join(', ')}.`, {
    code: 'edited',
    next: [
      'Move the edits into trading-setup.yaml or docker-compose.override.yml and delete the file: trading-setup init writes it again.',
      'Or accept edits: trading-setup check, without --strict',
    ],
  });
}

/** One command for all of them: each alone would be refused for the others. */
function takeOver(differences: readonly Difference[]): readonly string[] {
  const sets = [...new Set(differences.flatMap((difference) => difference.sets))];
  if (sets.length === 0) return [];
  return [['trading-setup init --no-start', ...sets.map((set) => `--set ${quotedSet(set)}`)].join(' ')];
}

function byHand(differences: readonly Difference[]): readonly string[] {
  const paths = differences.filter(({ sets }) => sets.length === 0).map(({ path }) => path);
  return paths.length === 0 ? [] : [`Edit ${paths.join(', ')} in trading-setup.yaml, then run trading-setup check`];
}

/** `check`: what a run of `init` would change; nothing is written and nothing is asked. */
export async function check(flags: CheckFlags): Promise<void> {
  const { dir, face } = await makeContext({ ...flags, plain: true, yes: true });
  const { checkSetup } = await import('../flow/check.ts');
  const checked = await checkSetup(dir, version);
  const failure = failureOf(checked, flags.strict === true);
  if (flags.json) {
    const { changes, stale, differences } = checked;
    const document = { version: 1, ok: failure === undefined, stale, kept: keptIn(checked), changes, differences };
    process.stdout.write(`${redactedJson(document, 2)}\n`);
    if (failure) throw new ReportedError(failure);
    return;
  }
  face.say(changesText(checked.changes));
  for (const difference of checked.differences) face.say(`different: ${differenceWords(difference)}`);
  if (failure) throw failure;
  face.say('A run of trading-setup init would change nothing.');
}
