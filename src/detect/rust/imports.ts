import type { RustSource } from './source.ts';

const USE = /\buse\s+([^;]{1,8000});/g;
const MAX_NAMES = 2000;
const MAX_DEPTH = 12;

/** What each imported name stands for: `backtest` → [`algo_trade_market`, `backtest`]. */
export function importsOf(source: RustSource): Map<string, readonly string[]> {
  const imports = new Map<string, readonly string[]>();
  for (const match of source.code.matchAll(USE)) expand(match[1] ?? '', [], 0, imports);
  return imports;
}

/** The code without its `use` lines: naming something there does not use it. */
export function withoutUses(code: string): string {
  return code.replace(USE, (text) => ' '.repeat(text.length));
}

function expand(tree: string, prefix: readonly string[], depth: number, imports: Map<string, readonly string[]>): void {
  if (imports.size > MAX_NAMES || depth > MAX_DEPTH) return;
  const brace = tree.indexOf('{');
  if (brace >= 0) {
    const inner = tree.slice(brace + 1, tree.lastIndexOf('}'));
    const head = [...prefix, ...segments(tree.slice(0, brace))];
    for (const part of splitTop(inner)) expand(part, head, depth + 1, imports);
    return;
  }
  const [path = '', alias] = tree.split(/\bas\b/);
  const full = [...prefix, ...segments(path)];
  const named = full.at(-1) === 'self' ? full.slice(0, -1) : full;
  const local = alias?.trim() ?? named.at(-1);
  if (local !== undefined && local !== '*') imports.set(local, named);
}

function segments(path: string): string[] {
  return path
    .split('::')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function splitTop(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < list.length; at++) {
    if (list[at] === '{') depth++;
    else if (list[at] === '}') depth--;
    else if (list[at] === ',' && depth === 0) {
      parts.push(list.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, list.slice(start)].filter((part) => part.trim() !== '');
}
