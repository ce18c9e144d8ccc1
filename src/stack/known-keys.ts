import * as z from 'zod';
import { Stack } from './schema.ts';

type Path = readonly string[];

/** A key that no stack has there. */
export interface UnknownKey {
  readonly path: Path;
  /** The known key that was probably meant, with its path; undefined where none is near. */
  readonly meant: string | undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema under defaults and the like. */
function core(schema: unknown): unknown {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodNullable || schema instanceof z.ZodOptional
    ? core(schema.unwrap())
    : schema;
}

/** The keys that a map may have, each with its schema; of a union all that any kind has. Undefined: any key, or no map. */
function fieldsOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const inner = core(schema);
  if (inner instanceof z.ZodObject) return inner.shape;
  if (!(inner instanceof z.ZodDiscriminatedUnion || inner instanceof z.ZodUnion)) return undefined;
  const kinds = inner.options.map(fieldsOf);
  return kinds.every((fields) => fields !== undefined) ? Object.assign({}, ...kinds) : undefined;
}

/** Every schema that a value at the key may have. */
function childOf(schema: unknown, key: string): unknown {
  const inner = core(schema);
  if (inner instanceof z.ZodRecord) return inner.valueType;
  if (inner instanceof z.ZodArray) return inner.element;
  return fieldsOf(inner)?.[key];
}

/** Keys in a whole or partial stack that none has, in the order of the text. */
export function unknownKeys(value: unknown): readonly UnknownKey[] {
  const known = knownPaths(Stack, value);
  return strangers(Stack, value, []).map((path) => ({ path, meant: meantBy(path, value, known) }));
}

function strangers(schema: unknown, value: unknown, path: Path): readonly Path[] {
  if (Array.isArray(value))
    return value.flatMap((item, at) => strangers(childOf(schema, ''), item, [...path, `${at}`]));
  if (!isMap(value)) return [];
  const fields = fieldsOf(schema);
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    return fields && !Object.hasOwn(fields, key) ? [here] : strangers(childOf(schema, key), inner, here);
  });
}

/** The keys at a path, for a sentence. */
export function keysAt(path: Path): readonly string[] {
  const schema = path.reduce<unknown>((at, key) => childOf(at, key), Stack);
  return Object.keys(fieldsOf(schema) ?? {});
}

/** The kinds that the key of a union may name, e.g. `http`, `tcp` and `process` at `services.app.health.kind`. */
export function kindsAt(path: Path): readonly string[] {
  const union = core(path.slice(0, -1).reduce<unknown>((at, key) => childOf(at, key), Stack));
  if (!(union instanceof z.ZodDiscriminatedUnion)) return [];
  const kinds = union.options.map((option) => core(fieldsOf(option)?.[path.at(-1) ?? '']));
  return kinds.flatMap((kind) => (kind instanceof z.ZodLiteral ? [...kind.values].map(String) : []));
}

/** Every path that a stack with these services and secrets has. */
function knownPaths(schema: unknown, value: unknown, path: Path = []): readonly string[] {
  const inner = core(schema);
  const keys =
    inner instanceof z.ZodRecord ? Object.keys(isMap(value) ? value : {}) : Object.keys(fieldsOf(inner) ?? {});
  return keys.flatMap((key) => {
    const here = [...path, key];
    return [here.join('.'), ...knownPaths(childOf(inner, key), isMap(value) ? value[key] : undefined, here)];
  });
}

/** What `--set` can say to a stack with these services and secrets: `path=` each; where few values fit, each of them. */
export function settings(value: unknown): readonly string[] {
  return knownPaths(Stack, value).flatMap((each) => {
    const path = each.split('.');
    const schema = core(path.reduce<unknown>((at, key) => childOf(at, key), Stack));
    // What has keys of its own is set by them, and these two are the program's.
    if (schema instanceof z.ZodRecord || fieldsOf(schema) || each === 'version' || each === 'writtenBy') return [];
    const values = schema instanceof z.ZodBoolean ? ['true', 'false'] : fewOf(schema, path);
    return values.length === 0 ? [`${each}=`] : values.map((one) => `${each}=${one}`);
  });
}

function fewOf(schema: unknown, path: Path): readonly string[] {
  return schema instanceof z.ZodEnum ? schema.options.map(String) : kindsAt(path);
}

function leavesOf(value: unknown, path: Path): readonly string[] {
  if (!isMap(value) || Object.keys(value).length === 0) return [path.join('.')];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function meantBy(path: Path, whole: unknown, known: readonly string[]): string | undefined {
  const value = path.reduce<unknown>(
    (at, key) => (isMap(at) ? at[key] : Array.isArray(at) ? at[Number(key)] : undefined),
    whole,
  );
  // The whole path first: of `port.tui` the one meant is `ports.tui` and not `ports`.
  const [leaf = ''] = leavesOf(value, path);
  return nearestOf(leaf, known) ?? nearestOf(path.join('.'), known) ?? sameName(path, known);
}

/** The key of that name elsewhere, where there is one only: `gateUser` is in `secrets`. */
function sameName(path: Path, known: readonly string[]): string | undefined {
  const [first, ...others] = known.filter((each) => each.split('.').at(-1) === path.at(-1));
  return others.length === 0 ? first : undefined;
}

/** The known text that was probably meant; undefined where none is near. */
export function nearestOf(text: string, known: readonly string[]): string | undefined {
  // As many wrong letters as a hurried hand makes; more would be another word.
  const last = text.split('.').at(-1) ?? '';
  const most = last.length < 4 ? 1 : Math.max(2, Math.floor(last.length / 3));
  const near = known
    .filter((each) => Math.abs(each.length - text.length) <= most)
    .map((each) => ({ each, far: distance(text.toLowerCase(), each.toLowerCase()) }))
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far);
  return near[0]?.each;
}

/** Letters to change, add or take away until one text is the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
