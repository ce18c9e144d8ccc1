import { type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource } from '../rust/source.ts';

/** The code that runs for a subcommand: an arm of a `match`, or the block of an `if let`. */
export interface Arm {
  readonly source: RustSource;
  readonly start: number;
  readonly end: number;
  readonly code: string;
}

/** After the pattern: more patterns, a guard, then the arrow. */
const ARROW = /[\s)]*(?:\|[^=;{}]{0,400})?(?:\bif\b[^;{}]{0,200}?)?=>\s*/y;
/** `= cli.command {` after the pattern of an `if let`. */
const IF_LET = /[\s)]*=(?![=>])[^;{}]{1,300}\{/y;
const MAX_ARMS = 50;
/** What is longer is a file that ends in the middle. */
const MAX_CODE = 50_000;

/** Every piece of code that handles a variant, e.g. `Command::Run(args) => …`. */
export function armsOf(program: Program, enumName: string, variant: string): Arm[] {
  return sourcesWith(program, [variant])
    .flatMap((source) => {
      const pattern = patternFor(program, source, enumName, variant);
      return pattern === undefined
        ? []
        : [...source.code.matchAll(pattern)]
            .slice(0, MAX_ARMS)
            .flatMap((match) => armAfter(source, match.index, match.index + match[0].length));
    })
    .slice(0, MAX_ARMS);
}

/** How a file may write the variant: behind its enum, `Self`, another name for it, or alone after `use Command::*`. */
function patternFor(program: Program, source: RustSource, enumName: string, variant: string): RegExp | undefined {
  const { code } = source;
  const imports = [...(program.imports.get(source) ?? [])];
  const names = imports
    .filter(([local, path]) => path.at(-1) === enumName && local !== enumName)
    .map(([local]) => local);
  if (code.includes(enumName)) names.push(enumName);
  // `Self::Run` means this enum only where the enum is.
  if (new RegExp(`\\bimpl\\b[^{]{0,200}\\b${enumName}\\b`).test(code)) names.push('Self');
  const isBare =
    imports.some(([local, path]) => local === variant && path.at(-2) === enumName) ||
    new RegExp(`\\buse\\s+[\\w:\\s]{0,200}\\b${enumName}\\s*::\\s*\\*`).test(code);
  if (names.length === 0 && !isBare) return undefined;
  const qualified = names.length === 0 ? [] : [`\\b(?:${names.join('|')})\\s*::\\s*${variant}\\b\\s*`];
  return new RegExp([...qualified, ...(isBare ? [`(?<![:.\\w]\\s{0,4})\\b${variant}\\b\\s*`] : [])].join('|'), 'g');
}

function armAfter(source: RustSource, start: number, afterName: number): Arm[] {
  const { code } = source;
  const hasPayload = code[afterName] === '(' || code[afterName] === '{';
  const after = hasPayload ? closeOf(source, afterName) + 1 : afterName;
  const before = code.slice(Math.max(0, start - 160), start);
  // `if matches!(cli.command, Command::Run { .. }) { … }`, `if cli.command == Command::Run { … }`
  const asked = /\bif\s+(?:matches\s*!\s*\([^;{}]{1,120},\s*|[\w.&*\s]{1,80}==\s*)(?:\w+\s*::\s*)*$/.test(before);
  if (asked) {
    // Behind `==` stands a value: the brace that follows it is the block.
    const from = before.includes('==') ? afterName : after;
    const block = /^[\s)]*\{/.exec(code.slice(from, from + 40));
    return block ? [blockArm(source, from + block[0].length - 1)] : [];
  }
  if (/\blet\s+(?:Some\s*\(\s*|Ok\s*\(\s*)?(?:&\s*)?(?:\w+\s*::\s*)*$/.test(before)) {
    IF_LET.lastIndex = after;
    const isIf = /\b(?:if|while)\s+let\b[^=;{}]{0,120}$/.test(before);
    return isIf && IF_LET.test(code) ? [blockArm(source, IF_LET.lastIndex - 1)] : [];
  }
  ARROW.lastIndex = after;
  return ARROW.test(code) ? [armBody(source, ARROW.lastIndex)] : [];
}

function blockArm(source: RustSource, open: number): Arm {
  const end = closeOf(source, open);
  return { source, start: open, end, code: source.code.slice(open, Math.min(end, open + MAX_CODE)) };
}

/** What stands behind an arrow: a block, or an expression up to its comma. */
function armBody(source: RustSource, start: number): Arm {
  const { code } = source;
  if (code[start] === '{') return blockArm(source, start);
  let at = start;
  for (; at < code.length; at++) {
    const char = code[at];
    if (char === ',' || char === '}') break;
    if (char === '(' || char === '[' || char === '{') at = closeOf(source, at);
  }
  const end = Math.min(at, code.length);
  return { source, start, end, code: code.slice(start, Math.min(end, start + MAX_CODE)) };
}

/** After the text: the matches that clap gives, more texts, a guard, then the arrow. */
const TEXT_ARROW =
  /\s*(?:,\s*(?:Some\s*\(\s*)?(?:ref\s+)?\w+\s*\)?)?[\s)]*(?:\|[^=;{}]{0,400})?(?:\bif\b[^;{}]{0,200}?)?=>\s*/y;

/** The arm behind a text pattern: `"run" => …`, `Some(("run", matches)) => …`. */
export function armAfterText(source: RustSource, end: number): Arm | undefined {
  TEXT_ARROW.lastIndex = end;
  return TEXT_ARROW.test(source.code) ? armBody(source, TEXT_ARROW.lastIndex) : undefined;
}

/** Arms of a command that a builder names: in a `match` of its matches, or `subcommand_matches("run")`. */
export function armsOfText(program: Program, name: string): Arm[] {
  const words = ['subcommand', 'subcommand_matches', 'subcommand_name', 'remove_subcommand'];
  return sourcesWith(program, words)
    .flatMap((source) =>
      literalsIn(source, 0, source.code.length)
        .filter(({ value }) => value === name)
        .flatMap(({ start, end }) => {
          if (/\bsubcommand_matches\s*\(\s*$/.test(source.code.slice(Math.max(0, start - 60), start))) {
            const block = /^[\s)]*\{/.exec(source.code.slice(end, end + 60));
            return block ? [blockArm(source, end + block[0].length - 1)] : [];
          }
          return armAfterText(source, end) ?? [];
        }),
    )
    .slice(0, MAX_ARMS);
}
