import { parse } from 'yaml';
import type { Overlay, OverlayValue } from '../stack/overlay.ts';

/** Every value of an overlay with its path; an empty map is one. */
export function leaves(
  value: OverlayValue,
  path: readonly string[] = [],
): readonly (readonly [string, OverlayValue])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path.join('.'), value]];
  // An empty map is a decision too, e.g. a terminal without settings.
  if (Object.keys(value).length === 0 && path.length > 0) return [[path.join('.'), value]];
  return Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : leaves(inner, [...path, key])));
}

/** A text as one word for a shell. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text as it is, unless `--set` would read something else from it: `8080` is a number, `no: #` is no text. */
function written(value: OverlayValue): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  try {
    if (parse(value) === value) return value;
  } catch {
    // No YAML at all; in quotes it is.
  }
  return JSON.stringify(value);
}

/**
 * The command that gives the same result without questions.
 * @param asked flags that it needs beside the decisions, quoted.
 */
export function equivalentCommand(decided: Overlay, asked: readonly string[] = []): string {
  const sets = leaves(decided).map(([path, value]) => `--set ${quoted(`${path}=${written(value)}`)}`);
  return ['npx trading-setup init --yes', ...asked, ...sets].join(' ');
}
