import { parentPort, SHARE_ENV, Worker } from 'node:worker_threads';
import { SetupError } from '../errors.ts';

/** A thread of this process that answers one question. */
export interface Thread {
  /**
   * The answer, a plain value. What is thrown there is thrown here.
   * @throws ThreadLost where the thread ended without an answer.
   */
  ask(question: unknown): Promise<unknown>;
  /** Ends it; a question that waits is not answered. */
  end(): void;
}

/** The thread could not be had, or ended without an answer: nothing is known about what it was asked. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

/** An error on its way between threads, where only plain values travel. */
interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** What makes it one for the person. */
  readonly setup?: Pick<SetupError, 'kind' | 'code' | 'next' | 'output'>;
}

type Answer = { readonly value: unknown } | { readonly error: SentError };

/**
 * Starts a module of ours beside this thread; the start costs this one a few milliseconds, and nothing waits for it
 * until it is asked.
 */
export function startThread(module: URL): Thread {
  let worker: Worker;
  try {
    worker = new Worker(module, { env: SHARE_ENV });
  } catch (error) {
    const lost = new ThreadLost(String(error));
    return { ask: () => Promise.reject(lost), end: () => undefined };
  }
  worker.unref();
  const answer = new Promise<unknown>((resolve, reject) => {
    // What the module on the other side sends; only `answerOne` does.
    worker.once('message', (sent: Answer) => ('error' in sent ? reject(received(sent.error)) : resolve(sent.value)));
    worker.once('error', (error) => reject(new ThreadLost(String(error))));
    worker.once('exit', (code) => reject(new ThreadLost(`the thread ended with ${code}`)));
  });
  // Lost before it was asked: whoever asks is told.
  answer.catch(() => undefined);
  const end = () => void worker.terminate();
  return {
    ask(question) {
      worker.ref();
      worker.postMessage(question);
      // It ends by itself, when it has kept what was compiled for it (bin/load.cjs); nothing waits for that.
      return answer.finally(() => worker.unref());
    },
    end,
  };
}

/** The other side: answers the one question that this thread is asked. */
export function answerOne(answer: (question: unknown) => Promise<unknown>): void {
  parentPort?.once('message', async (question: unknown) => {
    parentPort?.postMessage(await answered(answer(question)));
    parentPort?.close();
  });
}

async function answered(working: Promise<unknown>): Promise<Answer> {
  try {
    return { value: await working };
  } catch (error) {
    return { error: sent(error) };
  }
}

function sent(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: '' };
  const { name, message, stack = '' } = error;
  if (!(error instanceof SetupError)) return { name, message, stack };
  const { kind, code, next, output } = error;
  return { name, message, stack, setup: { kind, code, next, output } };
}

function received({ name, message, stack, setup }: SentError): Error {
  const error = setup ? new SetupError(setup.kind, message, setup) : new Error(message);
  error.name = name;
  error.stack = stack;
  return error;
}
