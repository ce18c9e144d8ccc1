import type { Decide } from '../artifacts/plan.ts';
import { SetupError } from '../errors.ts';
import type { OnConflict } from '../flow/decide.ts';
import type { DraftFile } from '../flow/draft-file.ts';
import type { Setup } from '../flow/setup.ts';
import type { ConflictChoice, FileAction, FileChange } from '../flow/types.ts';
import { adoptionWords } from '../stack/design/adopt.ts';
import { isLoopback } from '../stack/inspect.ts';
import { hasGate } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { afterPaint, now } from '../system/clock.ts';
import { environment, platform } from '../system/process.ts';
import { version } from '../version.ts';
import { readRepository } from './ahead.ts';
import { changesText } from './changes.ts';
import { type CommonFlags, type Context, giveUp, makeContext } from './context.ts';

const NOTHING_WRITTEN = 'Nothing was written.';
const START_AGAIN = 'Start again: trading-setup init';

export interface InitFlags extends CommonFlags {
  readonly answers?: string;
  readonly set: readonly string[];
  readonly dryRun?: boolean;
  /** `--no-start` */
  readonly start: boolean;
  /** `keep` or `replace` for all, `PATH=keep|replace|merge` for one. */
  readonly onConflict?: readonly string[];
  readonly allowExposed?: boolean;
}

/**
 * Reads the repository, and looks at the machine when what was read is on the screen. Its modules are loaded after the
 * first screen was drawn: a person who sees that the program is at work waits gladly.
 */
async function prepare(context: Context, flags: InitFlags): Promise<Setup> {
  const { runner, dir, interactive } = context;
  if (interactive) await afterPaint();
  const [{ prepareSetup }, { hostAtHand }] = await Promise.all([
    import('../flow/initialise.ts'),
    import('../host/at-hand.ts'),
  ]);
  return prepareSetup(
    { dir, sets: flags.set, interactive, ...(flags.answers === undefined ? {} : { answers: flags.answers }) },
    {
      version,
      readRepository,
      hostAtHand: hostAtHand(environment(), platform()),
      async observeHost(wanted, handedOut) {
        // Programs are started for it, which would hold up what a person is waiting to see.
        if (interactive) await handedOut.then(afterPaint);
        const [{ observeHost }, { thisMachine }, { probeKeychain }] = await Promise.all([
          import('../host/observe.ts'),
          import('../host/system.ts'),
          import('../secrets/keychain.ts'),
        ]);
        return observeHost(runner, wanted, () => probeKeychain(), thisMachine());
      },
      lookAtPorts: async (ports) => (await import('../host/ports.ts')).portHolders(ports),
      namesKept: async (stack) => (await context.openStore(stack)).names(),
    },
  );
}

function report(context: Context, changes: readonly FileAction[], { decided, decide }: Decisions): void {
  const named = (change: FileAction) => (change.note === undefined ? change.path : `${change.path} (${change.note})`);
  const of = (action: FileAction['action'], choice?: ConflictChoice) =>
    changes
      .filter((change) => change.action === action && (choice === undefined || decide(change.path) === choice))
      .map(named);
  const words = [
    ['created', of('create')],
    ['updated', of('update')],
    ['merged with your edits', [...of('merged'), ...of('conflict', 'merge')]],
    ['removed', of('removed')],
    ['unchanged', of('unchanged')],
    ['edits kept', of('kept')],
    ['replaced, a copy is in .trading-setup/replaced', of('conflict', 'replace')],
    ['left alone', [...decided].flatMap(([path, choice]) => (choice === 'keep' ? [path] : []))],
  ] as const;
  for (const [word, paths] of words) if (paths.length > 0) context.face.say(`${word}: ${paths.join(', ')}`);
}

