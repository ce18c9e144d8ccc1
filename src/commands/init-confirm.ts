import type { Decide } from '../artifacts/plan.ts';
import { SetupError } from '../errors.ts';
import type { OnConflict } from '../flow/decide.ts';
import type { Setup } from '../flow/setup.ts';
import type { ConflictChoice, FileChange } from '../flow/types.ts';
import { isLoopback } from '../stack/inspect.ts';
import { hasGate } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { DECISIONS, isUndecided } from '../ui/conflict-words.ts';
import type { Context } from './context.ts';
import { giveUp } from './give-up.ts';

/** Said where a person leaves before anything was written. */
export const NOTHING_WRITTEN = 'Nothing was written.';
export const START_AGAIN = 'Start again: trading-setup init';

/** What was decided about conflicts: in words, and as a plan asks for it. */
export interface Decisions {
  readonly decided: ReadonlyMap<string, ConflictChoice>;
  readonly decide: Decide;
}

/** Why a stack needs somebody's word before it is reachable by others; undefined where it is not. */
export function exposureOf({ ports: { bind } }: Stack): SetupError | undefined {
  if (isLoopback(bind)) return undefined;
  return new SetupError(
    'needs-you',
    `Ports on ${bind} can be reached from other machines; nobody has confirmed that.`,
    {
      code: 'exposure-unconfirmed',
      next: ['Stay on this machine: --set ports.bind=127.0.0.1', 'Or confirm it: --allow-exposed'],
    },
  );
}

/**
 * Has it confirmed that others can reach the ports.
 * @returns whether a person did so just now, by typing the address.
 * @throws SetupError exit 4 where nobody did.
 */
export async function confirmExposure(context: Context, stack: Stack, allowed: boolean): Promise<boolean> {
  const unconfirmed = exposureOf(stack);
  if (!unconfirmed || allowed) return false;
  if (!context.interactive) throw unconfirmed;
  const { bind } = stack.ports;
  const login = hasGate(stack) ? ', and the login of the gate then travels over plain HTTP' : '';
  const reach = `${bind} can be reached from other machines, past a host firewall${login}.`;
  const typed = await context.face.askText(`${reach} Type the address ${bind} to publish there`);
  if ((typed ?? giveUp(NOTHING_WRITTEN, START_AGAIN)).trim() !== bind) throw unconfirmed;
  return true;
}

/** What flags decide about conflicts. @throws SetupError exit 2 for a path that names no file of the stack. */
export async function heedFlags(setup: Setup, given: OnConflict | undefined): Promise<Decide> {
  if (!given) return () => undefined;
  const [{ decidedBy, refuseStrangePaths }, { RIVALS }] = await Promise.all([
    import('../flow/decide.ts'),
    import('../artifacts/rivals.ts'),
  ]);
  refuseStrangePaths(given, setup.getState().files, ['Dockerfile', 'docker-compose.yml', '.dockerignore', ...RIVALS]);
  return decidedBy(given);
}

/**
 * Asks about each conflict that neither flags nor the review decided. Where nobody can be asked it stays undecided, and
 * nothing is written.
 */
export async function decideConflicts(context: Context, setup: Setup, byFlag: Decide): Promise<Decisions> {
  for (;;) {
    const change = context.interactive ? setup.getState().files.find(isUndecided) : undefined;
    if (!change) break;
    setup.decide(change.path, await askConflict(context, change));
  }
  const { files } = setup.getState();
  const decided = new Map(files.flatMap(({ path, decided: choice }) => (choice ? [[path, choice] as const] : [])));
  return { decided, decide: (path) => decided.get(path) ?? byFlag(path) };
}

async function askConflict(context: Context, change: FileChange): Promise<ConflictChoice> {
  const { path, diff, note, choices = [] } = change;
  const decided = await context.face.choose<ConflictChoice | 'stop'>(
    `${path} is there already, and not as trading-setup would write it${note === undefined ? '.' : `: ${note}.`}`,
    [
      ...choices.map(({ value, means }) => ({ value, label: `${DECISIONS[value]}: ${means}` })),
      { value: 'stop' as const, label: 'Stop, and write nothing' },
    ],
    diff,
  );
  return decided === undefined || decided === 'stop' ? giveUp(NOTHING_WRITTEN, START_AGAIN) : decided;
}
