import { SetupError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import type { Stack } from '../stack/schema.ts';
import { credentialCheck } from './checks.ts';
import type { Check } from './types.ts';

type Values = ReadonlyMap<string, Secret>;
type Judge = (stack: Stack, name: string, values: Values) => string | undefined;

/** Not before a value is typed: the arithmetic of keys is nothing for the first screen. */
async function load(): Promise<Judge> {
  return (await import('../secrets/check/check.ts')).judge;
}

/** What is said of secrets beyond their form, e.g. that one is the key of the account itself. */
export interface Judging {
  /** As far as it is typed. @param values with what is typed in its place. */
  check(stack: Stack, name: string, text: string, values: () => Values): Promise<Check | undefined>;
  /** What is wrong, at once; what was pasted before anything was typed is not known yet, and `refuseJudged` finds it. */
  now(stack: Stack, name: string, values: Values): string | undefined;
}

export function createJudging(): Judging {
  let judge: Judge | undefined;
  return {
    now: (stack, name, values) => judge?.(stack, name, values),
    async check(stack, name, text, values) {
      const check = credentialCheck(name, text, stack);
      judge ??= await load();
      if (check?.level !== 'good') return check;
      const problem = judge(stack, name, values());
      return problem === undefined ? check : { level: 'bad', text: problem };
    },
  };
}

/** @throws SetupError exit 2 for the first value that must not be used; nothing is written then. */
export async function refuseJudged(stack: Stack, values: Values): Promise<void> {
  if (values.size === 0) return;
  const judge = await load();
  for (const name of values.keys()) {
    const problem = judge(stack, name, values);
    if (problem === undefined) continue;
    throw new SetupError('usage', `${name}: ${problem}.`, {
      code: 'secret-refused',
      next: [`Nothing was written. Enter another value for ${name}: trading-setup init`],
    });
  }
}
