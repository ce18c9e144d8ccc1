import { certain } from '../belief.ts';
import type { SubmoduleFact, WarningFact } from '../facts.ts';
import type { Workspace } from '../workspace.ts';
import { shownUrl } from './url.ts';

/** The submodules of the repository, each with whether its files are there. */
export function detectSubmodules(workspace: Workspace): SubmoduleFact[] {
  return workspace.git.submodules().map(({ path, url, checkedOut, line }) => ({
    path,
    ...(url !== undefined && { url: shownUrl(url) }),
    checkedOut,
    ...certain({ file: '.gitmodules', line }),
  }));
}

/** Submodules that are named in so many words; the rest is counted. */
const MAX_NAMED = 3;

/** Submodules that are named and not there: one warning, because one command brings them all. */
export function missingSubmodules(workspace: Workspace): WarningFact[] {
  const missing = workspace.git.submodules().filter(({ checkedOut }) => !checkedOut);
  const [first] = missing;
  if (first === undefined) return [];
  const rest = missing.length - MAX_NAMED;
  const names = missing
    .slice(0, MAX_NAMED)
    .map(({ path }) => path)
    .join(', ');
  const [noun, verb] = missing.length === 1 ? ['submodule', 'is'] : ['submodules', 'are'];
  return [
    {
      code: 'submodule-missing',
      message: `the ${noun} ${names}${rest > 0 ? ` and ${rest} more` : ''} ${verb} not checked out, and what needs it does not build. Run git submodule update --init --recursive`,
      evidence: { file: '.gitmodules', line: first.line },
    },
  ];
}
