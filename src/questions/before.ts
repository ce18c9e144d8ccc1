import { adoptableFiles } from '../stack/design/adopt.ts';
import type { Stack } from '../stack/schema.ts';
import { choice, text } from './build.ts';
import type { Endpoint } from './endpoints.ts';
import type { Evolution } from './evolved.ts';
import type { Question } from './question.ts';

/** What was seen of the machine and the program, in words; a question says it where it matters. */
export interface Seen {
  /** Programs that run now and may place orders. */
  readonly traders: readonly string[];
  /** What does not run now and would start one by itself, e.g. at the next boot. */
  readonly sleeping: readonly string[];
  /** Addresses that services can be given. */
  readonly endpoints?: readonly Endpoint[];
  /** How the repository differs from the stack that was saved for it. */
  readonly evolution?: Evolution;
}

/** Whether a person has to say that nothing else trades on the account: on test networks no money is lost. */
export function account({ mode }: Stack, { traders, sleeping }: Seen): readonly Question[] {
  if (mode !== 'live') return [];
  const found = [
    ...(traders.length === 0 ? [] : [` Running now: ${traders.join('; ')}.`]),
    ...(sleeping.length === 0 ? [] : [` Starting by itself: ${sleeping.join('; ')}.`]),
  ].join('');
  const question = choice(
    {
      path: 'account.onlyTrader',
      section: 'Repository',
      title: 'Other traders',
      help: `Does anything else trade on this account? Two programs double the orders.${found}`,
    },
    [
      { value: 'true', label: 'none', hint: 'nothing else places orders on this account', means: true },
      {
        value: 'false',
        label: 'something else trades',
        hint: 'the LIVE start is refused until it has stopped',
        means: false,
      },
    ],
    (value) => String(value),
  );
  const open = (value: unknown) => value === undefined;
  return [{ ...question, open, show: (value) => (open(value) ? '' : question.show(value)) }];
}

export const NOTHING_SEEN: Seen = { traders: [], sleeping: [] };

const NOTHING = /^(–|-|none|)$/;

/** An SQLite database that was there before; its file in the volume is the one that the service's URL names. */
export function existingData(stack: Stack, name: string): readonly Question[] {
  const target = adoptableFiles(stack).find(({ service: each }) => each === name);
  if (!target) return [];
  const question = text({
    path: `adopt.sqlite.${name}`,
    section: 'Services',
    title: 'existing data',
    help: `An SQLite database that becomes ${target.file} of ${name}: copied once, when its data volume is made; the original stays as it is. Empty: it starts with nothing.`,
    form: 'a path in the repository, or an absolute one',
  });
  return [
    {
      ...question,
      edit: (value) => String(value ?? ''),
      parse: (typed) => (NOTHING.test(typed.trim()) ? null : typed.trim()),
    },
  ];
}

/** `VOLUME`, or `VOLUME FILE`: the data volume of an earlier PostgreSQL and the last SQL file that it contains. */
export function existingDatabase(stack: Stack): Question {
  const { volume, baseline } = stack.adopt?.database ?? {};
  const shown = [volume, baseline].filter(Boolean).join(' ');
  return {
    ...text({
      path: 'adopt.database',
      section: 'Database',
      title: 'Existing data',
      help: 'The data volume of an earlier PostgreSQL, and behind it the last SQL file that it contains: copied once, when the volume of this database is made; the old one stays as it is. Empty: it starts with nothing.',
      form: 'VOLUME, or VOLUME FILE',
    }),
    show: () => shown || '–',
    edit: () => shown,
    parse: (typed) => {
      const [name = '', file = null] = typed.trim().split(/\s+/);
      return NOTHING.test(name) ? null : { volume: name, baseline: file };
    },
  };
}
