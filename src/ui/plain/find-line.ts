import type { ReviewLine, ReviewSection, SetupState } from '../../flow/types.ts';
import type { Ask } from './ask.ts';
import { lineText, titleText, valueText } from './review-text.ts';

type Wanted = ReviewSection | 'search' | 'back';

/** One line of the review: by its section, or by a part of its name; undefined where the person goes back. */
export async function findLine({ sections }: SetupState, ask: Ask): Promise<ReviewLine | undefined> {
  const wanted = await ask.choice<Wanted>('Where?', [
    ...sections.map((section) => ({ value: section, name: `${section.title}: ${titlesOf(section)}` })),
    { value: 'search' as const, name: 'Find a line by its name' },
    { value: 'back' as const, name: 'Back' },
  ]);
  if (wanted === 'back') return undefined;
  if (wanted === 'search') return search(sections, ask);
  return oneOf(
    wanted.lines.map((line) => ({ line, name: lineText(line) })),
    ask,
  );
}

function titlesOf({ lines }: ReviewSection): string {
  return [...new Set(lines.map(({ title }) => title))].join(', ');
}

async function search(sections: readonly ReviewSection[], ask: Ask): Promise<ReviewLine | undefined> {
  const typed = (await ask.words('A part of its name, e.g. port')).trim().toLowerCase();
  const found = sections.flatMap(({ title, lines }) =>
    lines
      .filter((line) => [title, line.title, line.path].some((text) => text.toLowerCase().includes(typed)))
      .map((line) => ({ line, name: `${title}, ${titleText(line)}: ${valueText(line)}` })),
  );
  return oneOf(found, ask);
}

async function oneOf(
  lines: readonly { readonly line: ReviewLine; readonly name: string }[],
  ask: Ask,
): Promise<ReviewLine | undefined> {
  return ask.choice<ReviewLine | undefined>(lines.length === 0 ? 'No line is called so.' : 'Which line?', [
    ...lines.map(({ line, name }) => ({ value: line, name })),
    { value: undefined, name: 'Back' },
  ]);
}
