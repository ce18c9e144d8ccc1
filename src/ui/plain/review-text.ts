import type { ReviewLine, SetupState } from '../../flow/types.ts';

/** Every section with its lines and notes, to be read from top to bottom. */
export function reviewText(setup: SetupState): string {
  const sections = setup.sections.map(({ title, lines, notes }) =>
    [title, ...lines.map(lineText), ...notes.map((note) => `  Note: ${note}`)].join('\n'),
  );
  return [`${setup.name}, ${setup.mode.toUpperCase()}. ${setup.modeReason}`, ...sections].join('\n\n');
}

/** What would be written, and the same without questions. */
export function filesText(setup: SetupState): string {
  const files = setup.files.map(({ action, path }) => `  ${action} ${path}`);
  return ['', 'Files', ...files, '', `The same without questions: ${setup.equivalent}`, ''].join('\n');
}

function lineText(line: ReviewLine): string {
  const value = line.value === '' ? 'not answered' : line.value;
  const origin = line.origin.text === '' ? '' : ` (${line.origin.text})`;
  const problem = line.problem ? `. ${line.problem}` : '';
  return `  ${line.title}: ${value}${origin}${problem}`;
}
