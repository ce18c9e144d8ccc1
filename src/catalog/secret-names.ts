import { REDACTED } from '../secret.ts';
import { credentialFor } from './credentials/index.ts';

/** Words that make a name secret wherever they stand, and those that do so at its end. */
const ANYWHERE =
  /(?:^|_)(?:SECRETS?|PASSWORD|PASSWD|PASSPHRASE|PRIVATE|MNEMONIC|CREDENTIALS?|(?:API|ACCESS)_?KEYS?)(?:_|$)/;
const AT_END = /(?:^|_)(?:KEYS?|TOKEN|AUTH|SEED|PASS|PIN)$/;
/** What only points at a secret, or is no secret at all. */
const HARMLESS = /(?:^|_)PUBLIC(?:_|$)|_(?:PATH|FILE|DIR|ID|NAME|URL|URI|ADDRESS|TTL|SECS|SECONDS|COUNT|LENGTH|LEN)$/;

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
  /(?<![0-9a-z]|sha256:)(?:0x)?[0-9a-f]{64}(?![0-9a-z])/gi,
  /AGE-SECRET-KEY-\w+/gi,
  /\b(?:[sr]k_(?:live|test)|gh[opsu]|github_pat|glpat|npm|xox[abprs])[_-][\w-]{8,}/g,
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
const CHAIN_ADDRESS = /^0x[0-9a-f]{40}$/i;
/** Between a letter and a digit, or a small letter and a large one. */
const CHANGE = /[a-z](?=\d)|\d(?=[a-z])/gi;
const CAMEL = /[a-z](?=[A-Z])/g;
/** So many signs stand between two changes in what people write; in a random text there are two or three. */
const SIGNS_PER_CHANGE = 6;

/** Providers of nodes put the key of a customer into the path or the query of their addresses. */
function withoutUrlKeys(text: string): string {
  if (!/(?:http|ws)s?:/i.test(text)) return text;
  return text.replace(WEB, (url) =>
    url
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

function withoutSecret(line: string): string {
  for (const match of line.matchAll(KEY)) {
    const start = match.index + match[0].length;
    if (isSecretName(match[1] ?? match[2] ?? '') && !EMPTY.test(line.slice(start)))
      return `${line.slice(0, start)}${REDACTED}`;
  }
  return withoutUrlKeys(VALUES.reduce((text, pattern) => text.replace(pattern, REDACTED), line));
}

/** A text of as many lines without what looks secret in them, by its name or by itself. */
export function withoutSecrets(text: string): string {
  let inPem = false;
  const lines = text.split('\n').map((line) => {
    inPem ||= PEM_BEGIN.test(line);
    const shown = inPem ? REDACTED : withoutSecret(line);
    if (PEM_END.test(line)) inPem = false;
    return shown;
  });
  return lines.join('\n');
}
