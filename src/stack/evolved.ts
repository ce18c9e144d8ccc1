import type { RepoFacts } from '../detect/facts.ts';
import { binaries, helpers, services } from './evolved/binaries.ts';
import { commands, secretCommands } from './evolved/commands.ts';
import type { Difference } from './evolved/difference.ts';
import { nix } from './evolved/nix.ts';
import { migrations, toolchain } from './evolved/sources.ts';
import { variables } from './evolved/variables.ts';
import { isWhole } from './evolved/whole.ts';
import type { Stack } from './schema.ts';

export { type GoneBinary, goneBinaries, withBinaries } from './evolved/binaries.ts';
export { type Difference, differenceWords, Evolved, quotedSet } from './evolved/difference.ts';

/** Compares a stack of an earlier day with the repository as it is now, the gravest first. Pure; decides nothing. */
export function evolved(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const all = [
    ...binaries(stack, facts),
    ...commands(stack, facts),
    ...secretCommands(stack, facts),
    ...nix(stack, facts),
    ...migrations(stack, facts),
    ...variables(stack, facts),
    ...services(stack, facts),
    ...helpers(stack, facts),
    ...toolchain(stack, facts),
  ];
  const sure = isWhole(facts) ? all : all.filter(({ code }) => !SAYS_GONE.test(code));
  return [...sure.filter(({ blocks }) => blocks), ...sure.filter(({ blocks }) => !blocks)];
}

/** What is not found is gone only where everything was looked at. */
const SAYS_GONE = /-(?:gone|moved|renamed)$/;
