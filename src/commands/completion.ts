import type { Command } from 'commander';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { treeOf } from './completion/tree.ts';
import { zshScript } from './completion/zsh.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** The shells that a script is made for. */
export type Shell = keyof typeof SCRIPTS;

/** `completion SHELL`: prints the script that the shell reads, made from the commands and flags there are. */
export function completion(shell: Shell, program: Command): void {
  process.stdout.write(SCRIPTS[shell](treeOf(program)));
}
