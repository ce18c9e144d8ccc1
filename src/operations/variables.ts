import { SetupError } from '../errors.ts';
import type { Stack } from '../stack/schema.ts';
import { missingVariables } from '../stack/variables.ts';

/**
 * Before a build of minutes: the settings that a program gives up without have a value.
 * @throws SetupError exit 4 `variable-missing` with the flag of each.
 */
export function checkVariables(stack: Pick<Stack, 'services'>): void {
  const missing = missingVariables(stack);
  if (missing.length === 0) return;
  const names = [...new Set(missing.map(({ name }) => name))];
  const services = [...new Set(missing.map(({ service }) => service))].join(', ');
  const which = names.length === 1 ? `The setting ${names[0]} is` : `The settings ${names.join(', ')} are`;
  throw new SetupError('needs-you', `${which} required by ${services} and not set.`, {
    code: 'variable-missing',
    next: [`Set ${names.length === 1 ? 'it' : 'them'}: ${setCommand(missing.map(({ path }) => path))}`],
  });
}

/** The command that gives settings a value. */
export function setCommand(paths: readonly string[]): string {
  return ['trading-setup init --no-start', ...paths.map((path) => `--set ${path}=VALUE`)].join(' ');
}
