/** A generator of the same numbers for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
  };
}

/** Pieces that parsers stumble over. */
const PIECES = [
  '"',
  "'",
  '`',
  '"""',
  "'''",
  '/*',
  '*/',
  '//',
  '--',
  '#',
  '#[',
  '#![cfg(test)]',
  '#[cfg(test)]',
  'r#"',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '[[',
  '<',
  '>',
  '::',
  '=>',
  '=',
  ':',
  ';',
  ',',
  '\\',
  '\0',
  '\r',
  '\r\n',
  '\n',
  '\t',
  '\u{feff}',
  '\u{2028}',
  'é',
  '🦀',
  '${',
  '$$',
  '&a',
  '*a',
  '<<: *a',
  '!!js/function',
  '- ',
  '? ',
  '| \n',
  '%YAML 9.9\n',
  '---\n',
  '...\n',
  'use {',
  'fn f<',
  'impl ',
  'impl for ',
  'mod t {',
  'match x {',
  'env::var(',
  '.unwrap_or_else(|| ',
  '#[arg(long, env',
  'enum Command {',
  '.route("/x", ',
  'inf',
  'nan',
  '9'.repeat(400),
  '1979-05-27T07:32:00Z',
  '__proto__',
  'constructor',
  'toString',
] as const;

/** A text with one to eight mistakes in it; sometimes large, sometimes with bytes that are no UTF-8. */
export function mutated(text: string, others: readonly string[], random: (below: number) => number): Buffer {
  let result = text;
  const count = 1 + Math.floor(random(8));
  for (let done = 0; done < count; done++) result = mutateOnce(result, others, random);
  const bytes = Buffer.from(result);
  if (random(10) < 1 && bytes.length > 0) bytes[Math.floor(random(bytes.length))] = 0x80 + Math.floor(random(0x80));
  return bytes;
}

const LARGE = 200_000;

function mutateOnce(text: string, others: readonly string[], random: (below: number) => number): string {
  const at = Math.floor(random(text.length + 1));
  const end = Math.min(text.length, at + Math.floor(random(random(4) < 1 ? text.length : 20)));
  const piece = PIECES[Math.floor(random(PIECES.length))] ?? '';
  const other = others[Math.floor(random(others.length))] ?? '';
  switch (Math.floor(random(9))) {
    case 0:
      return text.slice(0, at) + text.slice(end);
    case 1:
      return text.slice(0, at) + piece + text.slice(at);
    case 2:
      return text.slice(0, at) + piece + text.slice(end);
    case 3:
      return text.slice(0, end) + text.slice(at, end) + text.slice(end);
    case 4:
      return text.slice(0, at);
    case 5:
      return text.slice(0, at) + other.slice(Math.floor(random(other.length)));
    case 6:
      return text.slice(end) + text.slice(at, end) + text.slice(0, at);
    case 7:
      return random(20) < 1 ? text.slice(0, at) + piece.repeat(LARGE / piece.length) + text.slice(at) : piece + text;
    default:
      return text.slice(0, at) + String.fromCharCode(Math.floor(random(128))) + text.slice(at + 1);
  }
}
