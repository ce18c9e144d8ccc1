import { SetupError } from '../errors.ts';
import { inspect } from '../stack/inspect.ts';
import type { Stack } from '../stack/schema.ts';

/** @throws SetupError for a stack that contradicts itself. */
export function refuseErrors(stack: Stack): void {
  const error = inspect(stack).find(({ level }) => level === 'error');
  if (!error) return;
  throw new SetupError('usage', `${error.path}: ${error.message}.`, {
    code: 'contradiction',
    next: [`Set it otherwise: --set ${error.path}=VALUE`],
  });
}
