import { SetupError } from '../../errors.ts';
import { expiryWords } from '../../events/expiry.ts';
import { renderDeliveries } from '../../secrets/render.ts';
import { now } from '../../system/clock.ts';
import { type CommonFlags, type Context, withStack } from '../context.ts';
import { acceptValues, refuseForm, refuseReplacing, rememberTold, verdictWords, withNew } from './accept.ts';
import { entryOf, forgetLeftovers, refuseUnfinished } from './entry.ts';
import { parseExpires } from './expires.ts';
import { readValue } from './read-value.ts';

export interface SetFlags extends CommonFlags {
  /** The file that holds the value. */
  readonly fromFile?: string;
  /** When it ends. */
  readonly expires?: string;
  /** False with `--no-check`: the provider is not asked. */
  readonly check?: boolean;
}

/** `secrets set NAME`: from a file, a masked prompt or standard input, never from an argument. Checked, then kept. */
export async function setSecret(name: string, flags: SetFlags): Promise<void> {
  const context = await withStack(flags);
  const { stack, face } = context;
  const { format } = entryOf(stack, name);
  const told = flags.expires === undefined ? undefined : parseExpires(flags.expires, now());
  const store = await context.openStore(stack);
  await refuseUnfinished(stack, [name]);
  const kept = await store.list();
  const { value, before, accepted } = await untilTaken(context, flags, async (problem) => {
    const given = await readValue(context, name, format, flags.fromFile, problem);
    refuseForm(stack, name, given);
    // What a deploy would refuse is refused now.
    renderDeliveries(stack, new Map([[name, given]]));
    const old = await store.get(name);
    refuseReplacing(stack, name, old, given);
    const all = await withNew(stack, store, new Map([[name, given]]));
    const [verdict] = await acceptValues(stack, [name], { values: all, store }, flags.check !== false);
    return { value: given, before: old, accepted: verdict };
  });
  const expires = told ?? accepted?.expires;
  // Again: a provider was asked, or a person, and meanwhile a rotation may have begun.
  await refuseUnfinished(stack, [name]);
  await store.set(name, value, expires);
  if (accepted) await rememberTold(stack, [accepted], before?.reveal() === value.reveal() ? [] : [name]);
  await forgetLeftovers(store, kept, [name]);
  const words = accepted && verdictWords(accepted);
  if (words) face.say(words);
  const atLatest = told === undefined && accepted?.verdict?.expires === undefined;
  const ends = expires === undefined ? '' : `, and ${expiryWords(expires, now(), atLatest)}`;
  const replaces = before !== undefined && before.reveal() !== value.reveal();
  face.say(`${name} is ${replaces ? 'replaced ' : ''}in ${store.place}${ends}. ${nextOf(name, replaces)}`);
}

/** What another value mends. */
const WRONG_VALUE = [
  ...['no-value', 'no-file', 'secret-value-invalid'],
  ...['secret-format', 'secret-refused', 'secret-bad'],
];

/** Where a person types the value, one that cannot be taken is asked for again in place, until they leave. */
async function untilTaken<T>(
  { interactive }: Context,
  { fromFile }: SetFlags,
  take: (problem: string) => Promise<T>,
): Promise<T> {
  let problem = '';
  for (;;) {
    try {
      return await take(problem);
    } catch (error) {
      const isAsked = interactive && fromFile === undefined;
      if (!isAsked || !(error instanceof SetupError) || !WRONG_VALUE.includes(error.code)) throw error;
      // The first next step is the question itself.
      problem = `${[error.message, ...error.next.slice(1)].join(' ')} `;
    }
  }
}

function nextOf(name: string, replaces: boolean): string {
  if (!replaces) return 'Next: trading-setup deploy';
  return `What may run keeps the value before until: trading-setup deploy. With proof and a way back it is: trading-setup rotate ${name}`;
}
