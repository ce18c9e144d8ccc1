import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml';

/** A TOML file as far as it could be read. */
export interface Toml {
  readonly table: TomlTable;
  /** Line of each key by dotted path; elements of an array of tables carry their number: `bin.0.name`. */
  readonly lines: ReadonlyMap<string, number>;
  readonly error?: { readonly message: string; readonly line: number };
}

/** Reads TOML; what is broken gives an empty table and the place of the mistake. */
export function readToml(text: string): Toml {
  const lines = keyLines(text);
  try {
    return { table: parse(text), lines };
  } catch (cause) {
    const line = cause instanceof TomlError ? cause.line : 1;
    // The first line only: the rest quotes the file, which may hold secrets.
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'cannot be read';
    return { table: {}, lines, error: { message: message.replace(/^Invalid TOML document: /, ''), line } };
  }
}

/** Longer than any key; what follows on the line is its value. */
const MAX_KEY = 400;
const HEADER = /^\s*\[(\[?)\s*([^\]]+?)\s*\]/;
const KEY = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$/;

/** The parser keeps no positions, so keys are looked up in the text, line by line. */
function keyLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const counts = new Map<string, number>();
  let prefix = '';
  let closing: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (closing !== undefined) {
      if (line.includes(closing)) closing = undefined;
      continue;
    }
    const head = line.slice(0, MAX_KEY);
    const header = HEADER.exec(head);
    if (header?.[2] !== undefined) prefix = enterTable(dotted(header[2]), header[1] === '[', counts);
    const key = header ? undefined : KEY.exec(head);
    const at = key?.[1] === undefined ? prefix : join(prefix, dotted(key[1]));
    if ((header || key) && !lines.has(at)) lines.set(at, index + 1);
    closing = opensMultiline(key ? line : '');
  }
  return lines;
}

function enterTable(name: string, isElement: boolean, counts: Map<string, number>): string {
  // A sub-table of an element belongs to the element last begun.
  const parts = name.split('.');
  const inside = parts.map((_, index) => parts.slice(0, index + 1).join('.'));
  if (isElement) counts.set(name, (counts.get(name) ?? -1) + 1);
  return inside.map((path, index) => `${parts[index]}${counts.has(path) ? `.${counts.get(path)}` : ''}`).join('.');
}

function opensMultiline(value: string): string | undefined {
  const quotes = /"""|'''/.exec(value)?.[0];
  return quotes !== undefined && value.split(quotes).length === 2 ? quotes : undefined;
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
