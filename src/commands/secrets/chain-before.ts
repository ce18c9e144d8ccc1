import type { Secret } from '../../secret.ts';
import type { SecretStore } from '../../secrets/store.ts';
import { credentialIn } from '../../stack/credentials.ts';
import type { Stack } from '../../stack/schema.ts';
import type { Http } from '../../system/http.ts';
import { type Chains, readChains, rememberChain } from '../chains.ts';

/** Whether a secret is the address of a node of a chain. */
export function isNode(stack: Stack, name: string): boolean {
  return credentialIn(stack, name)?.provider.id === 'rpc';
}

/**
 * Of which chains the nodes are that are kept, as far as a new value of this name is compared with it. Where nobody has
 * asked the node that is kept (its address was entered by the way, or unchecked), it is asked now.
 * @param store has the value before; without one nothing is known of it.
 */
export async function chainsBefore(
  stack: Stack,
  name: string,
  store: Pick<SecretStore, 'get'>,
  values: ReadonlyMap<string, Secret>,
  ports: {
    readonly http: Http;
    readonly now: () => number;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): Promise<Chains> {
  const chains = await readChains(stack);
  if (!isNode(stack, name)) return chains;
  const before = await store.get(name);
  const others = [...chains].filter(([each]) => each !== name);
  if (before === undefined) return new Map(others);
  if (chains.has(name) || before.reveal() === values.get(name)?.reveal()) return chains;
  const { checkCredential } = await import('../../secrets/check/check.ts');
  const verdict = await checkCredential(stack, name, new Map([...values, [name, before]]), ports);
  return verdict?.chain === undefined ? chains : new Map([...others, [name, verdict.chain]]);
}

/** These got other values, and nobody has asked their nodes. */
export async function forgetChains(stack: Stack, names: readonly string[]): Promise<void> {
  for (const name of names) if (isNode(stack, name)) await rememberChain(stack, name, undefined);
}