async function confirmExposure(context: Context, stack: Stack, flags: InitFlags): Promise<void> {
  const { bind } = stack.ports;
  if (isLoopback(bind) || flags.allowExposed) return;
  if (context.interactive) {
    const login = hasGate(stack) ? ', and the login of the gate then travels over plain HTTP' : '';
    const reach = `${bind} can be reached from other machines, past a host firewall${login}.`;
    const typed = await context.face.askText(`${reach} Type the address ${bind} to publish there`);
    if ((typed ?? giveUp(NOTHING_WRITTEN, START_AGAIN)).trim() === bind) return;
  }
  throw new SetupError('needs-you', `Ports on ${bind} can be reached from other machines; nobody has confirmed that.`, {
    code: 'exposure-unconfirmed',
    next: ['Stay on this machine: --set ports.bind=127.0.0.1', 'Or confirm it: --allow-exposed'],
  });
}

interface Decisions {
  readonly decided: ReadonlyMap<string, ConflictChoice>;
  readonly decide: Decide;
}

/**
 * Asks about each conflict that neither flags nor the review decided. Where nobody can be asked it stays undecided, and
 * nothing is written.
 */
async function decideConflicts(context: Context, setup: Setup, byFlag: Decide): Promise<Decisions> {
  const isOpen = ({ action, decided }: FileChange) => action === 'conflict' && decided === undefined;
  for (;;) {
    const change = context.interactive ? setup.getState().files.find(isOpen) : undefined;
    if (!change) break;
    setup.decide(change.path, await askConflict(context, change));
  }
  const { files } = setup.getState();
  const decided = new Map(files.flatMap(({ path, decided: choice }) => (choice ? [[path, choice] as const] : [])));
  return { decided, decide: (path) => decided.get(path) ?? byFlag(path) };
}

/** What flags decide about conflicts. @throws SetupError exit 2 for a path that names no file of the stack. */
async function heedFlags(setup: Setup, given: OnConflict | undefined): Promise<Decide> {
  if (!given) return () => undefined;
  const [{ decidedBy, refuseStrangePaths }, { RIVALS }] = await Promise.all([
    import('../flow/decide.ts'),
    import('../artifacts/rivals.ts'),
  ]);
  refuseStrangePaths(given, setup.getState().files, ['Dockerfile', 'docker-compose.yml', '.dockerignore', ...RIVALS]);
  return decidedBy(given);
}

const LABELS: Readonly<Record<ConflictChoice, string>> = { keep: 'Keep', replace: 'Replace', merge: 'Merge' };

async function askConflict(context: Context, change: FileChange): Promise<ConflictChoice> {
  const { path, diff, note, choices = [] } = change;
  const decided = await context.face.choose<ConflictChoice | 'stop'>(
    `${path} is there already, and not as trading-setup would write it${note === undefined ? '.' : `: ${note}.`}`,
    [
      ...choices.map(({ value, means }) => ({ value, label: `${LABELS[value]}: ${means}` })),
      { value: 'stop' as const, label: 'Stop, and write nothing' },
    ],
    diff,
  );
  return decided === undefined || decided === 'stop' ? giveUp(NOTHING_WRITTEN, START_AGAIN) : decided;
}

/** Warnings beyond these are only counted. */
const MOST_WARNINGS = 12;

/** What the review would have noted, where nobody saw it. */
function sayWarnings({ face }: Context, setup: Setup): void {
  const warnings = setup.warnings();
  for (const text of warnings.slice(0, MOST_WARNINGS)) face.say(`warning: ${text}`);
  const more = warnings.length - MOST_WARNINGS;
  if (more > 0) face.say(`and ${more} more: trading-setup inspect`);
}

/** What would be written, what to know of it, and what a run that writes would still ask. */
async function dryRun(context: Context, setup: Setup): Promise<void> {
  await setup.observed;
  const { openAnswers } = await import('../flow/initialise.ts');
  context.face.say(changesText(setup.getState().files));
  sayWarnings(context, setup);
  const open = openAnswers(setup);
  if (!open) return;
  context.face.say(`unanswered: ${open.sentence}`);
  for (const next of open.next) context.face.say(`next: ${next}`);
}

