import type { Check, SetupStore } from '../../../flow/types.ts';

/** So long nobody types before the world is looked at: not with every key of a fast typist. */
export const CHECK_AFTER_MS = 150;

/** Looks at what is being typed, when the typing pauses. */
export interface Watcher {
  watch(path: string, text: string): void;
  stop(): void;
}

/**
 * A watcher that never holds up a key.
 * @param tell gets each answer with the text that it is about; a later text has made it worthless.
 * @param fail gets what went wrong where a look should never fail: nobody else waits for it.
 */
export function createWatcher(
  store: Pick<SetupStore, 'check'>,
  afterMs: number,
  tell: (path: string, text: string, check: Check | undefined) => void,
  fail: (error: unknown) => void,
): Watcher {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  const look = async (path: string, text: string): Promise<void> => {
    try {
      tell(path, text, await store.check(path, text));
    } catch (error) {
      fail(error);
    }
  };
  return {
    watch(path, text) {
      stop();
      timer = setTimeout(look, afterMs, path, text);
      // A person who leaves does not wait for it.
      timer.unref();
    },
    stop,
  };
}
