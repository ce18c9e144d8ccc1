import { type Code, isDead } from './code.ts';
import type { EnvRead } from './env/reads.ts';
import type { DatabaseFact } from './facts.ts';
import { bodyOf } from './rust/functions.ts';
import { sourcesWith } from './rust/program.ts';

type Kind = DatabaseFact['kind'];

/** Names in code that open one kind of database and no other. */
const BY_KIND: Readonly<Record<Kind, readonly string[]>> = {
  postgres: [
    ...['PgPool', 'PgPoolOptions', 'PgConnectOptions', 'PgConnection', 'AsyncPgConnection', 'PgListener'],
    ...['tokio_postgres', 'deadpool_postgres'],
  ],
  sqlite: [
    ...['SqlitePool', 'SqlitePoolOptions', 'SqliteConnectOptions', 'SqliteConnection', 'rusqlite', 'tokio_rusqlite'],
  ],
};
const KINDS: readonly Kind[] = ['postgres', 'sqlite'];
const PATTERNS = KINDS.map((kind) => [kind, new RegExp(`\\b(?:${BY_KIND[kind].join('|')})\\b`)] as const);

/** The one kind that a piece of code opens. */
function kindIn(code: string): Kind | undefined {
  const kinds = PATTERNS.filter(([, pattern]) => pattern.test(code)).map(([kind]) => kind);
  return kinds.length === 1 ? kinds[0] : undefined;
}

/** The kind of database that is opened with a variable: where its value is used, else in the function or the file that reads it. */
export function kindOpenedWith(code: Code, reads: readonly EnvRead[]): Kind | undefined {
  const living = reads.filter((read) => !isDead(code, read.function));
  const levels: readonly ((read: EnvRead) => Kind | undefined)[] = [
    (read) => whereUsed(code, read),
    ({ function: item }) => (item ? kindIn(bodyOf(item)) : undefined),
    ({ source }) => kindIn(source.code),
  ];
  for (const level of levels) {
    const kinds = new Set(living.flatMap((read) => level(read) ?? []));
    const [kind] = kinds;
    if (kind !== undefined) return kinds.size === 1 ? kind : undefined;
  }
  return undefined;
}

const MAX_STATEMENT = 600;

/** By the statement that reads it, or those that use the variable or the field which it fills. */
function whereUsed({ program }: Code, { source, offset, function: item, field }: EnvRead): Kind | undefined {
  const before = source.code.slice(Math.max(0, offset - MAX_STATEMENT), offset);
  const start = /[^;{}]*$/.exec(before)?.[0] ?? '';
  const rest = /^[^;]*/.exec(source.code.slice(offset, offset + MAX_STATEMENT))?.[0] ?? '';
  const own = field === undefined ? kindIn(start + rest) : undefined;
  if (own !== undefined) return own;
  const variable = /\blet\s+(?:mut\s+)?(?:(?:Ok|Some)\s*\(\s*)?([a-z_]\w*)\b/.exec(start)?.[1];
  if (field !== undefined)
    return oneOf(sourcesWith(program, [field]).map(({ code }) => usedWith(code, new RegExp(`\\.\\s*${field}\\b`))));
  return variable === undefined || item === undefined
    ? undefined
    : usedWith(bodyOf(item), new RegExp(`\\b${variable}\\b`));
}

function usedWith(code: string, name: RegExp): Kind | undefined {
  return oneOf(code.split(/[;{}]/).map((statement) => (name.test(statement) ? kindIn(statement) : undefined)));
}

function oneOf(kinds: readonly (Kind | undefined)[]): Kind | undefined {
  const said = new Set(kinds.filter((kind) => kind !== undefined));
  const [kind] = said;
  return said.size === 1 ? kind : undefined;
}

/** The one kind that living code opens anywhere. */
export function kindOpened(code: Code): Kind | undefined {
  const { program } = code;
  return oneOf(
    KINDS.map((kind) => {
      const [, pattern] = PATTERNS.find(([each]) => each === kind) ?? [];
      const opens = sourcesWith(program, BY_KIND[kind]).some((source) =>
        (program.inSource.get(source) ?? []).some(
          (item) => pattern?.test(bodyOf(item)) === true && !isDead(code, item),
        ),
      );
      return opens ? kind : undefined;
    }),
  );
}
