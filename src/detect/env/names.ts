import type { RustFunction } from '../rust/functions.ts';
import { type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource, splitList } from '../rust/source.ts';

/** What stands where the name of a variable belongs. */
export type Named =
  | { readonly names: readonly string[] }
  /** The function is told the name, or a part of it. */
  | { readonly parameter: string; readonly before: string; readonly after: string };

const CONSTANT = /^\s*&?\s*(?:\w+\s*::\s*)*([A-Z][A-Z0-9_]*)\s*(?:\.\s*\w+\s*\(\s*\)\s*)?,?\s*$/;
const MAX_ARGUMENT = 600;
const LOOK_BACK = 3000;

/** The names that an argument stands for: a text, a constant, a format of them, or a variable that holds such. */
export function namesIn(
  program: Program,
  source: RustSource,
  start: number,
  end: number,
  within: RustFunction | undefined,
): Named | undefined {
  const text = textOf(program, source, start, end);
  if (typeof text === 'string') return isName(text) ? { names: [text] } : undefined;
  if (text !== undefined) return text;
  const name = /^\s*&{0,2}\s*(\w+)\s*(?:\.\s*(?:as_str|as_ref|clone|to_string|into)\s*\(\s*\)\s*)?$/.exec(
    source.code.slice(start, Math.min(end, start + MAX_ARGUMENT)),
  )?.[1];
  if (name === undefined || within === undefined) return undefined;
  const local =
    fromLet(program, source, name, within.bodyStart, start) ?? fromLoop(program, source, name, within.bodyStart, start);
  return local ?? { parameter: name, before: '', after: '' };
}

/** Names of variables: what a shell can set. */
export function isName(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z_]\w{0,120}$/.test(text);
}

