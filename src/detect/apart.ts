import { startThread, type Thread, ThreadLost } from '../system/thread.ts';
import type { RepoFacts } from './facts.ts';

declare const DETECT_THREAD: string | undefined;

/** Reads one repository beside this thread, which can load and paint a screen meanwhile and stays awake for keys. */
export interface Reader {
  /** What `detect` finds or throws. Asked once. */
  read(root: string): Promise<RepoFacts>;
  /** It is not needed after all. */
  end(): void;
}

/**
 * Starts what a reader needs, so that it is ready when it is known what to read. Where no thread can be had (a limit
 * on their number, or on memory), the repository is read in this one: later, and with the same result.
 */
export function startReader(start: () => Thread | undefined = startOwn): Reader {
  const thread = start();
  const here = async (root: string) => (await import('./detect.ts')).detect(root);
  return {
    async read(root) {
      if (!thread) return here(root);
      try {
        // What `detect` made, copied: plain data.
        return (await thread.ask(root)) as RepoFacts;
      } catch (error) {
        if (!(error instanceof ThreadLost)) throw error;
        return here(root);
      }
    },
    end: () => thread?.end(),
  };
}

/** Only the bundle has a module that a thread can start with; the sources are not JavaScript. */
function startOwn(): Thread | undefined {
  return typeof DETECT_THREAD === 'string' ? startThread(new URL(DETECT_THREAD, import.meta.url)) : undefined;
}
