import type { RepoFacts } from '../detect/facts.ts';
import type { Sought } from './facts.ts';

/** What of a repository is looked for on the machine. */
export function soughtIn({ root, binaries, subcommands, databases }: RepoFacts): Sought {
  return {
    root,
    binaries: [...new Set(binaries.map(({ bin }) => bin))],
    subcommands: subcommands.map(({ binary, name, kind }) => ({ binary, name, kind })),
    sqlite: databases.flatMap(({ kind, url, via }) =>
      kind === 'sqlite' && url !== undefined ? Object.values(via).map((key) => ({ key, url })) : [],
    ),
  };
}
