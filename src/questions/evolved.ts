import type { Difference, GoneBinary } from '../stack/evolved.ts';
import { valueAt } from '../stack/overlay.ts';
import type { Stack } from '../stack/schema.ts';
import { choice, type Option } from './build.ts';
import type { Question, Section } from './question.ts';

/** What a repository no longer has of a saved stack. */
export interface Evolution {
  readonly differences: readonly Difference[];
  readonly gone: readonly GoneBinary[];
}

/** Most programs that can be chosen from. */
const MAX_OPTIONS = 6;

/** A line for each decision without which a saved stack cannot be built any more: what is there now, or what was said. */
export function evolvedQuestions(stack: Stack, { differences, gone }: Evolution): readonly Question[] {
  const programs = gone
    .filter(({ instead }) => instead.length > 0)
    .map(({ path, binary, instead }) => {
      const options = instead.slice(0, MAX_OPTIONS).map((bin, at): Option => {
        return { value: bin, label: bin, hint: at === 0 ? 'the likeliest' : 'another program of the repository' };
      });
      const help = `The repository has no binary ${binary} any more. Which one runs here now?`;
      return line(stack, path, 'Services', `${nameOf(path)}: program`, help, options, binary);
    });
  const moved = differences
    .filter(({ code }) => code === 'migrations-moved')
    .flatMap(({ path, message, sets }) => {
      const now = sets[0]?.slice(path.length + 1) ?? '';
      const options = [{ value: now, label: now, hint: 'where they are now' }];
      const was = differences.find((each) => each.path === path)?.was ?? '';
      const section = path.startsWith('build.') ? ('Build' as const) : ('Services' as const);
      const title = path.startsWith('build.') ? 'Checked against' : `${nameOf(path)}: migrations`;
      return [line(stack, path, section, title, `${message[0]?.toUpperCase()}${message.slice(1)}.`, options, was)];
    });
  return [...programs, ...moved];
}

function line(
  stack: Stack,
  path: string,
  section: Section,
  title: string,
  help: string,
  options: readonly Option[],
  was: string,
): Question {
  // Until somebody says otherwise it is what was saved, and that is no answer any more.
  const isOpen = (value: unknown) => value === was;
  const question = choice({ path, section, title, help }, options);
  const shown = valueAt(stack, path);
  return {
    ...question,
    open: isOpen,
    show: (value) => (isOpen(value) ? `${String(shown)} (gone)` : question.show(value)),
  };
}

/** `app` of `services.app.binary`. */
function nameOf(path: string): string {
  return path.split('.')[1] ?? path;
}
