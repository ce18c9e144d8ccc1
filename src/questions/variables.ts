import { plainVariable } from '../catalog/plain-variables.ts';
import type { Stack } from '../stack/schema.ts';
import { variablePath } from '../stack/variables.ts';
import { text } from './build.ts';
import type { Question } from './question.ts';

/** The settings that a service gives up without: each is asked for until it has a value. */
export function variableQuestions({ services }: Pick<Stack, 'services'>, service: string): readonly Question[] {
  return (services[service]?.required ?? []).map((name) => {
    const known = plainVariable(name);
    const what = known === undefined ? '' : `${known.about[0]?.toUpperCase() ?? ''}${known.about.slice(1)}. `;
    return {
      ...text({
        path: variablePath(service, name),
        section: 'Services',
        title: name,
        help: `${what}${service} gives up without it.`,
        form: known?.form ?? 'a text, as the program reads it',
      }),
      open: (value) => isNone(value),
      mayWait: true,
      show: (value) => (isNone(value) ? '' : String(value)),
      edit: (value) => (isNone(value) ? '' : String(value)),
      parse: (typed) => (typed.trim() === '' ? null : typed.trim()),
    };
  });
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null || String(value).trim() === '';
}
