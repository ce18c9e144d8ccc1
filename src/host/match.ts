import { basename } from 'node:path';
import type { Confidence } from '../detect/facts.ts';
import type { Sought } from './facts.ts';

/** Names that programs of any kind have: the name alone says nothing. */
const COMMON =
  /^(main|server|client|cli|app|api|auth|bot|run|daemon|worker|reporter|service|test|node|web|agent|proxy)$/;

/** Whether a path is the folder or below it. */
export function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** How much the mere name of a program says. */
export function nameConfidence(program: string): Confidence {
  return COMMON.test(program) ? 'guess' : 'likely';
}

/** What a command line starts: the first of its words that is a binary of the repository, and its known subcommand. */
export interface Started {
  readonly program: string;
  readonly subcommand?: string;
  readonly trades: boolean;
  /** The word that named it, e.g. `/opt/bot/algo-trade`. */
  readonly path: string;
}

/**
 * Looks for a binary among words; only a word that is a known subcommand is kept of what follows it: any other may be
 * a key.
 */
export function startedBy(words: readonly string[], sought: Sought): Started | undefined {
  const at = words.findIndex((word) => sought.binaries.includes(basename(word)));
  const path = words[at];
  return path === undefined ? undefined : { ...asProgram(basename(path), words.slice(at + 1), sought), path };
}

/** A program and its arguments, with nothing of them but a known subcommand. */
export function asProgram(
  program: string,
  rest: readonly string[],
  { subcommands }: Sought,
): Pick<Started, 'program' | 'subcommand' | 'trades'> {
  const named = subcommands.filter(
    ({ binary, name }) => binary === program && name.split(' ').every((part) => rest.includes(part)),
  );
  const isOneShot = named.length > 0 && named.every(({ kind }) => kind === 'one-shot');
  const [known] = named
    .filter(({ kind }) => isOneShot || kind !== 'one-shot')
    // The first word that is one; of nested ones the longest.
    .sort((a, b) => place(a.name, rest) - place(b.name, rest) || b.name.length - a.name.length);
  // A one-shot command ends by itself; of anything else nobody can say that it does not trade. A word may also be the
  // value of an option: only where nothing but one-shot commands is named it is surely one.
  return { program, trades: !isOneShot, ...(known ? { subcommand: known.name } : {}) };
}

function place(name: string, rest: readonly string[]): number {
  return rest.indexOf(name.split(' ')[0] ?? '');
}

/** The words of a shell-like command line; quotes are taken off, nothing is expanded. */
export function wordsOf(line: string): readonly string[] {
  return line
    .split(/\s+/)
    .map((word) => word.replace(/^["']+|["';]+$/g, ''))
    .filter((word) => word !== '');
}
