import type { Finding } from './inspect.ts';
import type { Stack } from './schema.ts';

/** What keeps the strategy of a stack from being built. */
export function buildFindings({ build: { strategy, nix } }: Pick<Stack, 'build'>): readonly Finding[] {
  const error = (path: string, message: string) => ({ level: 'error', path, message }) as const;
  if (strategy === 'cargo-chef') return [];
  if (!nix) return [error('build.strategy', 'the repository has no flake that builds it; cargo-chef needs none')];
  if (nix.way === 'package' && nix.packages.length === 0)
    return [error('build.nix.packages', 'name the package of the flake that has the programs, e.g. default')];
  return [];
}
