import type { ReviewLine, SetupStore } from '../../flow/types.ts';
import { Secret } from '../../secret.ts';
import { checkText, helpText, titleText } from './review-text.ts';
import type { Talk } from './talk.ts';

/** Asks one line; `?` is answered with all that is known of it. What was seen of the value is said and stops nobody. */
export async function answer(line: ReviewLine, store: SetupStore, { ask, tell }: Talk): Promise<void> {
  const { input } = line;
  if (line.help !== '') tell(line.help);
  switch (input.kind) {
    case 'text': {
      let typed = '';
      await ask.text(
        `${titleText(line)}:`,
        line.edit ?? line.value,
        (text) => {
          typed = text;
          return given(line, text, store);
        },
        helpText(line),
      );
      const seen = await store.check(line.path, typed);
      if (seen) tell(`${titleText(line)} ${typed}: ${checkText(seen)}`);
      return;
    }
    case 'choice': {
      const options = input.options.map(({ value, label, hint }) => ({
        value,
        name: hint === '' ? label : `${label} (${hint})`,
      }));
      const problem = given(line, await ask.choice(`${titleText(line)}:`, options, helpText(line)), store);
      if (problem !== undefined) tell(problem);
      return;
    }
    case 'secret':
      return ask.secret(
        `${line.title} (${input.required ? 'empty: later' : 'optional, empty: left out'}):`,
        (text) => entered(line, text, store),
        helpText(line),
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
