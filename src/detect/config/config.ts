import type { Code } from '../code.ts';
import type { RepoFacts, WarningFact } from '../facts.ts';
import type { Workspace } from '../workspace.ts';
import { configFiles } from './files.ts';
import { overridingPrefix, type PrefixUse } from './prefixes.ts';

/** Config files that the code names (figment, config-rs), and the prefix under which the environment overrides them. */
export function detectConfig(
  workspace: Workspace,
  code: Code,
  uses: readonly PrefixUse[],
): { readonly config: RepoFacts['config']; readonly warnings: readonly WarningFact[] } {
  const { files, warnings } = configFiles(workspace, code);
  const prefix = overridingPrefix(uses);
  return { config: { files, ...(prefix && { prefix }) }, warnings };
}
