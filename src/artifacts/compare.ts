import type { ConflictChoice, FileAction } from '../flow/types.ts';
import { readBlock } from './blocks.ts';
import { unifiedDiff } from './diff.ts';
import { isSame } from './lines.ts';
import { blockFormOf, isForeign, type OnDisk, type Proposal } from './propose.ts';
import type { Artifact } from './render.ts';

/** Names that ours take where the repository has files of the usual ones. */
export const BESIDE = {
  dockerfile: 'Dockerfile.trading-setup',
  compose: 'docker-compose.trading-setup.yml',
} as const;

const REPLACE_MEANS = 'a copy of yours without secret lines stays under .trading-setup/replaced/';

function meaningOf(choice: ConflictChoice, artifact: Artifact, disk: OnDisk): string {
  if (choice === 'replace') return REPLACE_MEANS;
  if (choice === 'merge') return 'what is new comes in; where both changed the same lines, yours stay';
  const beside = isForeign(disk) ? besideName(artifact) : undefined;
  return beside === undefined ? 'yours stays as it is' : `yours stays as it is, ours goes beside it as ${beside}`;
}

/** The name beside a file that is not ours; undefined where ours has no other name. */
function besideName({ role, path }: Artifact): string | undefined {
  if (role === 'dockerfile' && path !== BESIDE.dockerfile) return BESIDE.dockerfile;
  if (role === 'compose' && path !== BESIDE.compose) return BESIDE.compose;
  return role === 'dockerignore' && path === '.dockerignore' ? 'Dockerfile.dockerignore' : undefined;
}

/** Of a conflict both sides, where both come from one text: what the person changed, and what is new. */
function conflictDiff(artifact: Artifact, disk: OnDisk): string {
  const { current = '', base } = disk;
  const { path, text } = artifact;
  const next = { title: `${path} (as it would be now)`, text };
  const block = blockFormOf(artifact, disk);
  const mine = { title: `${path} (as you have it)`, text: (block && readBlock(current, block)) ?? current };
  if (base === undefined) return unifiedDiff(mine, next, [text]);
  const before = { title: `${path} (as it was written)`, text: base };
  return `${unifiedDiff(before, mine, [base, text])}\n${unifiedDiff(before, next, [base, text])}`;
}

/** What changes in the file of an artefact, to be shown. */
export function diffOf(artifact: Artifact, disk: OnDisk, proposal: Proposal): string {
  const { path } = artifact;
  if (proposal.action === 'conflict') return conflictDiff(artifact, disk);
  if (!('text' in proposal)) return '';
  const ours = [artifact.text, disk.base ?? ''];
  return unifiedDiff({ title: path, text: disk.current ?? '' }, { title: path, text: proposal.text }, ours);
}

/** What a write would do to the file of an artefact. */
export function actionOf(artifact: Artifact, disk: OnDisk, proposal: Proposal): FileAction {
  const { path } = artifact;
  if (proposal.action !== 'conflict') return { path, action: proposal.action };
  const choices = [...proposal.texts.keys()].map((value) => ({ value, means: meaningOf(value, artifact, disk) }));
  return { path, action: 'conflict', choices };
}

/** What is left of a file that we wrote and the stack no longer has; undefined where nothing is. */
export function leftoverAction(path: string, { current, base }: OnDisk): FileAction | undefined {
  if (base === undefined || current === undefined) return undefined;
  return isSame(current, base)
    ? { path, action: 'removed', note: 'the stack no longer has it' }
    : { path, action: 'kept', note: 'the stack no longer has it, and it was edited' };
}

export function leftoverDiff(path: string, { current = '', base = '' }: OnDisk): string {
  return unifiedDiff({ title: path, text: current }, { title: '/dev/null', text: '' }, [base]);
}
