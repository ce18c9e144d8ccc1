import type { RepoFacts } from '../../detect/facts.ts';

/** Whether every file of the repository was looked at; where not, nothing is known to be gone. */
export function isWhole({ warnings }: RepoFacts): boolean {
  return !warnings.some(({ code }) => code === 'too-many-files');
}
