import { SetupError } from '../errors.ts';
import type { Kept } from '../secrets/store.ts';
import { credentialIn } from '../stack/credentials.ts';
import { tradingKeys } from '../stack/design/secrets.ts';
import type { Stack } from '../stack/schema.ts';
import type { Workbench } from './execute.ts';

/** Two secrets with one value, each given to a service that the other is not given to. */
interface Twice {
  readonly names: readonly [string, string];
  readonly services: readonly [string, string];
  /** The catalogue knows that it places orders; else it only may. */
  readonly isCertain: boolean;
}

function isKnownToTrade(stack: Stack, name: string): boolean {
  return credentialIn(stack, name)?.credential.trades === true;
}

function twiceIn(stack: Stack, kept: readonly Kept[]): readonly Twice[] {
  const prints = new Map(
    kept.flatMap(({ name, slot, fingerprint }) => (slot === 'current' && fingerprint ? [[name, fingerprint]] : [])),
  );
  const holders = [...tradingKeys(stack)];
  const found = new Map<string, Twice>();
  for (const [at, [one, ones]] of holders.entries()) {
    for (const [other, others] of holders.slice(at + 1)) {
      for (const name of ones) {
        const print = prints.get(name);
        const same = others.find((each) => each !== name && print !== undefined && prints.get(each) === print);
        if (same === undefined || found.has(`${name} ${same}`)) continue;
        const isCertain = isKnownToTrade(stack, name) || isKnownToTrade(stack, same);
        found.set(`${name} ${same}`, { names: [name, same], services: [one, other], isCertain });
      }
    }
  }
  return [...found.values()];
}

function sentence({ names, services }: Twice): string {
  return `${names[0]} (of ${services[0]}) and ${names[1]} (of ${services[1]}) have the same value`;
}

/**
 * Two services that trade with one key place every order twice. Compared are the keyed fingerprints that the store
 * tells without being opened; what an earlier version kept has none.
 * @returns what is not refused and a person should know, in sentences: of a PAPER stack, and of secrets of which nobody
 *   knows whether they place orders.
 * @throws SetupError exit 4 `same-key-twice` where the stack is LIVE.
 */
export async function checkSameKeys({
  stack,
  openStore,
}: Pick<Workbench, 'stack' | 'openStore'>): Promise<readonly string[]> {
  if (tradingKeys(stack).size < 2) return [];
  const twice = twiceIn(stack, await (await openStore()).list());
  const refused = twice.filter(({ isCertain }) => isCertain && stack.mode === 'live');
  if (refused.length > 0) {
    const [, second = ''] = refused[0]?.names ?? [];
    const [, service = ''] = refused[0]?.services ?? [];
    throw new SetupError('needs-you', `${refused.map(sentence).join('; ')}: both would trade on one account.`, {
      code: 'same-key-twice',
      next: [
        ...refused.map(
          ({ names: [, name] }) => `Give ${name} the key of its own account: trading-setup secrets set ${name}`,
        ),
        `Or, if ${service} is one too many, take it out: trading-setup init --set instances='[…]'`,
        `If one key is for two accounts, say so: read the first secret in services.${service}.secrets of trading-setup.yaml instead of ${second}`,
      ],
    });
  }
  return twice.map((each) => `${sentence(each)}: where that is a key for trading, both place orders on one account.`);
}
