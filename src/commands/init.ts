import type { OnConflict } from '../artifacts/write.ts';
import { SetupError } from '../errors.ts';
import type { Setup } from '../flow/setup.ts';
import type { FileChange } from '../flow/types.ts';
import { isLoopback } from '../stack/inspect.ts';
import { hasGate } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { nextTurn } from '../system/clock.ts';
import { version } from '../version.ts';
import { type CommonFlags, type Context, giveUp, makeContext } from './context.ts';

const NOTHING_WRITTEN = 'Nothing was written.';
const START_AGAIN = 'Start again: trading-setup init';

export interface InitFlags extends CommonFlags {
  readonly answers?: string;
  readonly set: readonly string[];
  readonly dryRun?: boolean;
  /** `--no-start` */
  readonly start: boolean;
  readonly onConflict?: OnConflict;
  readonly allowExposed?: boolean;
}

/**
 * Reads everything. Begun after the first screen was drawn, and its modules loaded only then: a person who sees that
 * the program is at work waits gladly.
 */
async function prepare(context: Context, flags: InitFlags): Promise<Setup> {
  await nextTurn();
  const [{ prepareSetup }, { observeHost }, { probeKeychain }] = await Promise.all([
    import('../flow/initialise.ts'),
    import('../host/observe.ts'),
    import('../secrets/keychain.ts'),
  ]);
  const { runner, dir, interactive } = context;
  return prepareSetup(
    { dir, sets: flags.set, interactive, ...(flags.answers === undefined ? {} : { answers: flags.answers }) },
    {
      version,
      observeHost: (ports) => observeHost(runner, ports, () => probeKeychain()),
      namesKept: async (stack) => (await context.openStore(stack)).names(),
    },
  );
}

function report(context: Context, changes: readonly FileChange[], onConflict?: OnConflict): void {
  const of = (action: FileChange['action']) =>
    changes.filter((change) => change.action === action).map(({ path }) => path);
  const words = [
    ['created', of('create')],
    ['updated', of('update')],
    ['unchanged', of('unchanged')],
    ['edits kept', of('kept')],
    [onConflict === 'replace' ? 'replaced, a copy is in .trading-setup/replaced' : 'left alone', of('conflict')],
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

/** Asked where somebody can be; where nobody can, it stays a conflict, and nothing is written. */
async function decideConflicts(context: Context, setup: Setup): Promise<OnConflict | undefined> {
  const conflicts = setup.getState().files.filter(({ action }) => action === 'conflict');
  if (conflicts.length === 0 || !context.interactive) return undefined;
  const names = conflicts.map(({ path }) => path).join(', ');
  const decided = await context.face.choose(`${names}: there already, and not as trading-setup would write it.`, [
    { value: 'keep', label: 'Keep what is there' },
    { value: 'replace', label: 'Replace it; copies stay under .trading-setup/replaced/' },
    { value: 'stop', label: 'Stop, and write nothing' },
  ]);
  return decided === undefined || decided === 'stop' ? giveUp(NOTHING_WRITTEN, START_AGAIN) : decided;
}

function dryRun(context: Context, setup: Setup): void {
  for (const { path, action, diff } of setup.getState().files) {
    context.face.say(`${action}: ${path}`);
    if (diff !== '') context.face.say(diff);
  }
}

/** `init`: detect, ask, review, write; then offers to deploy. */
export async function init(flags: InitFlags): Promise<void> {
  const context = await makeContext(flags);
  const opening = prepare(context, flags);
  if (flags.dryRun) return dryRun(context, await opening);
  if (context.interactive && (await context.face.review(opening)) === 'quit') {
    giveUp(NOTHING_WRITTEN, START_AGAIN);
  }
  const setup = await opening;
  const stack = setup.stack();
  await confirmExposure(context, stack, flags);
  const { finishSetup } = await import('../flow/initialise.ts');
  const onConflict = flags.onConflict ?? (await decideConflicts(context, setup));
  report(context, await finishSetup(context.dir, setup, context.openStore, onConflict), onConflict);
  if (stack.secrets.store === 'vault' && stack.secrets.unlock === 'key-file') {
    context.face.say('Secrets: an encrypted vault that a key file opens; whoever can read your files can read them.');
  }
  context.face.say(`The same without questions: ${setup.getState().equivalent}`);
  await startNow(context, stack, flags);
}

async function startNow(context: Context, stack: Stack, flags: InitFlags): Promise<void> {
  const later = 'Start it with: trading-setup deploy';
  if (!flags.start) return context.face.say(`Next: ${later}`);
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
