import { closeOf, literalsIn, type RustSource } from '../rust/source.ts';

/** What becomes of a variable that is not set. */
export interface Absence {
  readonly required: boolean;
  readonly default?: string;
}

const OPTIONAL: Absence = { required: false };
const REQUIRED: Absence = { required: true };
const GIVES_UP = /\breturn\s+Err\b|\bErr\s*\(|\b(?:bail|panic|anyhow|ensure|todo|unreachable)\s*!|\bexit\s*\(/;
const STEP = /\s*(?:(\?)|\.\s*(\w+)\s*(?:::\s*<[^;{}()]{0,200}>\s*)?(\()?)/y;
const MAX_STEPS = 20;

/** Reads the method chain after a call that looks a variable up: `.ok()`, `?`, `.unwrap_or_else(…)` … */
export function absenceAfter(source: RustSource, callEnd: number, constants: ReadonlyMap<string, string>): Absence {
  let at = callEnd;
  let isOption = false;
  // Another variable may stand in: then none of them alone is required.
  let hasSubstitute = false;
  for (let step = 0; step < MAX_STEPS; step++) {
    STEP.lastIndex = at;
    const match = STEP.exec(source.code);
    if (!match) break;
    // `?` on an Option hands on "nothing", it does not fail.
    if (match[1] !== undefined) return isOption || hasSubstitute ? OPTIONAL : REQUIRED;
    const open = match[3] === undefined ? undefined : STEP.lastIndex - 1;
    const close = open === undefined ? STEP.lastIndex : closeOf(source, open) + 1;
    const decided = decide(source, match[2] ?? '', open ?? close, close, constants);
    if (decided) return decided.required && hasSubstitute ? OPTIONAL : decided;
    if (/^or(?:_else)?$/.test(match[2] ?? '')) {
      // `or_else(|_| Err(…))` only words the failure; `or_else(|_| Ok("x"))` is a default.
      const stand = source.code.slice(open ?? close, close);
      const value = /\bOk\s*\(/.test(stand) ? onlyValue(source, open ?? close, close, constants) : undefined;
      if (value !== undefined) return { required: false, default: value };
      if (!GIVES_UP.test(stand)) hasSubstitute = true;
    }
    if (match[2] === 'ok') isOption = true;
    if (/^(?:ok_or|ok_or_else|context|with_context)$/.test(match[2] ?? '')) isOption = false;
    at = close;
  }
  return OPTIONAL;
}

function decide(
  source: RustSource,
  method: string,
  open: number,
  close: number,
  constants: ReadonlyMap<string, string>,
): Absence | undefined {
  if (method === 'expect' || method === 'unwrap') return REQUIRED;
  if (/^(?:is_ok|is_err|is_some|is_none|unwrap_or_default|is_ok_and|is_some_and)$/.test(method)) return OPTIONAL;
  if (!/^(?:unwrap_or|unwrap_or_else|map_or|map_or_else)$/.test(method)) return undefined;
  if (GIVES_UP.test(source.code.slice(open, close))) return REQUIRED;
  const value = onlyValue(source, open, close, constants);
  return value === undefined ? OPTIONAL : { required: false, default: value };
}

/** The one text, constant or number in an argument, where there is just one. */
function onlyValue(
  source: RustSource,
  open: number,
  close: number,
  constants: ReadonlyMap<string, string>,
): string | undefined {
  const texts = literalsIn(source, open, close).map(({ value }) => value);
  const code = source.code.slice(open, close);
  const named = (code.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []).flatMap((name) => constants.get(name) ?? []);
  const numbers = code.match(/^\(\s*(\d[\d_]*)(?:_?[iuf]\d+)?\s*[,)]/)?.[1]?.replaceAll('_', '');
  const all = [...texts, ...named, ...(numbers === undefined ? [] : [numbers])];
  // A text with holes is a format, not a value.
  return all.length === 1 && !/\{\w*\}/.test(all[0] ?? '') ? all[0] : undefined;
}

const LET_ELSE = /\blet\s+(?:Ok|Some)\s*\([^)]{0,100}\)\s*=\s*$/;
const MATCH = /\bmatch\s+$/;
const FAILED = /\b(?:Err\s*\([^)]{0,100}\)|None|_)\s*=>/;

/** A look-up without a chain: what the `match`, `if let` or `let … else` around it does. */
export function absenceAround(
  source: RustSource,
  callStart: number,
  callEnd: number,
  constants: ReadonlyMap<string, string>,
): Absence {
  const { code } = source;
  const before = code.slice(Math.max(0, callStart - 160), callStart);
  const open = code.indexOf('{', callEnd);
  if (open < 0 || open - callEnd > 40) return OPTIONAL;
  const close = closeOf(source, open);
  if (LET_ELSE.test(before)) {
    const isElse = /\belse\s*$/.test(code.slice(callEnd, open));
    const otherwise = /^\s*else\s*\{/.exec(code.slice(close + 1, close + 100));
    if (isElse) return GIVES_UP.test(code.slice(open, close)) ? REQUIRED : OPTIONAL;
    if (!otherwise) return OPTIONAL;
    const begin = close + otherwise[0].length;
    return otherwiseIn(source, begin, closeOf(source, begin), constants);
  }
  if (!MATCH.test(before)) return OPTIONAL;
  const failed = FAILED.exec(code.slice(open, Math.min(close, open + 4000)));
  return failed ? otherwiseIn(source, open + failed.index + failed[0].length, close, constants) : OPTIONAL;
}

/** What an arm or block that begins at an offset does without the variable. */
function otherwiseIn(source: RustSource, start: number, end: number, constants: ReadonlyMap<string, string>): Absence {
  const arm = source.code.slice(start, Math.min(end, start + 300));
  if (GIVES_UP.test(arm)) return REQUIRED;
  const length = /[,}]/.exec(arm.replace(/^\s*\{/, (text) => ' '.repeat(text.length)))?.index ?? arm.length;
  const value = onlyValue(source, start, start + length, constants);
  return value === undefined ? OPTIONAL : { required: false, default: value };
}
