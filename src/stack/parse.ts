import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { SetupError } from '../errors.ts';
import { Stack } from './schema.ts';

/** What is wrong with a stack, as `path: sentence` each. */
export function problemsOf(value: unknown): readonly { readonly path: string; readonly message: string }[] {
  const result = Stack.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}

/**
 * Reads a merged value as a stack.
 * @param from where it comes from, for the sentence, e.g. `trading-setup.yaml` or `--set`.
 * @throws SetupError exit 2 with each problem by its path.
 */
export function toStack(value: unknown, from: string): Stack {
  const result = Stack.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const where = first?.path.join('.') ?? '';
  throw new SetupError('usage', `${from}: ${where === '' ? '' : `${where}: `}${first?.message ?? 'not valid'}.`, {
    code: 'invalid-stack',
    next: [`Correct ${where === '' ? from : where}, then run the same command again.`],
    output: z.prettifyError(result.error).split('\n'),
  });
}

/** Reads the text of trading-setup.yaml. @throws SetupError exit 2 with line and column. */
export function parseStack(text: string): Stack {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new SetupError('usage', `trading-setup.yaml:${line}:${col}: ${error.message.split('\n')[0]}.`, {
      code: 'invalid-yaml',
      next: [`Correct line ${line} of trading-setup.yaml, then run the same command again.`],
    });
  }
  return toStack(document.toJS(), 'trading-setup.yaml');
}
