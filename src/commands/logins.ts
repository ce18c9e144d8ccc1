import { join } from 'node:path';
import * as z from 'zod';
import { vaultDir } from '../secrets/vault-place.ts';
import { loginsOf, type OwnLogin } from '../stack/own-commands.ts';
import type { Stack } from '../stack/schema.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { environment } from '../system/process.ts';

/** A login of the program at its broker, whose tokens the program keeps itself. */
export interface Login {
  /** E.g. `SCHWAB_LOGIN`. */
  readonly name: string;
  /** Whose program it was; absent in what was written before a stack could have several. */
  readonly service?: string;
  /** ISO. */
  readonly set: string;
  /** ISO; absent where nobody knows how long it lasts. */
  readonly expires?: string;
}

const Logins = z.strictObject({
  version: z.literal(1),
  logins: z.array(
    z.strictObject({
      name: z.string(),
      service: z.string().optional(),
      set: z.iso.datetime(),
      expires: z.iso.datetime().optional(),
    }),
  ),
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
    return Logins.parse(JSON.parse(text)).logins.map(({ name, service, set, expires }) => ({
      ...{ name, set },
      ...(service === undefined ? {} : { service }),
      ...(expires === undefined ? {} : { expires }),
    }));
  } catch {
    // Dates only: the next login writes it anew.
    return [];
  }
}

/** The login of a service, or the first of the stack: what it is called, and how many days it lasts. */
export function loginOf(stack: Stack, service?: string): Omit<OwnLogin, 'service'> {
  const logins = loginsOf(stack);
  const login = service === undefined ? logins[0] : logins.find((each) => each.service === service);
  const { name = 'LOGIN', title = 'the broker', days } = login ?? {};
  return { name, title, ...(days === undefined ? {} : { days }) };
}

/** The last login of each service that logs in; `last` is absent where none is known. */
export function lastLogins(
  stack: Stack,
  kept: readonly Login[],
): readonly { readonly own: OwnLogin; readonly last?: Login }[] {
  const own = loginsOf(stack);
  return own.map((each) => {
    const ofName = kept.filter(({ name }) => name === each.name);
    // Before there were several the service was not written down.
    const isFirst = own.find(({ name }) => name === each.name) === each;
    const last =
      ofName.find(({ service }) => service === each.service) ??
      (isFirst ? ofName.find(({ service }) => service === undefined) : undefined);
    return { own: each, ...(last ? { last } : {}) };
  });
}

/** Remembers a login that has just worked. @param service whose program it was. @returns it, with its end. */
export async function rememberLogin(stack: Stack, now: number, service?: string): Promise<Login> {
  const { name, days } = loginOf(stack, service);
  const login = {
    name,
    ...(service === undefined ? {} : { service }),
    set: new Date(now).toISOString(),
    ...(days === undefined ? {} : { expires: new Date(now + days * DAY_MS).toISOString() }),
  };
  const isFirst = service === undefined || loginsOf(stack).find((each) => each.name === name)?.service === service;
  const isReplaced = (each: Login) =>
    each.name === name && (each.service === service || (isFirst && each.service === undefined));
  const others = (await readLogins(stack)).filter((each) => !isReplaced(each));
  await ensurePrivateDir(vaultDir(stack.id, environment()));
  await writeAtomic(fileOf(stack), `${JSON.stringify({ version: 1, logins: [...others, login] }, null, 2)}\n`, {
    mode: 0o600,
  });
  return login;
}
