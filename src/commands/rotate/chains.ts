import type { Secret } from '../../secret.ts';
import type { SecretStore } from '../../secrets/store.ts';
import type { Stack } from '../../stack/schema.ts';
import { rememberChain } from '../chains.ts';
import { isNode } from '../secrets/chain-before.ts';

/**
 * A store that, when new values become the current ones, has the chain of each node remembered with them, or forgotten
 * where the new node was not asked.
 * @param chainOf what a node has said in this run.
 */
export function withChains(
  stack: Stack,
  store: SecretStore,
  chainOf: (name: string, value: Secret) => number | undefined,
): SecretStore {
  return {
    ...store,
    async promote(names) {
      const nodes = names.filter((name) => isNode(stack, name));
      const values = await Promise.all(nodes.map(async (name) => ({ name, value: await store.get(name, 'pending') })));
      await store.promote(names);
      // Without a pending one it has become the current one before.
      for (const { name, value } of values) if (value) await rememberChain(stack, name, chainOf(name, value));
    },
  };
}