/** The draft of an unfinished wizard; only where a person can go on with it. */
async function draftOf(context: Context, { dryRun }: InitFlags): Promise<DraftFile | undefined> {
  if (!context.interactive || dryRun) return undefined;
  const [{ draftFile }, { stateFile }] = await Promise.all([
    import('../flow/draft-file.ts'),
    import('../system/folders.ts'),
  ]);
  return draftFile(stateFile('drafts', context.dir, environment()), now);
}

/** A setup as a person left it, and with what flags say of conflicts. */
async function open(
  context: Context,
  flags: InitFlags,
  given: OnConflict | undefined,
  draft: Promise<DraftFile | undefined>,
): Promise<Setup> {
  const [setup, file] = await Promise.all([prepare(context, flags), draft]);
  await file?.follow(setup);
  if (given) setup.heed((await import('../flow/decide.ts')).decidedBy(given));
  return setup;
}

/** `init`: detect, ask, review, write; then offers to deploy. */
export async function init(flags: InitFlags): Promise<void> {
  const given = flags.onConflict?.length
    ? (await import('../flow/decide.ts')).parseOnConflict(flags.onConflict)
    : undefined;
  const context = await makeContext(flags, readRepository);
  const keeping = draftOf(context, flags);
  const opening = open(context, flags, given, keeping);
  if (flags.dryRun) return dryRun(context, await opening);
  if (context.interactive && (await context.face.review(opening)) === 'quit') {
    const isKept = await (await keeping)?.settled();
    const draft = isKept ? ' Your answers are kept as a draft, without secrets.' : '';
    giveUp(NOTHING_WRITTEN + draft, isKept ? 'Go on with them: trading-setup init' : START_AGAIN);
  }
  const setup = await opening;
  await setup.observed;
  const byFlag = await heedFlags(setup, given);
  await confirmExposure(context, setup.stack(), flags);
  const { finishSetup } = await import('../flow/initialise.ts');
  const conflicts = await decideConflicts(context, setup, byFlag);
  const { stack, changes } = await finishSetup(context.dir, setup, context.openStore, conflicts.decide);
  await (await keeping)?.drop();
  report(context, changes, conflicts);
  if (!context.interactive) sayWarnings(context, setup);
  if (changes.some(({ path, action }) => path === 'trading-setup.yaml' && action !== 'unchanged'))
    for (const line of adoptionWords(stack)) context.face.say(line);
  if (stack.secrets.store === 'vault' && stack.secrets.unlock === 'key-file') {
    context.face.say('Secrets: an encrypted vault that a key file opens; whoever can read your files can read them.');
  }
  context.face.say(`The same without questions: ${setup.getState().equivalent}`);
  await startNow(context, stack, flags);
}

async function startNow(context: Context, stack: Stack, flags: InitFlags): Promise<void> {
  const later = 'Start it with: trading-setup deploy';
  if (!flags.start) return context.face.say(`Next: ${later}`);
  if (!context.interactive && !flags.yes) {
    // A build and a start are offered, and an offer that nobody saw was not accepted.
    context.face.say('Not started: nobody could be asked.');
    context.face.say(`Next: ${later}. Or say so at once: trading-setup init --yes`);
    return;
  }
  const { checkEngine } = await import('../engine/check.ts');
  try {
    await checkEngine(context.runner);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // The files are written: that is what was asked for. The rest waits for the engine.
    context.face.say(`Not started: ${error.message}`);
    for (const next of [...error.next, later]) context.face.say(`Next: ${next}`);
    return;
  }
  if (context.interactive) {
    const start = await context.face.confirm('Build and start it now?', true);
    if (!(start ?? giveUp('Not started; the files are written.', later))) return context.face.say(`Next: ${later}`);
  }
  const { deployStack } = await import('./deploy.ts');
  await deployStack(context, stack, {});
}
