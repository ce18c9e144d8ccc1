import { join } from 'node:path';
import * as z from 'zod';
import { knownIn } from '../secrets/check/subject.ts';
import { vaultDir } from '../secrets/vault-place.ts';
import type { Stack } from '../stack/schema.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { environment } from '../system/process.ts';

/** A login of the program at its broker, whose tokens the program keeps itself. */
export interface Login {
  /** E.g. `SCHWAB_LOGIN`. */
  readonly name: string;
  /** ISO. */
  readonly set: string;
  /** ISO; absent where nobody knows how long it lasts. */
  readonly expires?: string;
}

const Logins = z.strictObject({
  version: z.literal(1),
  logins: z.array(z.strictObject({ name: z.string(), set: z.iso.datetime(), expires: z.iso.datetime().optional() })),
});

const DAY_MS = 86_400_000;

function fileOf({ id }: Pick<Stack, 'id'>): string {
  return join(vaultDir(id, environment()), 'logins.json');
}

/** When the program logged in last, and when that ends; empty where it never did, or nobody can tell any more. */
export async function readLogins(stack: Pick<Stack, 'id'>): Promise<readonly Login[]> {
  const text = await readText(fileOf(stack));
  if (text === undefined) return [];
  try {
    return Logins.parse(JSON.parse(text)).logins.map(({ name, set, expires }) => ({
      ...{ name, set },
      ...(expires === undefined ? {} : { expires }),
    }));
  } catch {
    // Dates only: the next login writes it anew.
    return [];
  }
}

/** What the login of this stack is called, and how many days it lasts; undefined: not known. */
export function loginOf(stack: Stack): { readonly name: string; readonly title: string; readonly days?: number } {
  for (const name of Object.keys(stack.secrets.entries)) {
    const known = knownIn(stack, name);
    const lifetime = known?.credential.lifetime;
    if (!known || lifetime?.since !== 'login') continue;
    const { id, title } = known.provider;
    return { name: `${id.toUpperCase()}_LOGIN`, title, days: lifetime.days };
  }
  return { name: 'LOGIN', title: 'the broker' };
}

/** Remembers a login that has just worked. @returns it, with its end. */
export async function rememberLogin(stack: Stack, now: number): Promise<Login> {
  const { name, days } = loginOf(stack);
  const login = {
    name,
    set: new Date(now).toISOString(),
    ...(days === undefined ? {} : { expires: new Date(now + days * DAY_MS).toISOString() }),
  };
  const others = (await readLogins(stack)).filter((each) => each.name !== name);
  await ensurePrivateDir(vaultDir(stack.id, environment()));
  await writeAtomic(fileOf(stack), `${JSON.stringify({ version: 1, logins: [...others, login] }, null, 2)}\n`, {
    mode: 0o600,
  });
  return login;
}
