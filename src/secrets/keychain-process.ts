import { type ChildProcess, spawn } from 'node:child_process';
import * as z from 'zod';
import { patience } from '../system/patience.ts';

/** What is asked of the keychain. */
export type KeychainCall =
  | { readonly op: 'check' }
  /** Every account with the fingerprint of its value, keyed by the value of the account `key`; null where that is absent. */
  | { readonly op: 'list'; readonly service: string; readonly key: string }
  | { readonly op: 'get' | 'delete'; readonly service: string; readonly account: string }
  | { readonly op: 'set'; readonly service: string; readonly account: string; readonly value: string };

const Answer = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    value: z.union([z.string(), z.boolean(), z.null(), z.array(z.tuple([z.string(), z.string().nullable()]))]),
  }),
  z.object({ ok: z.literal(false), at: z.enum(['load', 'call']), message: z.string() }),
]);

/** What came back: a value, or at which point it failed. */
export type KeychainAnswer =
  | z.infer<typeof Answer>
  | { readonly ok: false; readonly at: 'silence' | 'crash'; readonly message: string };

/** How the process is started. */
export interface KeychainProcessOptions {
  /** Finds the native module; called at the first use. */
  readonly modulePath: () => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

// Why a process of its own, all three seen with keytar 7.10.6 on libsecret 0.20:
// - a call that hangs keeps even process.exit() from ending the process (Node waits for its worker threads);
// - findCredentials on a keychain that stays locked dereferences null and takes the process along;
// - getPassword on a keychain that stays locked answers null, as if there were no such password.
// The last one is why nothing is believed to be absent before a write has proven that the keychain is open. And an entry
// that another process deletes while it is looked for is an error ("No such interface"): asked again, it is not there.
const PROGRAM = `
const { createHmac } = require('node:crypto');
const CHECK = ['trading-setup', 'check'];
let keytar, broken;
try { keytar = require(process.argv[1]); } catch (error) { broken = String(error && error.message); }
async function check() {
  if (process.platform === 'darwin') return void await keytar.getPassword(...CHECK);
  await keytar.setPassword(...CHECK, 'open');
  await keytar.deletePassword(...CHECK);
}
async function steady(call) {
  try { return await call(); } catch { await check(); return call(); }
}
async function certain(call) {
  const first = await steady(call);
  if (first !== null && first !== false) return first;
  await check();
  return call();
}
const work = {
  check: async () => { await check(); return true; },
  get: ({ service, account }) => certain(() => keytar.getPassword(service, account)),
  delete: ({ service, account }) => certain(() => keytar.deletePassword(service, account)),
  set: async ({ service, account, value }) => { await keytar.setPassword(service, account, value); return true; },
  list: async ({ service, key }) => {
    await check();
    const all = await steady(() => keytar.findCredentials(service));
    const own = all.find(({ account }) => account === key);
    // As valuePrint in account.ts; made here, so that no value leaves this process for a list.
    const print = (value) => own ? createHmac('sha256', own.password).update(value).digest('hex').slice(0, 16) : null;
    return all.map(({ account, password }) => [account, print(password)]);
  },
};
process.on('SIGINT', () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', async (call) => {
  if (broken !== undefined) return process.send({ ok: false, at: 'load', message: broken });
  try { process.send({ ok: true, value: await work[call.op](call) }); }
  catch (error) { process.send({ ok: false, at: 'call', message: String(error && error.message) }); }
});
`;

/** A board runs for weeks; the 40 MB of an idle process do not have to. */
const IDLE_MS = 2_000;

/** The process that holds the native module: one call at a time, killed when it falls silent, started again when needed. */
export class KeychainProcess {
  readonly #options: KeychainProcessOptions;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  constructor(options: KeychainProcessOptions) {
    this.#options = options;
  }

  ask(call: KeychainCall): Promise<KeychainAnswer> {
    const answer = this.#last.then(() => this.#ask(call));
    this.#last = answer;
    return answer;
  }

  /** Ends the process; it kills itself when the channel closes. */
  #release(): void {
    if (this.#child?.connected) this.#child.disconnect();
    this.#child = undefined;
  }

  async #ask(call: KeychainCall): Promise<KeychainAnswer> {
    clearTimeout(this.#idle);
    let child: ChildProcess;
    try {
      child = this.#running();
    } catch (error) {
      return { ok: false, at: 'load', message: error instanceof Error ? error.message : String(error) };
    }
    const answer = await exchange(child, call, this.#options.timeoutMs);
    if (!answer.ok && (answer.at === 'silence' || answer.at === 'crash')) {
      child.kill('SIGKILL');
      this.#child = undefined;
    }
    this.#idle = setTimeout(() => this.#release(), IDLE_MS).unref();
    return answer;
  }

  #running(): ChildProcess {
    if (this.#child?.connected) return this.#child;
    const child = spawn(process.execPath, ['-e', PROGRAM, this.#options.modulePath()], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...this.#options.env },
    });
    // An idle keychain process must not keep the command alive; it ends when the channel closes.
    child.unref();
    child.channel?.unref();
    this.#child = child;
    return child;
  }
}

/** One question and its answer; never rejects. */
function exchange(child: ChildProcess, call: KeychainCall, timeoutMs: number): Promise<KeychainAnswer> {
  return new Promise((resolve) => {
    const finish = (answer: KeychainAnswer): void => {
      forget();
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      resolve(answer);
    };
    const onMessage = (message: unknown): void => finish(Answer.parse(message));
    const onExit = (code: number | null, signal: string | null): void =>
      finish({ ok: false, at: 'crash', message: `ended with ${signal ?? code}` });
    const onError = (error: Error): void => finish({ ok: false, at: 'crash', message: error.message });
    // A process that was stopped meanwhile has not been kept waiting.
    const forget = patience(timeoutMs, () => finish({ ok: false, at: 'silence', message: 'no answer' }));
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    child.send(call, (error) => error && onError(error));
  });
}
