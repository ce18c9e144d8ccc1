import { createTwoFilesPatch } from 'diff';
import { withoutSecrets } from '../catalog/secret-names.ts';
import type { FileChange } from '../flow/types.ts';
import { redact } from '../secret.ts';
import { desiredText } from './blocks.ts';
import type { Artifact } from './render.ts';
import { STACK_PATH, stackIn } from './stack-file.ts';

/** What is on disk for one artefact: the file, and the text that we wrote last time. */
export interface OnDisk {
  readonly current: string | undefined;
  readonly base: string | undefined;
}

function action(artifact: Artifact, { current, base }: OnDisk): FileChange['action'] {
  if (current === undefined) return 'create';
  if (current === desiredText(artifact, current)) return 'unchanged';
  // Only a part of these is ours: the block, or the values.
  if (artifact.form !== 'file' || (artifact.path === STACK_PATH && stackIn(current))) return 'update';
  if (base === undefined) return 'conflict';
  if (current === base) return 'update';
  // Edited by a person, and we have nothing new to say: the edit stays.
  return base === artifact.text ? 'kept' : 'conflict';
}

/** The differences; of what the file held before, nothing that looks secret. */
function diffOf(path: string, before: string, after: string): string {
  const patch = createTwoFilesPatch(path, path, before, after, '', '', { context: 3 });
  const shown = withoutSecrets(before).split('\n');
  const byLine = new Map(before.split('\n').map((line, at) => [line, shown[at] ?? '']));
  const lines = patch.split('\n').map((line) => line.slice(0, 1) + (byLine.get(line.slice(1)) ?? line.slice(1)));
  return redact(lines.join('\n'));
}

/** What a write would do to the file of an artefact. Pure. */
export function compare(artifact: Artifact, disk: OnDisk): FileChange {
  const what = action(artifact, disk);
  const same = what === 'unchanged' || what === 'kept';
  const diff = same ? '' : diffOf(artifact.path, disk.current ?? '', desiredText(artifact, disk.current));
  return { path: artifact.path, action: what, diff };
}
