import { createTwoFilesPatch } from 'diff';
import { withoutSecrets } from '../catalog/secret-names.ts';
import { redact } from '../secret.ts';

/** How much stands around a change. */
const CONTEXT = 3;

/** A side of a difference. */
export interface Side {
  readonly title: string;
  readonly text: string;
}

/** The differences of two texts in the unified form, without anything that looks secret in either. */
export function unifiedDiff(before: Side, after: Side): string {
  const patch = createTwoFilesPatch(before.title, after.title, before.text, after.text, '', '', { context: CONTEXT });
  const shown = new Map([...linesOfKeys(before.text), ...linesOfKeys(after.text)]);
  const lines = patch
    .slice(patch.indexOf('--- '))
    .trimEnd()
    .split('\n')
    .map((line, at) =>
      // A title ends where the library would put a date.
      at < 2 ? line.trimEnd() : line.slice(0, 1) + (shown.get(line.slice(1)) ?? withoutSecrets(line.slice(1))),
    );
  return redact(lines.join('\n'));
}

/** Lines that are secret by what stands around them only: those of a PEM block, whose ends a patch may not show. */
function linesOfKeys(text: string): readonly (readonly [line: string, shown: string])[] {
  if (!text.includes('-----BEGIN ')) return [];
  const shown = withoutSecrets(text).split('\n');
  return text.split('\n').flatMap((line, at) => (shown[at] === line ? [] : [[line, shown[at] ?? ''] as const]));
}
