import { quoted } from '../../flow/equivalent.ts';
import { isMade } from '../../flow/rotation/rows.ts';
import type { Stack } from '../../stack/schema.ts';
import type { RotateFlags } from '../rotate.ts';

/**
 * The command line as it was, the new value by the same way: an entered one has to be given again, for nothing was kept.
 * @param files names whose values came from files.
 */
export function sameAgain(
  stack: Stack,
  names: readonly string[],
  { fromFile = [], compromised, check, acceptUnreadable = [] }: RotateFlags,
  files: ReadonlySet<string>,
): string {
  const isPiped = names.some((name) => !files.has(name) && !isMade(stack, name));
  return [
    ...(isPiped ? ['printf %s "$NEW" |'] : []),
    `trading-setup rotate ${names.join(' ')}`,
    ...fromFile.map((file) => `--from-file ${quoted(file)}`),
    ...(compromised ? ['--compromised'] : []),
    ...acceptUnreadable.map((name) => `--accept-unreadable ${name}`),
    ...(check === false ? ['--no-check'] : []),
    '--yes',
  ].join(' ');
}
