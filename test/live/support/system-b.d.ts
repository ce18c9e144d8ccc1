/** What a repository shaped like system B can be. */
export interface SystemB {
  /** What its flake gives: a shell only, or the program too. */
  readonly flake?: 'shell' | 'package' | 'none';
  readonly version?: 1 | 2;
  /** false: as after a clone that left the submodules out. */
  readonly submodule?: boolean;
  /** The files that the task of the flake makes are there. */
  readonly artefact?: boolean;
}

/** For git, so that a submodule may come from a folder of this machine. */
export const ALLOW_LOCAL: Readonly<Record<string, string>>;
/** Makes the repository in a folder that is not there yet; beside it lies the bare one of its submodule. */
export function makeSystemB(dir: string, options?: SystemB): void;
/** Its second version: another name for the daemon, a new member, other variables, a migration without a way back. */
export function evolveSystemB(dir: string): void;
/** What the task of the flake makes, without Nix. */
export function makeArtefact(dir: string): void;
/** As after a clone that left the submodules out. */
export function emptySubmodule(dir: string): void;
