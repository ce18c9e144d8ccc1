import {
  type Alias,
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { SetupError } from '../errors.ts';

/** A place in a text, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A YAML text as plain data that knows where each of its values stands. */
export interface YamlText {
  readonly value: unknown;
  /** Where the value at a path stands, or its key; of what is not there, the nearest map or list around it. */
  placeOf(path: readonly PropertyKey[], what: 'key' | 'value'): Place | undefined;
}

/**
 * Reads a YAML text, whatever it holds: aliases that multiply and lists without end are refused, not followed.
 * @param from the file, for the sentence. What stands in it is not repeated: it may be a secret in the wrong place.
 * @throws SetupError exit 2 `invalid-yaml` with line and column.
 */
export function readYaml(text: string, from: string): YamlText {
  const lines = new LineCounter();
  const document = guarded(from, () => parseDocument(text, { lineCounter: lines, prettyErrors: false }));
  const [error] = document.errors;
  if (error) throw wrong(from, inWords(error.message), placeIn(lines, error.pos[0]));
  const value = plain(document, (why, alias) => wrong(from, why, placeIn(lines, alias?.range?.[0])));
  return { value, placeOf: (path, what) => placeIn(lines, offsetOf(document, path, what)) };
}

/**
 * The library recurses; what is nested deeper than its stack has no place. It makes an error for every letter that is
 * too many, of which the first is told: without stack traces a hundred thousand of them are no matter.
 */
function guarded<T>(from: string, read: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw wrong(from, TOO_DEEP, undefined);
    throw error;
  } finally {
    Error.stackTraceLimit = limit;
  }
}

const TOO_DEEP = 'nested too deep';

function inWords(message: string): string {
  return message.startsWith('Maximum call stack') ? TOO_DEEP : message.replace(/; please use YAML\..*/, '');
}

/** The document as data; aliases are followed as far as they stay small and end. */
function plain(document: Document.Parsed, wrongAt: (why: string, alias: Alias | undefined) => SetupError): unknown {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  try {
    const value: unknown = document.toJS();
    // Something inside itself has no end for whoever walks through it.
    if (aliases.length > 0) JSON.stringify(value);
    return value;
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof TypeError || error instanceof RangeError)) throw error;
    const lost = aliases.find((alias) => alias.resolve(document) === undefined);
    throw wrongAt(lost ? 'an alias without its anchor' : 'aliases that multiply or never end', lost ?? aliases.at(-1));
  }
}

function wrong(from: string, message: string, place: Place | undefined): SetupError {
  const [first = 'no YAML'] = message.split('\n');
  const where = place ? `${from}:${place.line}:${place.column}` : from;
  return new SetupError('usage', `${where}: ${first.replace(/\.$/, '')}.`, {
    code: 'invalid-yaml',
    next: [`Correct ${place ? `line ${place.line} of ` : ''}${from}, then run the same command again.`],
  });
}

function placeIn(lines: LineCounter, offset: number | undefined): Place | undefined {
  if (offset === undefined) return undefined;
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], what: 'key' | 'value'): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [index, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => keyOf(key) === String(step)) : undefined;
    const next: unknown = pair ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined;
    if (pair === undefined && next === undefined) return offset;
    const last = index === path.length - 1;
    const found =
      last && what === 'value' ? (startOf(next) ?? startOf(pair?.key)) : (startOf(pair?.key) ?? startOf(next));
    offset = found ?? offset;
    node = next;
  }
  return offset;
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key);
  return isNode(node) ? node.range?.[0] : undefined;
}
