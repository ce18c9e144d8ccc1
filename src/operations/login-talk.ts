import { PassThrough } from 'node:stream';
import { endContainer } from '../engine/commands.ts';
import { loginContainer, oneOff } from '../engine/one-off.ts';
import { SetupError } from '../errors.ts';
import type { OperationEvent } from '../events/operation.ts';
import { redact } from '../secret.ts';
import type { SecretCommand } from '../stack/schema.ts';
import { sleep } from '../system/clock.ts';
import { patience } from '../system/patience.ts';
import { cancelledByPerson } from './execute.ts';
import type { LoginBench } from './login.ts';
import { placeOf } from './place.ts';

/** Lines of the program that are kept for the person and for the error. */
const KEPT_LINES = 20;
/** An address that may be a mere hint is taken when nothing better has come for this long. */
const HINT_MS = 1_000;
const URL_IN = /https:\/\/[^\s"'<>]+/g;

/** The address to open: one that asks for a login, else the first. */
export function addressIn(lines: readonly string[]): { readonly url: string; readonly isSure: boolean } | undefined {
  const urls = lines.flatMap((line) => line.match(URL_IN) ?? []);
  const sure = urls.find((url) => /[?&](?:response_type|client_id)=|\/authorize\b/i.test(url));
  const url = sure ?? urls[0];
  return url === undefined ? undefined : { url, isSure: sure !== undefined };
}

/** What every browser shows in such an address (RFC 6749 4.1.1, RFC 7636): no login works without it. */
const OPEN: readonly string[] = ['response_type', 'client_id', 'redirect_uri', 'scope', 'state'];
const OPEN_CHALLENGE = /^code_challenge(?:_method)?$/;

/** The address as a person can open it: what belongs into one stays, whatever else is a known secret is blanked. */
export function openable(url: string): string {
  const [place = '', query] = url.split(/\?(.*)/s);
  if (query === undefined) return redact(url);
  const shown = query.split('&').map((pair) => {
    const name = pair.split('=')[0] ?? '';
    return OPEN.includes(name) || OPEN_CHALLENGE.test(name) ? pair : redact(pair);
  });
  return `${redact(place)}?${shown.join('&')}`;
}

/** The program prints an address, the person brings back another, and that goes to its standard input and nowhere else. */
export async function* talk(bench: LoginBench): AsyncGenerator<OperationEvent, void> {
  const { runner, signal, command, stack } = bench;
  const stdin = new PassThrough();
  const name = loginContainer(stack.id);
  // A run that was killed may have left it at work, on the same files.
  await runner.run(endContainer(name));
  const call = oneOff(await placeOf(bench), command.service, command.run, { terminal: false, name });
  const over = new AbortController();
  const lines = runner.stream({ ...call, stdin }, { signal: AbortSignal.any([signal, over.signal]) });
  const said: string[] = [];
  /** The same as the program wrote it: the address has the app's key in it, which is a secret elsewhere. */
  const heard: string[] = [];
  let isAsked = false;
  // One that waits for input without having printed an address would wait for ever.
  const forget = patience(bench.addressMs, () => stdin.end());
  let coming = ahead(lines);
  try {
    for (;;) {
      const isHinted = !isAsked && addressIn(heard) !== undefined;
      const next = isHinted ? await Promise.race([coming, quiet(over.signal)]) : await coming;
      if (signal.aborted) throw cancelledByPerson();
      if (next?.done) {
        if (next.value === 0 && isAsked) return;
        throw loginFailed(bench.command, next.value, isAsked, said);
      }
      const written = (next?.value ?? []).map(({ text }) => text);
      const texts = written.map(redact);
      if (next) coming = ahead(lines);
      keepLast(said, texts);
      keepLast(heard, written);
      const found = isAsked ? undefined : addressIn(heard);
      if (!found || (next && !found.isSure)) {
        for (const text of texts) yield { type: 'step-progress', id: 'login', text };
        continue;
      }
      isAsked = true;
      forget();
      yield { type: 'step-progress', id: 'login', text: 'it has printed the address to open' };
      const pasted = await bench.paste(openable(found.url), said);
      if (!pasted) throw cancelledByPerson();
      // Programs repeat what they read, and the code alone as well: both are blanked from now on.
      void pasted.map(codeIn);
      stdin.end(`${pasted.reveal()}\n`);
    }
  } finally {
    forget();
    over.abort();
    stdin.end();
    await coming.catch(() => undefined);
    await lines.return(0);
    // The service is the only writer again.
    await runner.run(endContainer(name));
  }
}

function keepLast(kept: string[], lines: readonly string[]): void {
  kept.push(...lines);
  kept.splice(0, kept.length - KEPT_LINES);
}

/** What comes next, asked for before it is waited for: its error waits as well. */
function ahead<T>(lines: AsyncGenerator<T, number>): Promise<IteratorResult<T, number>> {
  const next = lines.next();
  next.catch(() => undefined);
  return next;
}

async function quiet(signal: AbortSignal): Promise<undefined> {
  await sleep(HINT_MS, signal);
  return undefined;
}

function codeIn(address: string): string {
  return new URL(address.trim()).searchParams.get('code') ?? '';
}

/** What a person types to have this service log in, also where others log in as well. */
export function loginAgain({ service }: Pick<SecretCommand, 'service'>): string {
  return `trading-setup secrets login --service ${service}`;
}

function loginFailed(command: SecretCommand, code: number, isAsked: boolean, output: readonly string[]): SetupError {
  const what = isAsked
    ? `The login did not work: it ended with exit code ${code}.`
    : `The login command printed no address to open, and ended with exit code ${code}.`;
  return new SetupError('tool-failed', what, {
    code: 'login-failed',
    output,
    next: [
      isAsked
        ? `An address is good for seconds only and only once: log in again with ${loginAgain(command)}`
        : 'Correct secrets.commands.login in trading-setup.yaml: it has to print an https address and read the one that the browser was sent to.',
    ],
  });
}
