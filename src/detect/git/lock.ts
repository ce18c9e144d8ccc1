import type { Belief } from '../facts.ts';
import type { GitView } from './repository.ts';

export type LockState = 'tracked' | 'ignored' | 'absent';

/** What git does with a file, and how that is known. */
export interface LockFact {
  readonly state: LockState;
  readonly reason: Belief;
  /** It lies in the folder. */
  readonly exists: boolean;
  /** The index of git lists it. */
  readonly listed: boolean;
}

/**
 * How git treats a file of the folder. One that lies there and that nothing ignores counts as tracked: the next
 * `git add` takes it, and a build from the folder has it. One that git tracks and that is not there is absent: a build
 * from the folder would do without.
 */
export function lockFact(git: GitView, file: string, exists: boolean): LockFact {
  const listed = git.isTracked(file);
  const by = listed ? undefined : git.ignoredBy(file);
  const evidence = by?.file === undefined ? {} : { evidence: { file: by.file, line: by.line } };
  const known = { exists, listed };
  const here = exists ? { evidence: { file, line: 1 } } : {};
  if (listed && exists)
    return { ...known, state: 'tracked', reason: { ...here, confidence: 'certain', over: overIgnored(git, file) } };
  if (listed)
    return {
      ...known,
      state: 'absent',
      reason: {
        confidence: 'certain',
        over: [{ value: 'tracked', why: 'git tracks it, but it is not in the folder' }],
      },
    };
  if (by) {
    const why = `${by.shown} line ${by.line} ignores it`;
    const over = [{ value: exists ? 'tracked' : 'absent', why, ...evidence }];
    return { ...known, state: 'ignored', reason: { ...evidence, confidence: 'certain', over } };
  }
  if (!exists) return { ...known, state: 'absent', reason: { confidence: 'certain', over: [] } };
  const why = git.present
    ? 'it is not committed yet, but nothing ignores it'
    : 'there is no git here, and nothing ignores it';
  return { ...known, state: 'tracked', reason: { ...here, confidence: 'likely', over: [{ value: 'ignored', why }] } };
}

function overIgnored(git: GitView, file: string): Belief['over'] {
  const by = git.ignoredBy(file);
  if (by === undefined) return [];
  return [
    {
      value: 'ignored',
      why: `${by.shown} line ${by.line} would ignore it, but git tracks it already`,
      ...(by.file !== undefined && { evidence: { file: by.file, line: by.line } }),
    },
  ];
}
