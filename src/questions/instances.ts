import type { Stack } from '../stack/schema.ts';
import { words } from './build.ts';
import type { Question } from './question.ts';

const ONE = /^(–|-|none|one|)$/;

/** Asked where each could have data of its own; elsewhere they would share a database. */
export function instances(stack: Stack): readonly Question[] {
  const [first] = Object.values(stack.services);
  const isAble = stack.database.kind === 'none' && first?.data !== null;
  if (!stack.instances && !isAble) return [];
  const question = words({
    path: 'instances',
    section: 'Services',
    title: 'Instances',
    help: 'The same program several times, e.g. once for each broker: each with data, secrets and a port of its own. Empty: one.',
    form: 'their names, with blanks between: schwab alpaca',
  });
  return [
    {
      ...question,
      show: (value) => (Array.isArray(value) ? value.join(' ') : 'one'),
      edit: (value) => (Array.isArray(value) ? value.join(' ') : ''),
      parse: (typed) => (ONE.test(typed.trim()) ? null : typed.split(/[\s,]+/).filter((word) => word !== '')),
    },
  ];
}
