import type { Decide } from '../artifacts/plan.ts';
import type { OnDisk } from '../artifacts/propose.ts';
import type { RepoFacts } from '../detect/facts.ts';
import { SetupError } from '../errors.ts';
import type { HostFacts } from '../host/facts.ts';
import type { Secret } from '../secret.ts';
import { design } from '../stack/design/design.ts';
import { type ChosenMode, chooseMode } from '../stack/design/mode.ts';
import { withBinaries } from '../stack/evolved.ts';
import { withInstances } from '../stack/instances.ts';
import { type Overlay, overlay, valueAt } from '../stack/overlay.ts';
import type { Stack } from '../stack/schema.ts';
import { layered } from './answers.ts';
import type { ConflictChoice, Origin, Resumed } from './types.ts';

/** Everything that a setup starts from. */
export interface SetupInput {
  readonly facts: RepoFacts;
  /** With `pending` only what this process knows by itself; the rest comes by `observe`. */
  readonly host: HostFacts;
  readonly saved?: Stack;
  readonly answers: Overlay;
  readonly flags: Overlay;
  /** Six hexadecimal digits for a new stack id. */
  readonly suffix: string;
  readonly writtenBy: string;
  readonly interactive: boolean;
  /** Flags of this run that its command has as well, e.g. `--no-start`; quoted for a shell. */
  readonly asked?: readonly string[];
  /** Secrets that have a value already. */
  readonly kept: ReadonlySet<string>;
  /** Files of the repository by path, as they are now; absent while they are not read. */
  readonly disk?: ReadonlyMap<string, OnDisk>;
  /** Who holds ports of the engine's machine, looked at anew; absent where that cannot be told. */
  readonly look?: (ports: readonly number[]) => Promise<ReadonlyMap<number, string>>;
}

/** What the person did so far; every step of it can be taken back. */
export interface Layers {
  readonly typed: Overlay;
  /** `again`: it was entered in a run that ended, and no draft keeps a value. */
  readonly secrets: ReadonlyMap<string, Secret | 'skipped' | 'again'>;
  readonly decided: ReadonlyMap<string, ConflictChoice>;
  /** The draft that this goes on with; `aside` are answers of it that flags of this run stand in for. */
  readonly draft?: { readonly resumed?: Resumed; readonly aside: Overlay };
}

export const NOTHING_DONE: Layers = { typed: {}, secrets: new Map(), decided: new Map() };

/** Answers, flags and what was typed as one overlay. */
export function decidedIn({ answers, flags }: Pick<SetupInput, 'answers' | 'flags'>, typed: Overlay): Overlay {
  return layered(answers, flags, typed);
}

/** A stack before it is validated, and where its values come from. */
export function merged(input: SetupInput, typed: Overlay) {
  const decided = decidedIn(input, typed);
  const { facts, saved, host, writtenBy } = input;
  const instances = { facts, saved, holders: host.holders };
  if (saved) {
    const stack = withInstances(withBinaries(overlay({ ...saved, writtenBy }, decided), facts), instances);
    return { stack, origins: new Map<string, Origin>(), modeReason: '' };
  }
  const designed = design({ ...input, decided });
  return { ...designed, stack: withInstances(designed.stack, instances) };
}

/**
 * A stack whose mode fits the repository as it is now. A saved `paper` does not outlive the evidence for it, and
 * saying `paper` changes no endpoint: it would only switch the questions off.
 */
export function withTrueMode(
  input: SetupInput,
  typed: Overlay,
  stack: Stack,
): { readonly stack: Stack } & Pick<ChosenMode, 'reason' | 'proven'> {
  const { mode, reason, proven } = chooseMode(input.facts, stack);
  const said = valueAt(decidedIn(input, typed), 'mode');
  if (stack.mode === 'live') {
    const isChosen = mode === 'paper' || said === 'live';
    return { stack, proven: proven || isChosen, reason: isChosen ? chosenLive(mode, reason) : reason };
  }
  if (mode === 'paper') return { stack, reason, proven };
  if (said === 'paper') throw notPaper(reason);
  return { stack: { ...stack, mode }, reason, proven };
}

function chosenLive(mode: ChosenMode['mode'], reason: string): string {
  return mode === 'live' ? reason : `LIVE was chosen; by itself it would be PAPER: ${reason}`;
}

function notPaper(reason: string): SetupError {
  return new SetupError('usage', `The mode cannot be paper: ${reason}`, {
    code: 'mode-contradiction',
    next: ['Point the program at test networks, or take the key away; then the mode follows by itself.'],
  });
}

/** An overlay without what it says about one path, e.g. `ports.tui`, and without what is empty then. */
export function without(from: Overlay, path: string): Overlay {
  const [head = '', ...rest] = path.split('.');
  const { [head]: inner, ...others } = from;
  if (rest.length === 0 || typeof inner !== 'object' || inner === null || Array.isArray(inner)) return others;
  const left = without(inner as Overlay, rest.join('.')); // neither null nor a list: a map
  return Object.keys(left).length === 0 ? others : { ...from, [head]: left };
}

/** What is decided about conflicts: by the person, by flags, and what follows from another file. */
export function decisions({ decided }: Layers, byFlag: Decide | undefined): Decide {
  const told: Decide = (path) => decided.get(path) ?? byFlag?.(path);
  // Beside a Dockerfile that stays, ours brings an ignore file of its own.
  return (path) => told(path) ?? (path === '.dockerignore' && told('Dockerfile') === 'keep' ? 'keep' : undefined);
}
