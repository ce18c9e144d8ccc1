import { join } from 'node:path';
import * as z from 'zod';
import { vaultDir } from '../secrets/vault-place.ts';
import type { Stack } from '../stack/schema.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { environment } from '../system/process.ts';

/** Name of a secret → the chain that its node was of when it was kept. */
export type Chains = ReadonlyMap<string, number>;

const Known = z.strictObject({ version: z.literal(1), chains: z.record(z.string(), z.int().min(1)) });

function fileOf({ id }: Pick<Stack, 'id'>): string {
  return join(vaultDir(id, environment()), 'chains.json');
}

/** The chains of the nodes that were asked; empty where none was, or nobody can tell any more. */
export async function readChains(stack: Pick<Stack, 'id'>): Promise<Chains> {
  const text = await readText(fileOf(stack));
  if (text === undefined) return new Map();
  try {
    return new Map(Object.entries(Known.parse(JSON.parse(text)).chains));
  } catch {
    // The next node that is asked writes it anew.
    return new Map();
  }
}

/**
 * Remembers of which chain a node is, when its address is kept.
 * @param chain undefined: the node was not asked on purpose, and what was known of the one before is forgotten.
 */
export async function rememberChain(stack: Pick<Stack, 'id'>, name: string, chain: number | undefined): Promise<void> {
  const before = await readChains(stack);
  if (before.get(name) === chain) return;
  const chains = Object.fromEntries([...before].filter(([each]) => each !== name));
  const next = chain === undefined ? chains : { ...chains, [name]: chain };
  await ensurePrivateDir(vaultDir(stack.id, environment()));
  await writeAtomic(fileOf(stack), `${JSON.stringify({ version: 1, chains: next }, null, 2)}\n`, { mode: 0o600 });
}
