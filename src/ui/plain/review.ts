import type { FileChange, ReviewLine, SetupState, SetupStore } from '../../flow/types.ts';
import { Secret } from '../../secret.ts';
import { type Ask, isGivenUp, type Option } from './ask.ts';
import { filesText, reviewText } from './review-text.ts';

type Print = (text: string) => void;
type Next = 'write' | 'change' | 'diff' | 'undo' | 'quit';

/** The review line by line: everything once, the open lines as questions, then a menu until it is agreed. */
export async function reviewPlainly(store: SetupStore, ask: Ask, print: Print): Promise<'write' | 'quit'> {
  try {
    print(reviewText(store.getState()));
    await askOpen(store, ask, print);
    print(filesText(store.getState()));
    return await menu(store, ask, print);
  } catch (error) {
    if (isGivenUp(error)) return 'quit';
    throw error;
  }
}

async function askOpen(store: SetupStore, ask: Ask, print: Print): Promise<void> {
  const seen = new Set<string>();
  // Read anew after each answer: one answer may open or close other lines.
  for (;;) {
    const line = linesOf(store.getState()).find((one) => one.state !== 'answered' && !seen.has(one.path));
    if (!line) return;
    seen.add(line.path);
    await answer(line, store, ask, print);
  }
}

async function menu(store: SetupStore, ask: Ask, print: Print): Promise<'write' | 'quit'> {
  for (;;) {
    const next = await ask.choice('What now?', optionsOf(store.getState()));
    if (next === 'write' || next === 'quit') return next;
    if (next === 'undo') print(store.undo() ? 'Took the last change back.' : 'Nothing to undo.');
    if (next === 'change') await change(store, ask, print);
    if (next === 'diff') await diff(store.getState(), ask, print);
  }
}

/** Writing is offered once no line but a secret waits for an answer. */
function optionsOf(setup: SetupState): readonly Option<Next>[] {
  const blocked = linesOf(setup).some(
    (line) => line.state === 'invalid' || (line.state === 'open' && line.input.kind !== 'secret'),
  );
  const write: readonly Option<Next>[] = blocked ? [] : [{ value: 'write', name: 'Write these files' }];
  return [
    ...write,
    { value: 'change', name: 'Change a line' },
    { value: 'diff', name: 'Show what changes in a file' },
    { value: 'undo', name: 'Take the last change back' },
    { value: 'quit', name: 'Quit without writing' },
  ];
}

async function change(store: SetupStore, ask: Ask, print: Print): Promise<void> {
  const lines = linesOf(store.getState());
  const name = (line: ReviewLine): string => `${line.title}: ${line.value || 'not answered'}`;
  const line = await ask.choice(
    'Which line?',
    lines.map((one) => ({ value: one, name: name(one) })),
  );
  await answer(line, store, ask, print);
}

async function diff(setup: SetupState, ask: Ask, print: Print): Promise<void> {
  const changed = setup.files.filter((file) => file.diff !== '');
  if (changed.length === 0) return print('Nothing changes in any file.');
  const file = await ask.choice<FileChange>(
    'Which file?',
    changed.map((one) => ({ value: one, name: `${one.action} ${one.path}` })),
  );
  print(file.diff);
}

async function answer(line: ReviewLine, store: SetupStore, ask: Ask, print: Print): Promise<void> {
  print(line.help);
  const { input } = line;
  switch (input.kind) {
    case 'text':
      return ask.text(`${line.title}:`, line.edit ?? line.value, (text) => given(line, text, store));
    case 'choice': {
      const options = input.options.map(({ value, label, hint }) => ({
        value,
        name: hint === '' ? label : `${label} (${hint})`,
      }));
      const problem = given(line, await ask.choice(`${line.title}:`, options), store);
      if (problem !== undefined) print(problem);
      return;
    }
    case 'secret':
      return ask.secret(`${line.title} (${input.required ? 'empty: later' : 'optional, empty: left out'}):`, (text) =>
        entered(line, text, store),
      );
  }
}

/** An unchanged default stays a default. */
function given(line: ReviewLine, text: string, store: SetupStore): string | undefined {
  return line.state === 'answered' && text === (line.edit ?? line.value) ? undefined : store.change(line.path, text);
}

function entered(line: ReviewLine, text: string, store: SetupStore): string | undefined {
  const name = line.path.replace(/^secrets\./, '');
  if (text !== '') return store.enterSecret(name, new Secret(text));
  if (line.value === '') store.skipSecret(name);
  return undefined;
}

function linesOf(setup: SetupState): readonly ReviewLine[] {
  return setup.sections.flatMap(({ lines }) => lines);
}
