import type { Overlay, OverlayValue } from '../stack/overlay.ts';

function leaves(value: OverlayValue, path: readonly string[] = []): readonly (readonly [string, OverlayValue])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path.join('.'), value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command that gives the same result without questions. */
export function equivalentCommand(decided: Overlay): string {
  const sets = leaves(decided).map(([path, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `--set ${quoted(`${path}=${text}`)}`;
  });
  return ['npx trading-setup init --yes', ...sets].join(' ');
}