/** A text that can be told without running anything; a format with one open hole is a parameter. */
function textOf(program: Program, source: RustSource, start: number, end: number): string | Named | undefined {
  const code = source.code.slice(start, Math.min(end, start + MAX_ARGUMENT));
  if (/^\s*&?\s*[bcr#]*"/.test(code)) return literalsIn(source, start, Math.min(end, start + MAX_ARGUMENT))[0]?.value;
  const constant = CONSTANT.exec(code)?.[1];
  if (constant !== undefined) return program.constants.get(constant);
  const macro = /^\s*&?\s*(?:std\s*::\s*)?(format|concat)\s*!\s*[([{]/.exec(code);
  if (!macro) return undefined;
  const parts = splitList(source, start + macro[0].length - 1);
  if (macro[1] === 'format') return formatted(program, source, parts);
  const texts = parts.map(([from, to]) => textOf(program, source, from, to));
  return texts.every((text) => typeof text === 'string') ? texts.join('') : undefined;
}

function formatted(
  program: Program,
  source: RustSource,
  [first, ...rest]: readonly (readonly [number, number])[],
): string | Named | undefined {
  const template = first && literalsIn(source, first[0], first[1])[0]?.value;
  if (template === undefined || template.length > MAX_ARGUMENT) return undefined;
  const named = new Map<string, string>();
  const inOrder: (string | undefined)[] = [];
  for (const [start, end] of rest) {
    const code = source.code.slice(start, end);
    const name = /^\s*(\w+)\s*=(?!=)/.exec(code);
    const text = textOf(program, source, start + (name?.[0].length ?? 0), end);
    if (typeof text === 'string') {
      if (name?.[1] !== undefined) named.set(name[1], text);
      else inOrder.push(text);
    } else inOrder.push(undefined);
  }
  let hole: { name: string; at: number } | undefined;
  let next = 0;
  const parts: string[] = [];
  let done = 0;
  for (const match of template.matchAll(/\{(\w*)\}/g)) {
    parts.push(template.slice(done, match.index));
    done = match.index + match[0].length;
    const key = match[1] ?? '';
    const position = key === '' ? next++ : /^\d+$/.test(key) ? Number(key) : undefined;
    const text = position === undefined ? (named.get(key) ?? program.constants.get(key)) : inOrder[position];
    if (text !== undefined) parts.push(text);
    else {
      const written = position === undefined ? key : argumentName(source, rest[position]);
      if (hole !== undefined || written === undefined) return undefined;
      hole = { name: written, at: parts.join('').length };
    }
  }
  const whole = parts.join('') + template.slice(done);
  return hole === undefined
    ? whole
    : { parameter: hole.name, before: whole.slice(0, hole.at), after: whole.slice(hole.at) };
}

function argumentName(source: RustSource, range: readonly [number, number] | undefined): string | undefined {
  return range && /^\s*&?\s*([a-z_]\w*)\s*$/.exec(source.code.slice(...range))?.[1];
}

/** `let name = …;` above it in the same function. */
function fromLet(program: Program, source: RustSource, name: string, from: number, to: number): Named | undefined {
  const pattern = new RegExp(`\\blet\\s+(?:mut\\s+)?${name}\\s*(?::[^=;]{0,80})?=(?!=)\\s*`, 'g');
  const last = [...source.code.slice(Math.max(from, to - LOOK_BACK), to).matchAll(pattern)].at(-1);
  if (!last) return undefined;
  const start = Math.max(from, to - LOOK_BACK) + last.index + last[0].length;
  const stop = source.code.slice(start, start + MAX_ARGUMENT).indexOf(';');
  const text = stop < 0 ? undefined : textOf(program, source, start, start + stop);
  if (typeof text === 'string') return isName(text) ? { names: [text] } : undefined;
  return text;
}

/** `for name in ["A", "B"]`, `NAMES.iter().map(|name| …)`. */
function fromLoop(program: Program, source: RustSource, name: string, from: number, to: number): Named | undefined {
  const begin = Math.max(from, to - LOOK_BACK);
  const before = source.code.slice(begin, to);
  const loop = [...before.matchAll(new RegExp(`\\bfor\\s+&?${name}\\s+in\\s+&?\\s*`, 'g'))].at(-1);
  if (loop) return listAt(program, source, begin + loop.index + loop[0].length);
  const closure = new RegExp(`\\|\\s*&{0,2}\\s*${name}\\s*(?::[^|]{0,60})?\\|`, 'g');
  const last = [...before.matchAll(closure)].at(-1);
  if (!last) return undefined;
  const chain = before.slice(0, last.index);
  const iterated = [...chain.matchAll(/([A-Z][A-Z0-9_]*|\])\s*\.\s*(?:iter|into_iter)\s*\(\s*\)/g)].at(-1);
  if (!iterated || /[;{]/.test(chain.slice(iterated.index + iterated[0].length))) return undefined;
  const at = begin + iterated.index;
  return listAt(program, source, iterated[1] === ']' ? openingOf(source, at, begin) : at);
}

function openingOf({ code }: RustSource, close: number, from: number): number {
  let depth = 0;
  for (let at = close; at >= from; at--) {
    if (code[at] === ']') depth++;
    else if (code[at] === '[' && --depth === 0) return at;
  }
  return close;
}

/** The texts of a list that is written there, or of a constant that is named there. */
function listAt(program: Program, source: RustSource, at: number): Named | undefined {
  const head = /^\s*(?:&\s*)?(?:vec\s*!\s*)?(?:(\[)|(?:\w+\s*::\s*)*([A-Z][A-Z0-9_]*)\b)/.exec(
    source.code.slice(at, at + 200),
  );
  if (!head) return undefined;
  const texts =
    head[1] === undefined
      ? constantList(program, head[2] ?? '')
      : literalsIn(source, at, closeOf(source, at + head[0].length - 1)).map(({ value }) => value);
  const names = texts.filter(isName);
  return names.length === 0 ? undefined : { names };
}

function constantList(program: Program, name: string): readonly string[] {
  const pattern = new RegExp(`\\b(?:const|static)\\s+${name}\\s*:[^=]{1,80}=\\s*&?\\s*\\[`);
  for (const source of sourcesWith(program, [name])) {
    const match = pattern.exec(source.code);
    if (!match) continue;
    const open = match.index + match[0].length - 1;
    return literalsIn(source, open, closeOf(source, open)).map(({ value }) => value);
  }
  return [];
}
