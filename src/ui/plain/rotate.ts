import type { RotationRow, RotationState, RotationStore } from '../../flow/rotation/types.ts';
import {
  agreeWords,
  COMPROMISED,
  enteringDetails,
  enteringTitle,
  planLines,
  rowDetails,
  WHICH,
} from '../rotation-words.ts';
import { isGivenUp } from './ask.ts';
import type { Talk } from './talk.ts';

type Answer = 'unlock' | 'agreed' | 'quit';

/** The wizard of a rotation line by line, until it has to wait for something else than an answer. */
export async function rotatePlainly(store: RotationStore, talk: Talk, now: () => number): Promise<Answer> {
  try {
    for (;;) {
      const state = store.getState();
      switch (state.stage) {
        case 'unlock':
        case 'agreed':
          return state.stage;
        case 'choose':
          if ((await choose(state, store, talk, now())) === 'quit') return 'quit';
          break;
        case 'enter':
          await enter(state, store, talk);
          break;
        case 'planning':
          await changed(store, state);
          break;
        case 'plan':
          if ((await agree(state, store, talk)) === 'quit') return 'quit';
      }
    }
  } catch (error) {
    if (isGivenUp(error)) return 'quit';
    throw error;
  }
}

/** A list that is chosen from again and again until it is right: the simplest prompts choose one thing at a time. */
async function choose(
  { rows, compromised, problem }: RotationState,
  store: RotationStore,
  { ask, tell }: Talk,
  now: number,
): Promise<'on' | 'quit'> {
  if (problem !== '') tell(problem);
  const next = await ask.choice(
    WHICH,
    [
      ...rows.map((row) => ({ value: row.name, name: rowLine(row) })),
      { value: ' leaked', name: compromised ? 'The old values are not leaked after all' : 'The old values are leaked' },
      { value: ' on', name: 'Go on with what is chosen' },
      { value: ' quit', name: 'Leave; nothing is changed' },
    ],
    [...rows.flatMap((row) => [`${row.name}:`, ...rowDetails(row, now, compromised)]), `Leaked: ${COMPROMISED}`].join(
      '\n',
    ),
  );
  if (next === ' quit') return 'quit';
  if (next === ' leaked') store.compromise();
  else if (next === ' on') store.choose();
  else store.toggle(next);
  return 'on';
}

function rowLine({ name, kind, chosen }: RotationRow): string {
  return `${chosen ? '[x]' : '[ ]'} ${name} (${kind})`;
}

async function enter({ entering }: RotationState, store: RotationStore, { ask, tell }: Talk): Promise<void> {
  if (!entering) return;
  for (const line of enteringDetails(entering)) tell(line);
  const value = await ask.passphrase(`${enteringTitle(entering)}:`);
  await store.enter(value);
  const after = store.getState();
  if (after.stage !== 'enter' || after.entering?.name !== entering.name) return;
  tell(after.entering.said);
  if (after.entering.state !== 'warned') return;
  if (await ask.yes('Take it all the same?', false)) await store.enter(value);
}

async function agree(state: RotationState, store: RotationStore, { ask, tell }: Talk): Promise<'on' | 'quit'> {
  if (!state.plan) {
    tell(`This cannot be done now: ${state.problem}`);
    return 'quit';
  }
  for (const line of planLines(state.plan)) tell(line);
  if (state.word === undefined) {
    if (!(await ask.yes(agreeWords(state), false))) return 'quit';
    store.agree('');
    return 'on';
  }
  if (!store.agree(await ask.words(agreeWords(state)))) tell(store.getState().problem);
  return 'on';
}

function changed(store: RotationStore, before: RotationState): Promise<void> {
  if (store.getState() !== before) return Promise.resolve();
  return new Promise((resolve) => {
    const forget = store.subscribe(() => {
      forget();
      resolve();
    });
  });
}
