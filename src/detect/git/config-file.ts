/** One value of a git config file; a section and a key count without case. */
export interface ConfigEntry {
  /** e.g. `core`, `submodule`. */
  readonly section: string;
  /** What stands in quotes behind the section, e.g. the name of a submodule. */
  readonly subsection: string;
  readonly key: string;
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Reads a git config file (also `.gitmodules`); lines that make no sense are passed over. */
export function readConfig(text: string): ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  let section = '';
  let subsection = '';
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.slice(0, MAX_LINE).trim();
    const header = /^\[([\w.-]+)(?:[ \t]+"((?:[^"\\]|\\.)*)")?\]/.exec(line);
    if (header) {
      section = header[1]?.toLowerCase() ?? '';
      subsection = (header[2] ?? '').replace(/\\(.)/g, '$1');
    }
    const rest = header ? line.slice(header[0].length).trim() : line;
    const pair = /^([A-Za-z][\w-]*)[ \t]*(?:=(.*))?$/.exec(rest);
    if (pair?.[1] === undefined) continue;
    // A key without a value says yes.
    const value = pair[2] === undefined ? 'true' : plainValue(pair[2].trim());
    entries.push({ section, subsection, key: pair[1].toLowerCase(), value, line: index + 1 });
  }
  return entries;
}

const MAX_LINE = 4096;

/** Without quotes and without the comment behind it. */
function plainValue(value: string): string {
  let text = '';
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at] ?? '';
    if (character === '\\') text += value[++at] ?? '';
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '#' || character === ';')) break;
    else text += character;
  }
  return text.trimEnd();
}

/** The last value of a key. */
export function lastValue(entries: readonly ConfigEntry[], section: string, key: string): string | undefined {
  return entries.findLast((entry) => entry.section === section && entry.key === key)?.value;
}
