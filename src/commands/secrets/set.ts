import { expiryWords } from '../../events/expiry.ts';
import { renderDeliveries } from '../../secrets/render.ts';
import { now } from '../../system/clock.ts';
import { type CommonFlags, withStack } from '../context.ts';
import { acceptValues, refuseForm, refuseReplacing, verdictWords, withNew } from './accept.ts';
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
  const value = await readValue(context, name, format, flags.fromFile);
  refuseForm(stack, name, value);
  // What a deploy would refuse is refused now.
  renderDeliveries(stack, new Map([[name, value]]));
  const before = await store.get(name);
  refuseReplacing(stack, name, before, value);
  const all = await withNew(stack, store, new Map([[name, value]]));
  const [accepted] = await acceptValues(stack, [name], all, flags.check !== false);
  const expires = told ?? accepted?.expires;
  // Again: a provider was asked, or a person, and meanwhile a rotation may have begun.
  await refuseUnfinished(stack, [name]);
  await store.set(name, value, expires);
  await forgetLeftovers(store, kept, [name]);
  const words = accepted && verdictWords(accepted);
  if (words) face.say(words);
  const ends = expires === undefined ? '' : `, and ${expiryWords(expires, now())}`;
  face.say(`${name} is in ${store.place}${ends}. ${nextOf(name, before !== undefined)}`);
}

function nextOf(name: string, replaces: boolean): string {
  if (!replaces) return 'Next: trading-setup deploy';
  return `What runs keeps the value before until: trading-setup deploy. With proof and a way back it is: trading-setup rotate ${name}`;
}
