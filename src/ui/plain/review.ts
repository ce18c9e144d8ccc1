import type { ReviewLine, SetupState, SetupStore } from '../../flow/types.ts';
import { answer } from './answer.ts';
import { isGivenUp, type Option } from './ask.ts';
import { decide, lookAtFiles, undecided } from './files.ts';
import { findLine } from './find-line.ts';
import { filesText, resumedText, reviewText } from './review-text.ts';
import type { Talk } from './talk.ts';

type Next = 'write' | 'change' | 'files' | 'undo' | 'again' | 'afresh' | 'quit';

/** The review line by line: everything once, the open lines as questions, then a menu until it is agreed. */
export async function reviewPlainly(opening: Promise<SetupStore>, talk: Talk): Promise<'write' | 'quit'> {
  try {
    talk.tell('Reading the repository and looking at this machine.');
    const store = await opening;
    await store.observed;
    await offerAfresh(store, talk);
    talk.tell(reviewText(store.getState()));
    talk.tell('\nAnswer ? for help with a question. Ctrl-C ends; your answers are kept as a draft, without secrets.');
    await askOpen(store, talk);
    await askConflicts(store, talk);
    showFiles(store, talk);
    return await menu(store, talk);
  } catch (error) {
    if (isGivenUp(error)) return 'quit';
    throw error;
  }
}

function showFiles(store: SetupStore, talk: Talk): void {
  const setup = store.getState();
  talk.tell(filesText(setup));
  // To be copied as one line.
  talk.show(`The same without questions: ${setup.equivalent}\n`);
}

async function offerAfresh(store: SetupStore, talk: Talk): Promise<void> {
  const { resumed, dropped } = store.getState();
  if (dropped !== undefined) talk.tell(dropped);
  if (!resumed) return;
  talk.tell(resumedText(resumed));
  if (!(await talk.ask.yes('Go on with them?', true))) store.startAfresh();
}

async function askOpen(store: SetupStore, talk: Talk): Promise<void> {
  const seen = new Set<string>();
  // Read anew after each answer: one answer may open or close other lines.
  for (;;) {
    const line = linesOf(store.getState()).find((one) => one.state !== 'answered' && !seen.has(one.path));
    if (!line) return;
    seen.add(line.path);
    await answer(line, store, talk);
  }
}

/** Each once: who decides later finds it in the menu. */
async function askConflicts(store: SetupStore, talk: Talk): Promise<void> {
  const seen = new Set<string>();
  for (;;) {
    const file = undecided(store.getState().files).find(({ path }) => !seen.has(path));
    if (!file) return;
    seen.add(file.path);
    await decide(file, store, talk);
  }
}

async function menu(store: SetupStore, talk: Talk): Promise<'write' | 'quit'> {
  for (;;) {
    const setup = store.getState();
    const waiting = waitingFor(setup);
    if (waiting !== '') talk.tell(waiting);
    const next = await talk.ask.choice('What now?', optionsOf(setup, waiting === ''));
    if (next === 'write' || next === 'quit') return next;
    if (next === 'undo') talk.tell(store.undo() ? 'Took the last change back.' : 'Nothing to undo.');
    if (next === 'change') await change(store, talk);
    if (next === 'files') await lookAtFiles(store, talk);
    if (next === 'again') {
      talk.tell(reviewText(setup));
      showFiles(store, talk);
    }
    if (next === 'afresh') await startAgain(store, talk);
  }
}

async function change(store: SetupStore, talk: Talk): Promise<void> {
  const line = await findLine(store.getState(), talk.ask);
  if (!line) return;
  if (line.origin.source === 'typed' && !(await talk.ask.choice('It was changed by you.', AGAIN))) {
    talk.tell(store.reset(line.path) ?? `${line.title} is what it was by itself again.`);
  } else await answer(line, store, talk);
}

const AGAIN: readonly Option<boolean>[] = [
  { value: true, name: 'Change it again' },
  { value: false, name: 'Take my change back' },
];

async function startAgain(store: SetupStore, talk: Talk): Promise<void> {
  store.startAfresh();
  talk.tell('All answers are the detected and default ones again.');
  await askOpen(store, talk);
}

/** What keeps the files from being written; empty where nothing does. A secret may wait. */
function waitingFor(setup: SetupState): string {
  const lines = linesOf(setup).filter(
    ({ state, input, mayWait }) => state === 'invalid' || (state === 'open' && input.kind !== 'secret' && !mayWait),
  );
  const names = [...lines.map(({ title }) => title), ...undecided(setup.files).map(({ path }) => path)];
  return names.length === 0 ? '' : `Before anything is written, this waits for you: ${names.join(', ')}.`;
}

function optionsOf(setup: SetupState, ready: boolean): readonly Option<Next>[] {
  return [
    ...(ready ? [{ value: 'write' as const, name: 'Write these files' }] : []),
    { value: 'change', name: 'Change a line' },
    { value: 'files', name: 'Look at the files and what changes in them' },
    { value: 'undo', name: 'Take the last change back' },
    { value: 'again', name: 'Read everything again' },
    ...(setup.resumed ? [{ value: 'afresh' as const, name: 'Forget the answers of the unfinished run' }] : []),
    { value: 'quit', name: 'Quit without writing; the answers are kept for the next run' },
  ];
}

function linesOf(setup: SetupState): readonly ReviewLine[] {
  return setup.sections.flatMap(({ lines }) => lines);
}
