import type { ConflictChoice } from '../flow/types.ts';
import { type BlockForm, readBlock, withBlock } from './blocks.ts';
import { isSame, lineEndOf, withLineEnd } from './lines.ts';
import { merge } from './merge.ts';
import type { Artifact } from './render.ts';
import { STACK_PATH, updatedStackText } from './stack-file.ts';

/** What is on disk for one artefact: the file, and the text that we wrote last time. */
export interface OnDisk {
  readonly current: string | undefined;
  readonly base: string | undefined;
}

/**
 * Whether a file is none that we wrote. What is remembered of our last run may be missing in a clone; our Dockerfiles,
 * Compose files and .dockerignores say in their first lines who wrote them.
 */
export function isForeign({ current, base }: OnDisk): boolean {
  return (
    current !== undefined &&
    base === undefined &&
    !/^# From trading-setup(?:\.yaml by trading-setup|:)/m.test(current.slice(0, 400))
  );
}

/** What is to happen to one file, before anybody decided a conflict. `text` is the whole new content. */
export type Proposal =
  | { readonly action: 'unchanged' | 'kept' }
  | { readonly action: 'create' | 'update' | 'merged'; readonly text: string }
  /** The text of each choice; `merge` is there only where both come from the same text and something can be merged. */
  | { readonly action: 'conflict'; readonly texts: ReadonlyMap<ConflictChoice, string> };

/** What the file of an artefact holds where nothing is there yet, or where what is there is not looked at. */
export function freshText(artifact: Artifact): string {
  return artifact.form === 'file' ? artifact.text : withBlock(undefined, artifact.form, artifact.text);
}

/**
 * How an artefact stands in its file: some are a block in a file of that name that we did not write.
 * The block is ours to look at, nothing around it.
 */
export function blockFormOf({ form, block, text }: Artifact, { current, base }: OnDisk): BlockForm | undefined {
  if (form !== 'file') return form;
  if (block === undefined || current === undefined || isSame(current, text)) return undefined;
  return base === undefined || readBlock(current, block) !== undefined ? block : undefined;
}

/** What a write would do, from what the person, we and both before us wrote. Pure. */
export function propose(artifact: Artifact, disk: OnDisk): Proposal {
  const { current, base } = disk;
  if (current === undefined) return { action: 'create', text: freshText(artifact) };
  if (artifact.path === STACK_PATH) return proposeStack(artifact, current);
  const form = blockFormOf(artifact, disk);
  if (form === undefined) {
    const put = (text: string) => withLineEnd(text, lineEndOf(current));
    return proposePart(current, base, artifact.text, put, (text) => text);
  }
  const put = (text: string) => withBlock(current, form, text);
  const block = readBlock(current, form);
  if (block === undefined) return { action: 'update', text: put(artifact.text) };
  return proposePart(block, base, artifact.text, put, put);
}

/** @param put our text in its place · @param putBack the person's, whose line ends are right already */
function proposePart(
  part: string,
  base: string | undefined,
  next: string,
  put: (text: string) => string,
  putBack: (text: string) => string,
): Proposal {
  if (isSame(part, next)) return { action: 'unchanged' };
  const keep = ['keep', putBack(part)] as const;
  const replace = ['replace', put(next)] as const;
  if (base === undefined) return { action: 'conflict', texts: new Map([keep, replace]) };
  if (isSame(part, base)) return { action: 'update', text: put(next) };
  if (base === next) return { action: 'kept' };
  const merged = merge(part, base, next);
  if (merged.clean && merged.text === part) return { action: 'kept' };
  if (merged.clean) return { action: 'merged', text: putBack(merged.text) };
  const both = merged.text === part ? [] : [['merge', putBack(merged.text)] as const];
  return { action: 'conflict', texts: new Map<ConflictChoice, string>([...both, keep, replace]) };
}

/** Its values are decided before anything is written; comments, order and form are the person's. */
function proposeStack({ text, stack }: Artifact, current: string): Proposal {
  if (current === text) return { action: 'unchanged' };
  const updated = stack && updatedStackText(current, stack);
  if (updated === undefined) {
    const texts = new Map<ConflictChoice, string>([
      ['keep', current],
      ['replace', text],
    ]);
    return { action: 'conflict', texts };
  }
  return updated === current ? { action: 'unchanged' } : { action: 'update', text: updated };
}
