import type { z } from 'zod';
import { keysAt, kindsAt, unknownKeys } from './known-keys.ts';
import { FEW_TIMES, Stack } from './schema.ts';

/** One thing that is wrong with a stack. */
export interface Problem {
  readonly path: readonly string[];
  /** What is wrong, in words that never repeat the value: it may be a secret in the wrong place. */
  readonly message: string;
  /** Whether the key is wrong or the value. */
  readonly what: 'key' | 'value';
}

/** Everything that is wrong with a value as a stack; unknown keys first. */
export function problemsIn(value: unknown): readonly Problem[] {
  const result = Stack.safeParse(value, FEW_TIMES);
  if (result.success) return [];
  const unknown = unknownProblems(value);
  const told = new Set(unknown.map(({ path }) => path.join('.')));
  const others = result.error.issues.flatMap((issue) => problemsOfIssue(issue, value));
  return [...unknown, ...others.filter(({ path }) => !told.has(path.join('.')))];
}

/** Keys that no stack has, whole or partial, each with the one that was probably meant. */
export function unknownProblems(value: unknown): readonly Problem[] {
  return unknownKeys(value).map(({ path, meant }) => {
    const known = keysAt(path.slice(0, -1)).join(', ');
    const hint = meant === undefined ? `known here: ${known}` : `did you mean ${meant}?`;
    return { path, what: 'key', message: `no such key; ${hint}` };
  });
}

function problemsOfIssue(issue: z.core.$ZodIssue, value: unknown): readonly Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    // A key of another kind: the name is right and the place is not.
    return issue.keys.map((key) => ({ path: [...path, key], what: 'key', message: `this kind has no ${key}` }));
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message ?? 'not a name';
    return [{ path, what: 'key', message: why }];
  }
  return [{ path, what: 'value', message: messageOf(issue, path, value) }];
}

function messageOf(issue: z.core.$ZodIssue, path: readonly string[], value: unknown): string {
  const got = kindOf(at(value, path));
  switch (issue.code) {
    case 'invalid_type':
      return got === 'nothing' && !has(value, path)
        ? 'missing'
        : `expected ${KINDS[issue.expected] ?? issue.expected}, got ${got}`;
    case 'invalid_value':
      return `expected ${orList(issue.values.map(String))}`;
    case 'invalid_union': {
      const kinds = kindsAt(path);
      if (kinds.length > 0) return `expected ${orList(kinds)}`;
      return (
        orList([...new Set(issue.errors.flat().map(({ message }) => message.replace(/^Invalid/, 'not an')))]) ||
        issue.message
      );
    }
    case 'too_small':
      return `expected ${issue.origin === 'array' || issue.origin === 'string' ? 'a length of ' : ''}${issue.minimum} or more`;
    case 'too_big':
      return `expected ${issue.origin === 'array' || issue.origin === 'string' ? 'a length of ' : ''}${issue.maximum} or less`;
    case 'invalid_format':
      // Ours are sentences; of the others the pattern says nothing to a person.
      return issue.message.startsWith('Invalid') ? 'not in the form that is expected here' : issue.message;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  return typeof value === 'number' ? 'a number' : 'a map';
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function parentOf(value: unknown, path: readonly string[]): unknown {
  return at(value, path.slice(0, -1));
}

function has(value: unknown, path: readonly string[]): boolean {
  const parent = parentOf(value, path);
  return (
    path.length === 0 || (typeof parent === 'object' && parent !== null && Object.hasOwn(parent, path.at(-1) ?? ''))
  );
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (here, key) => (typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined),
    value,
  );
}
