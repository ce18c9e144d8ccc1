import { type Reader, startReader } from '../detect/apart.ts';
import type { RepoFacts } from '../detect/facts.ts';

// What is begun before the command that needs it is loaded. One process runs one command.
let reader: Reader | undefined;
let reading: { readonly dir: string; readonly facts: Promise<RepoFacts> } | undefined;

/** The commands that read the repository for a review. Without a command it is the wizard, or the board. */
const REVIEWING = new Set(['', 'init', 'try']);

/** Whether these arguments look as if a repository had to be read; a wrong guess costs a thread that nobody asks. */
export function willRead(args: readonly string[]): boolean {
  const [first = ''] = args;
  const asksOnly = args.some((arg) => /^(-h|--help|-V|--version)$/.test(arg));
  return !asksOnly && REVIEWING.has(first.startsWith('-') ? '' : first);
}

/** Starts the thread that reads a repository, so that it is ready when it is known which. */
export function startAhead(args: readonly string[]): void {
  if (willRead(args)) reader = startReader();
}

/** What was detected in a repository, read in a thread of its own. Asked again for the same folder: the same reading. */
export function readRepository(dir: string): Promise<RepoFacts> {
  if (reading?.dir === dir) return reading.facts;
  const facts = (reader ?? startReader()).read(dir);
  reader = undefined;
  reading = { dir, facts };
  // Begun ahead, it may fail before anybody waits for it: whoever does is told.
  facts.catch(() => undefined);
  return facts;
}

/** No repository has to be read after all. */
export function stopAhead(): void {
  reader?.end();
  reader = undefined;
}
