import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml';

/** A TOML file as far as it could be read. */
export interface Toml {
  readonly table: TomlTable;
  /** Line of each key by dotted path; elements of an array of tables carry their number: `bin.0.name`. */
  readonly lines: ReadonlyMap<string, number>;
  readonly error?: { readonly message: string; readonly line: number };
}

/** Reads TOML; of a broken file what stands around the mistakes is read all the same, and the first mistake is named. */
export function readToml(text: string): Toml {
  const lines = keyLines(text);
  try {
    return { table: parse(text), lines };
  } catch (cause) {
    const line = cause instanceof TomlError ? cause.line : 1;
    // The first line only: the rest quotes the file, which may hold secrets.
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'cannot be read';
    const { table, firstBroken } = recoverTable(text);
    return {
      table,
      lines,
      error: {
        message: message.replace(/^Invalid TOML document: /, ''),
        line: Math.max(1, Math.min(line, firstBroken)),
      },
    };
  }
}

/** Longer than any key; what follows on the line is its value. */
const MAX_KEY = 400;
const KEY = /^((?:[\w-]+|"[^"]*"|'[^']*')(?:[ \t]*\.[ \t]*(?:[\w-]+|"[^"]*"|'[^']*'))*)[ \t]*=/;

/** The parser keeps no positions, so keys are looked up in the text, line by line. */
function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  let prefix = '';
  let closing: string | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (closing !== undefined) {
      if (line.includes(closing)) closing = undefined;
      continue;
    }
    const head = line.slice(0, MAX_KEY).trimStart();
    const header = headerOf(head);
    if (header) prefix = enterTable(dotted(header.name), header.isElement, counts);
    const key = header ? undefined : KEY.exec(head);
    const at = key?.[1] === undefined ? prefix : join(prefix, dotted(key[1]));
    if ((header || key) && !lines.has(at)) lines.set(at, index + 1);
    closing = opensMultiline(key ? line : '');
  }
  return lines;
}

/** `[name]` or `[[name]]` at the start of a line. */
function headerOf(line: string): { readonly name: string; readonly isElement: boolean } | undefined {
  if (!line.startsWith('[')) return undefined;
  const isElement = line.startsWith('[[');
  const start = isElement ? 2 : 1;
  const end = line.indexOf(']', start);
  const name = end < 0 ? '' : line.slice(start, end).trim();
  return name === '' ? undefined : { name, isElement };
}

/** Tables nested deeper than this are found under their outermost names. */
const MAX_PARTS = 16;

function enterTable(name: string, isElement: boolean, counts: Map<string, number>): string {
  if (isElement) counts.set(name, (counts.get(name) ?? -1) + 1);
  // A sub-table of an element belongs to the element last begun.
  const parts = name.split('.').slice(0, MAX_PARTS);
  let path = '';
  return parts
    .map((part) => {
      path = join(path, part);
      const count = counts.get(path);
      return count === undefined ? part : `${part}.${count}`;
    })
    .join('.');
}

function opensMultiline(value: string): string | undefined {
  const quotes = /"""|'''/.exec(value)?.[0];
  return quotes !== undefined && value.split(quotes).length === 2 ? quotes : undefined;
}

/** A broken file longer than this (in characters) is left alone: nobody writes such a manifest by hand. */
const MAX_RECOVERED = 200_000;
/** Pieces of a broken file that are tried one by one. */
const MAX_PIECES = 2000;

interface Recovered {
  readonly table: TomlTable;
  /** The last line of the first table that is broken: what nobody closes is noticed only much later. */
  readonly firstBroken: number;
}

/** Every table by itself, and in a broken table every key by itself. */
function recoverTable(text: string): Recovered {
  const table: TomlTable = {};
  let firstBroken = Number.POSITIVE_INFINITY;
  if (text.length > MAX_RECOVERED) return { table, firstBroken };
  let left = MAX_PIECES;
  const attempt = (piece: string): boolean => {
    if (left-- <= 0) return false;
    const parsed = tryParse(piece);
    if (parsed) mergeTable(table, parsed);
    return parsed !== undefined;
  };
  let before = 0;
  for (const section of text.split(/^(?=[ \t]*\[)/m)) {
    const lines = section.split(/\r?\n/);
    const start = before;
    before += lines.length - 1;
    if (attempt(section)) continue;
    firstBroken = Math.min(firstBroken, start + lines.findLastIndex((line) => line.trim() !== '') + 1);
    if (left <= 0) break;
    const header = headerOf(lines[0]?.trimStart() ?? '') ? (lines.shift() ?? '') : '';
    // An array of tables would grow by one element with every key: its keys are collected first.
    left -= lines.length;
    const whole = left < 0 ? [] : lines.filter((line) => line.trim() !== '' && tryParse(line) !== undefined);
    attempt([header, ...whole].join('\n'));
  }
  return { table, firstBroken };
}

function tryParse(text: string): TomlTable | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function mergeTable(into: TomlTable, from: TomlTable): void {
  for (const [key, value] of Object.entries(from)) {
    const known = Object.hasOwn(into, key) ? into[key] : undefined;
    if (isTable(known) && isTable(value)) mergeTable(known, value);
    else if (Array.isArray(known) && Array.isArray(value)) into[key] = [...known, ...value];
    else if (known === undefined) into[key] = value;
  }
}

function dotted(key: string): string {
  return key.replace(/["']/g, '').replace(/\s*\.\s*/g, '.');
}

function join(prefix: string, key: string): string {
  return prefix === '' ? key : `${prefix}.${key}`;
}

/** Scalars of a table by dotted key; an array of scalars is one value. */
export function leaves(value: TomlValue, at = ''): [key: string, value: string][] {
  if (Array.isArray(value)) {
    const tables = value.some((element) => isTable(element));
    if (!tables) return [[at, JSON.stringify(value)]];
    return value.flatMap((element, index) => leaves(element, `${at}.${index}`));
  }
  if (isTable(value)) return Object.entries(value).flatMap(([key, inner]) => leaves(inner, join(at, key)));
  return [[at, String(value)]];
}

/** The line of a dotted key, or of the nearest table or key around it. */
export function lineOf(toml: Toml, key: string): number {
  for (let at = key; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const line = toml.lines.get(at);
    if (line !== undefined) return line;
  }
  return 1;
}

/** The value as a table, where it is one. */
export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}

/** What stands at a path of keys. */
export function valueAt(table: TomlTable, ...keys: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of keys) value = isTable(value) ? value[key] : undefined;
  return value;
}

/** The strings among the elements of an array; anything else is none. */
export function stringsAt(table: TomlTable, ...keys: readonly string[]): string[] {
  const value = valueAt(table, ...keys);
  return Array.isArray(value) ? value.filter((element) => typeof element === 'string') : [];
}

/** A string at a path of keys. */
export function stringAt(table: TomlTable, ...keys: readonly string[]): string | undefined {
  const value = valueAt(table, ...keys);
  return typeof value === 'string' ? value : undefined;
}
