import { createTwoFilesPatch } from 'diff';
import type { FileChange } from '../flow/types.ts';
import { redact } from '../secret.ts';
import { desiredText } from './blocks.ts';
import type { Artifact } from './render.ts';

/** What is on disk for one artefact: the file, and the text that we wrote last time. */
export interface OnDisk {
  readonly current: string | undefined;
  readonly base: string | undefined;
}

function action(artifact: Artifact, { current, base }: OnDisk): FileChange['action'] {
  if (current === undefined) return 'create';
  if (current === desiredText(artifact, current)) return 'unchanged';
  if (artifact.form !== 'file') return 'update';
  if (base === undefined) return 'conflict';
  if (current === base) return 'update';
  // Edited by a person, and we have nothing new to say: the edit stays.
  return base === artifact.text ? 'kept' : 'conflict';
}

/** What a write would do to the file of an artefact. Pure. */
export function compare(artifact: Artifact, disk: OnDisk): FileChange {
  const what = action(artifact, disk);
  const before = disk.current ?? '';
  const after = desiredText(artifact, disk.current);
  const same = what === 'unchanged' || what === 'kept';
  const diff = same ? '' : createTwoFilesPatch(artifact.path, artifact.path, before, after, '', '', { context: 3 });
  return { path: artifact.path, action: what, diff: redact(diff) };
}
