import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { leaves, lineOf, readToml } from '../toml.ts';

/** A value of a config file and its line. */
export interface ConfigValue {
  readonly value: string;
  readonly line: number;
}

/** A config file as far as it could be read. */
export interface ConfigText {
  readonly values: readonly (readonly [key: string, value: ConfigValue])[];
  readonly error?: { readonly message: string; readonly line: number };
}

/** Larger files are data. */
const MAX_SIZE = 256 * 1024;
const MAX_VALUES = 2000;
const MAX_DEPTH = 20;

/** Leaf values of TOML, YAML or JSON by dotted key. */
export function readValues(path: string, text: string): ConfigText {
  if (text.length > MAX_SIZE) return { values: [] };
  if (path.toLowerCase().endsWith('.toml')) return fromToml(text);
  return isTameYaml(text) ? fromYaml(text) : { values: [] };
}

function fromToml(text: string): ConfigText {
  const toml = readToml(text);
  const values = leaves(toml.table)
    .slice(0, MAX_VALUES)
    .map(([key, value]) => [key, { value, line: lineOf(toml, key) }] as const);
  return { values, ...(toml.error && { error: toml.error }) };
}

const MAX_YAML = 64 * 1024;
const LONG_LINE = /[^\n]{4000}/;
const NESTED_LINE = /(?:[-?:] {1,4}){30}|(?:[[{] {0,4}){100}/;
const MAX_LINES = 5000;

/** The parser's time and memory grow faster than what is nested on a line (100,000 times `? ` is its end); no config is so. */
export function isTameYaml(text: string): boolean {
  if (text.length > MAX_YAML || LONG_LINE.test(text) || NESTED_LINE.test(text)) return false;
  return text.split('\n', MAX_LINES + 1).length <= MAX_LINES;
}

/** JSON is YAML; aliases are not followed, so that no text can grow while it is read. */
function fromYaml(text: string): ConfigText {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', uniqueKeys: false, strict: false });
    const [first] = document.errors;
    if (first) {
      const { line } = lines.linePos(first.pos[0]);
      // The first line only: the rest quotes the file, which may hold secrets.
      return { values: [], error: { message: first.code.toLowerCase().replaceAll('_', ' '), line: Math.max(1, line) } };
    }
    const values: (readonly [string, ConfigValue])[] = [];
    collect(document.contents, [], lines, values);
    return { values };
  } catch {
    // Too deeply nested for the parser's own stack.
    return { values: [], error: { message: 'cannot be read', line: 1 } };
  }
}

function collect(
  node: Node | null,
  path: readonly string[],
  lines: LineCounter,
  values: (readonly [string, ConfigValue])[],
): void {
  if (node === null || values.length >= MAX_VALUES || path.length > MAX_DEPTH) return;
  if (isScalar(node)) {
    if (path.length > 0) values.push([path.join('.'), { value: textOf(node.value), line: lineOfNode(node, lines) }]);
  } else if (isMap<unknown, Node | null>(node)) {
    for (const { key, value } of node.items) {
      if (isScalar(key)) collect(value, [...path, textOf(key.value)], lines, values);
    }
  } else if (isSeq<Node | null>(node)) {
    const scalars = node.items.filter(isScalar);
    if (scalars.length === node.items.length) {
      const value = JSON.stringify(scalars.map((item) => item.value));
      if (path.length > 0) values.push([path.join('.'), { value, line: lineOfNode(node, lines) }]);
    } else for (const [index, item] of node.items.entries()) collect(item, [...path, String(index)], lines, values);
  }
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

function lineOfNode(node: Node, lines: LineCounter): number {
  return Math.max(1, lines.linePos(node.range?.[0] ?? 0).line);
}
