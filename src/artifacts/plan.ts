import { SetupError } from '../errors.ts';
import type { ConflictChoice, FileAction, FileChange } from '../flow/types.ts';
import { readBlock } from './blocks.ts';
import { actionOf, diffOf, leftoverAction, leftoverDiff } from './compare.ts';
import { blockFormOf, type OnDisk, type Proposal, propose } from './propose.ts';
import type { Artifact } from './render.ts';
import { rivalActions } from './rivals.ts';

/** What is done to one file; a plan without any changes no byte. */
export interface FileWrite {
  readonly path: string;
  /** The new content; undefined leaves the file as it is. */
  readonly text?: string;
  readonly remove?: true;
  /** What the file held and is replaced by decision: a copy of it stays. */
  readonly replaced?: string;
  /** What is remembered as our last version; null: nothing any more, undefined: what is remembered already. */
  readonly base?: string | null;
  readonly executable: boolean;
}

export interface Plan {
  readonly changes: readonly FileAction[];
  readonly writes: readonly FileWrite[];
}

/** What a person decided about a conflict; undefined where nobody did. */
export type Decide = (path: string) => ConflictChoice | undefined;

const NOTHING: OnDisk = { current: undefined, base: undefined };
const UNDECIDED: Decide = () => undefined;

/** Everything that a write does, decided before any of it is done; an undecided conflict is left out. Pure. */
export function planWrites(
  artifacts: readonly Artifact[],
  disk: ReadonlyMap<string, OnDisk>,
  decide: Decide = UNDECIDED,
): Plan {
  const all = planAll(artifacts, disk, decide);
  return {
    changes: [...rivalActions(artifacts, disk), ...all.flatMap(({ change }) => change ?? [])],
    writes: all.flatMap(({ write }) => (write && changesBytes(write) ? [write] : [])),
  };
}

/**
 * Every change that a write would make, to be looked at: in the order of the artefacts, then what no longer belongs.
 * @param decide what was decided already; it is told, and takes no conflict out.
 */
export function compareAll(
  artifacts: readonly Artifact[],
  disk: ReadonlyMap<string, OnDisk>,
  decide: Decide = UNDECIDED,
): readonly FileChange[] {
  const rivals = rivalActions(artifacts, disk).map((change) => lookedAt(change, () => '', decide));
  const others = planAll(artifacts, disk, UNDECIDED).flatMap(({ change, diff }) =>
    change ? [lookedAt(change, diff, decide)] : [],
  );
  return [...rivals, ...others];
}

/** The diff is made when somebody looks, once: all of them cost more than everything else before the first screen. */
function lookedAt(change: FileAction, make: () => string, decide: Decide): FileChange {
  const decided = change.action === 'conflict' ? decide(change.path) : undefined;
  let made: string | undefined;
  return {
    ...change,
    ...(decided === undefined ? {} : { decided }),
    get diff() {
      made ??= make();
      return made;
    },
  };
}

function planAll(
  artifacts: readonly Artifact[],
  disk: ReadonlyMap<string, OnDisk>,
  decide: Decide,
): readonly Planned[] {
  const paths = new Set(artifacts.map(({ path }) => path));
  const left = [...disk].filter(([path]) => !paths.has(path));
  return [
    ...artifacts.map((artifact) => planOne(artifact, disk.get(artifact.path) ?? NOTHING, decide)),
    ...left.map(([path, there]) => planLeftover(path, there)),
  ];
}

interface Planned {
  readonly change: FileAction | undefined;
  readonly write: FileWrite | undefined;
  /** Made only where somebody looks. */
  readonly diff: () => string;
}

function changesBytes({ text, remove, base }: FileWrite): boolean {
  return text !== undefined || remove === true || base !== undefined;
}

function planOne(artifact: Artifact, disk: OnDisk, decide: Decide): Planned {
  const proposal = propose(artifact, disk);
  const change = actionOf(artifact, disk, proposal);
  const diff = () => diffOf(artifact, disk, proposal);
  const { path, executable } = artifact;
  const text = textOf(proposal, path, disk, decide);
  if (text === 'undecided') return { change, write: undefined, diff };
  // Whatever was decided: this version has been seen, so it is not asked about again.
  const base = disk.base === artifact.text ? {} : { base: artifact.text };
  const isNew = text !== undefined && text.text !== disk.current;
  const write: FileWrite = {
    path,
    executable,
    ...base,
    ...(isNew ? { text: text.text } : {}),
    ...(isNew && text.choice === 'replace' ? { replaced: oursIn(artifact, disk) } : {}),
  };
  return { change, write, diff };
}

/** The part of a file that is ours to replace. */
function oursIn(artifact: Artifact, disk: OnDisk): string {
  const { current = '' } = disk;
  const form = blockFormOf(artifact, disk);
  return (form && readBlock(current, form)) ?? current;
}

function textOf(
  proposal: Proposal,
  path: string,
  disk: OnDisk,
  decide: Decide,
): { readonly text: string; readonly choice?: ConflictChoice } | 'undecided' | undefined {
  if (proposal.action !== 'conflict') return 'text' in proposal ? { text: proposal.text } : undefined;
  const choice = decide(path);
  if (choice === undefined) return 'undecided';
  if (choice === 'merge' && disk.base === undefined) throw noMerge(path);
  // Where nothing else can be merged, the person's lines are all there is.
  const text = proposal.texts.get(choice) ?? disk.current;
  return text === undefined ? undefined : { text, choice };
}

function noMerge(path: string): SetupError {
  return new SetupError('usage', `${path} was not written by trading-setup: there is no common text to merge from.`, {
    code: 'no-merge',
    next: [`Choose: --on-conflict ${path}=keep or --on-conflict ${path}=replace`],
  });
}

/** A file that the stack no longer has goes, unless somebody edited it. */
function planLeftover(path: string, disk: OnDisk): Planned {
  const change = leftoverAction(path, disk);
  const isGone = change?.action === 'removed';
  const diff = () => (isGone ? leftoverDiff(path, disk) : '');
  if (disk.base === undefined || change?.action === 'kept') return { change, write: undefined, diff };
  const write: FileWrite = { path, executable: false, base: null, ...(isGone ? { remove: true } : {}) };
  return { change, write, diff };
}
