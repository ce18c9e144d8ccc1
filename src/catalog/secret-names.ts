import { REDACTED } from '../secret.ts';
import { credentialFor } from './credentials/index.ts';

/** Words that make a name secret wherever they stand, and those that do so at its end. */
const ANYWHERE =
  /(?:^|_)(?:SECRETS?|PASSWORD|PASSWD|PASSPHRASE|PRIVATE|MNEMONIC|CREDENTIALS?|(?:API|ACCESS)_?KEYS?)(?:_|$)/;
const AT_END = /(?:^|_)(?:KEYS?|TOKEN|AUTH|SEED|PASS|PIN)$/;
/** What only points at a secret, or is no secret at all. `X_PRIMARY_KEY` is what clouds call the first of two keys. */
const HARMLESS =
  /(?:^|_)PUBLIC(?:_|$)|(?:^|_)FOREIGN_KEYS?$|^PRIMARY_KEYS?$|_(?:PATH|FILE|DIR|ID|NAME|URL|URI|ADDRESS|TTL|SECS|SECONDS|COUNT|LENGTH|LEN)$/;

/** Whether the name of a variable or config key, in any case, says that its value is secret. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  const known = credentialFor(name) ?? credentialFor(words);
  if (known) return known.credential.secret;
  return !HARMLESS.test(words) && (ANYWHERE.test(words) || AT_END.test(words));
}

/** Texts that are a secret under any name. Of an image's digest, and of a template such as `${NAME|url}`, none is. */
const VALUES: readonly RegExp[] = [
  // The hash of an order stands on the chain.
  /(?<![0-9a-z]|sha256:|\bORDER_HASH["'`]?\s{0,3}[:=]\s{0,3}["'`]?)(?:0x)?[0-9a-f]{64}(?![0-9a-z])/gi,
  /AGE-SECRET-KEY-\w+/gi,
  /\b(?:[sr]k_(?:live|test)|gh[opsu]|github_pat|glpat|npm|xox[abprs])[_-][\w-]{8,}/g,
  // `Authorization: Bearer …`, and a token behind such a word anywhere; words about it have no digits.
  /(?<=\bauthorization["'`]?\s*[:=]\s*["'`]?(?:[a-z][\w-]*\s+)?)(?!(?:basic|bearer|digest|token|apikey)\b)[\w.~+/=-]{6,}(?=["'`,;\s]|$)/gi,
  /(?<=\b(?:basic|bearer|token|apikey)\s+)(?=[\w.~+/=-]*\d)[\w.~+/=-]{16,}/gi,
  // A bot of Telegram.
  /(?<!\w)\d{8,12}:AA[\w-]{30,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{12,}|\bsk-[\w-]{20,}|\bAIza[\w-]{30,}|\beyJ[\w-]{10,}\.eyJ[\w.-]+/g,
  // The password of a URL; `host:8080/a@b` is a port.
  /(?<=:\/\/[^/?#\s:@]*:)(?!\d{1,5}(?:[/?#"',\s]|$))(?!(?:\$\{[^}\s]*\})+@)[^\s@]+(?=@)/g,
];
const PEM_BEGIN = /-----BEGIN [A-Z0-9 ]+-----/;
const PEM_END = /-----END [A-Z0-9 ]+-----/;

/** Whether a text holds what is a secret wherever it stands: a key, a token of a known kind, a URL with a password. */
export function holdsSecret(text: string): boolean {
  return PEM_BEGIN.test(text) || VALUES.some((pattern) => text.search(pattern) !== -1) || withoutUrlKeys(text) !== text;
}

const WEB = /\b(?:https?|wss?):[\\/]{2}[^\s"'`<>]+/gi;
/** `?apikey=…`, in the part behind `#` too. */
const QUERY = /(?<=[?&;#])([\w.-]+)=((?!\$\{)[^&;#\s]+)/g;
/** A part of a path that is long enough for a key. */
const SEGMENT = /(?<=[\\/])(?!\$\{)[\w~.:%+=-]{20,}(?=[\\/?#,]|$)/g;
/** What posts to a room without any login: whoever knows the address may. */
const WEBHOOK =
  /(?<=[\\/](?:api\.telegram\.org[\\/]bot|(?:hooks\.slack\.com[\\/](?:services|workflows|triggers)|(?:\w+\.)?discord(?:app)?\.com[\\/]api(?:[\\/]v\d+)?[\\/]webhooks[\\/]\d+|[\w.-]+\.webhook\.office\.com[\\/]webhookb2|hooks\.zapier\.com[\\/]hooks[\\/]catch|maker\.ifttt\.com[\\/]trigger[\\/][\w-]+[\\/](?:json[\\/])?with[\\/]key|open\.(?:feishu\.cn|larksuite\.com)[\\/]open-apis[\\/]bot[\\/]v2[\\/]hook)[\\/]))(?!\$\{|\[secret\])[^?#\\/\s][^?#\s]*/i;
const CHAIN_ADDRESS = /^0x[0-9a-f]{40}$/i;
/** Between a letter and a digit, or a small letter and a large one. */
const CHANGE = /[a-z](?=\d)|\d(?=[a-z])/gi;
const CAMEL = /[a-z](?=[A-Z])/g;
/** So many signs stand between two changes in what people write; in a random text there are two or three. */
const SIGNS_PER_CHANGE = 6;

/** A text whose web addresses no longer hold keys: providers of nodes, and rooms that can be posted to, put them there. */
export function withoutUrlKeys(text: string): string {
  if (!/(?:http|ws)s?:/i.test(text)) return text;
  return text.replace(WEB, (url) =>
    url
      .replace(WEBHOOK, REDACTED)
      .replace(QUERY, (whole, name: string) => (isSecretName(name) ? `${name}=${REDACTED}` : whole))
      // The host is no part of the path.
      .replace(/(?<=^\w+:[\\/]{2}[^\\/?#]*)[\\/][^?#]*/, (path) =>
        path.replace(SEGMENT, (part) => (isRandom(part) ? REDACTED : part)),
      ),
  );
}

function isRandom(part: string): boolean {
  if (CHAIN_ADDRESS.test(part)) return false;
  const changes = (part.match(CHANGE)?.length ?? 0) + (part.match(CAMEL)?.length ?? 0);
  return /^[0-9a-f]{32,}$|\d{20}/i.test(part) || changes * SIGNS_PER_CHANGE > part.length;
}

/** `KEY=value`, `"key": value`, `ENV KEY value`. */
const KEY = /(?:^\s*ENV\s+([\w.-]+)\s+|([\w.-]+)["'`]?\s*[:=]+\s*)(?=\S)/gi;
/** Values that say nothing: templates, their quotes, an opened list or map. */
const EMPTY = /^(?:\$\{[^}\s]*\}|["'`\s,;[\]{}()])*$/;

/** `key: |`, `key: >-`: what follows deeper is its text. `key:` alone may have one below, or a map. */
const YAML_BLOCK = /^(\s*(?:- +)*)["']?([\w.-]+)["']?\s*:\s*(?:[!&]\S+\s+)*([|>][+\-\d]*)?\s*(?:#.*)?$/;
/** `key = """` of TOML, and of Python. */
const QUOTED_BLOCK = /^\s*["']?([\w.-]+)["']?\s*=\s*[bfr]*("""|''')/i;
/** Below a `key:` these say that it is a map or a list. */
const NESTED = /^\s*(?:-(?:\s|$)|["']?[\w.-]+["']?\s*:(?:\s|$)|#|\/\/)/;

/** A value of several lines that is open. */
type Open =
  | { readonly until: RegExp }
  /** Deeper than so many blanks; `plain`: without a sign that says so. */
  | { readonly indent: number; readonly plain: boolean };

function openedBy(line: string): Open | undefined {
  const [, quotedName = '', quotes] = QUOTED_BLOCK.exec(line) ?? [];
  if (quotes !== undefined && isSecretName(quotedName))
    return line.split(quotes).length > 2 ? undefined : { until: quotes === '"""' ? /"""/ : /'''/ };
  const [, before = '', name = '', sign] = YAML_BLOCK.exec(line) ?? [];
  return name !== '' && isSecretName(name) ? { indent: before.length, plain: sign === undefined } : undefined;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** A line of an open value; undefined where the value has ended before it. */
function withinOpen(line: string, open: Open): string | undefined {
  if ('until' in open) {
    const end = open.until.exec(line);
    return end === null ? REDACTED : `${REDACTED}${line.slice(end.index)}`;
  }
  if (line.trim() === '') return line;
  if (indentOf(line) <= open.indent || (open.plain && NESTED.test(line))) return undefined;
  return `${line.slice(0, indentOf(line))}${REDACTED}`;
}

/** The cells of a row of a table in Markdown beside the name of a secret, where they look like values. */
function withoutCells(line: string): string {
  if (!/^\s*\|.*\|\s*$/.test(line)) return line;
  const cells = line.split('|');
  const names = cells.map((cell) => /^[\w.-]+$/.test(bare(cell)) && isSecretName(bare(cell)));
  if (!names.includes(true)) return line;
  const shown = (cell: string, at: number): boolean => names[at] === true || !isValue(bare(cell));
  return cells.map((cell, at) => (shown(cell, at) ? cell : cell.replace(bare(cell), () => REDACTED))).join('|');
}

function bare(cell: string): string {
  return cell.trim().replace(/^[`*"']+|[`*"']+$/g, '');
}

/** One word with a digit or of two kinds of letters, which is no name, template, number or place-holder. */
function isValue(cell: string): boolean {
  if (!/^\S{6,}$/.test(cell) || /^[[<${:.-]|^[A-Z][A-Z0-9_]+$|^\d[\d.,_]*$/.test(cell) || /^\w+:\/\//.test(cell))
    return false;
  return /\d/.test(cell) || /[a-z][A-Z]|[!@#$%^&*+=]/.test(cell);
}

function withoutSecret(line: string): string {
  const open = openedBy(line);
  // There is no value in it yet.
  if (open && 'indent' in open) return line;
  for (const match of line.matchAll(KEY)) {
    const start = match.index + match[0].length;
    if (isSecretName(match[1] ?? match[2] ?? '') && !EMPTY.test(line.slice(start)))
      return `${line.slice(0, start)}${REDACTED}`;
  }
  return withoutUrlKeys(VALUES.reduce((text, pattern) => text.replace(pattern, REDACTED), withoutCells(line)));
}

/** A text of as many lines without what looks secret in them, by its name or by itself. */
export function withoutSecrets(text: string): string {
  let inPem = false;
  let open: Open | undefined;
  const lines = text.split('\n').map((line) => {
    inPem ||= PEM_BEGIN.test(line);
    const within = open && withinOpen(line, open);
    if (open && (within === undefined || ('until' in open && open.until.test(line)))) open = undefined;
    const shown = inPem ? REDACTED : (within ?? withoutSecret(line));
    if (within === undefined && !inPem) open = openedBy(line);
    if (PEM_END.test(line)) inPem = false;
    return shown;
  });
  return lines.join('\n');
}
