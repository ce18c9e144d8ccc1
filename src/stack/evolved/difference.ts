import * as z from 'zod';

const text = z.string();

const DifferenceSchema = z
  .object({
    code: z
      .enum([
        'binary-gone',
        'package-moved',
        'command-gone',
        'variable-renamed',
        'variable-gone',
        'variable-required',
        'flake-gone',
        'output-gone',
        'flake-new',
        'task-new',
        'migrations-moved',
        'migration-gone',
        'migration-new',
        'toolchain-newer',
        'service-new',
        'helper-new',
      ])
      .describe('stable'),
    path: text.describe('the decision in trading-setup.yaml that no longer fits'),
    message: text.describe('what is different, in one sentence'),
    evidence: z
      .object({ file: text, line: z.int().min(1) })
      .readonly()
      .optional(),
    sets: z.array(text).readonly().describe('values of --set that take it over; empty: nothing can be proposed'),
    was: text.optional().describe('what the stack says'),
    blocks: z.boolean().describe('the stack cannot be built any more'),
  })
  .readonly();

/** How a repository differs from the stack that was saved for it. */
export const Evolved = z
  .array(DifferenceSchema)
  .readonly()
  .describe('what of trading-setup.yaml no longer fits the repository; nothing of it is applied by itself');

/** One difference between a saved stack and the repository as it is now. */
export type Difference = z.infer<typeof DifferenceSchema>;

/** A difference as one line: where it was read, and the flag that takes it over. */
export function differenceWords({ code, path, message, evidence, sets }: Difference): string {
  const where = evidence ? ` (${evidence.file}:${evidence.line})` : '';
  if (sets.length === 0 && code === 'variable-required') return `${message}${where}. Say it: --set ${path}=VALUE`;
  const take = sets.length === 0 ? '' : `. Take it over: ${sets.map((set) => `--set ${quotedSet(set)}`).join(' ')}`;
  return `${message}${where}${take}`;
}

/** A `--set` as a shell takes it. */
export function quotedSet(set: string): string {
  return /^[\w.,:/=@+-]+$/.test(set) ? set : `'${set.replaceAll("'", `'\\''`)}'`;
}
