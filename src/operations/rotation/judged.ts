import { SetupError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import { checkValue } from '../../secrets/value.ts';
import type { Stack } from '../../stack/schema.ts';

type Values = ReadonlyMap<string, Secret>;

/**
 * New values as they are kept, none of which breaks a rule: whoever asks no provider still uses no key that can withdraw.
 * @param all every value that the stack has.
 * @throws SetupError exit 2 that names the rule and not the value.
 */
export async function judged(stack: Stack, given: Values, all: Values): Promise<Values> {
  if (given.size === 0) return given;
  const { judge } = await import('../../secrets/check/check.ts');
  const values = new Map(
    [...given].map(([name, value]) => [name, checkValue(name, value, stack.secrets.entries[name]?.format)] as const),
  );
  for (const name of values.keys()) {
    const problem = judge(stack, name, new Map([...all, ...values]));
    if (problem === undefined) continue;
    throw new SetupError('usage', `${name}: ${problem.replace(/\.$/, '')}.`, {
      code: 'secret-refused',
      next: [`Check the value and rotate ${name} again; nothing was changed.`],
    });
  }
  return values;
}
