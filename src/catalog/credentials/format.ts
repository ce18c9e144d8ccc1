/** Formats that a credential can be checked against; the same names as in `trading-setup.yaml`. */
export const FORMATS = [
  'any',
  'evm-address',
  'evm-private-key',
  'hex-32',
  'token',
  'uuid',
  'base64',
  'pem-private-key',
  'https-url',
  'ws-url',
] as const;
export type Format = (typeof FORMATS)[number];

const ADDRESS_DIGITS = 40;
const PRIVATE_KEY_DIGITS = 64;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** What is wrong with a value, in words that never contain it; undefined: nothing. */
export function checkFormat(format: Format, value: string): string | undefined {
  if (value.trim() === '') return 'it is empty';
  if (value !== value.trim()) return 'it has a space or a line break at its start or end';
  if (format === 'any') return undefined;
  if (/^(["'`]).*\1$/s.test(value)) return 'it stands in quotes: enter it without them';
  return CHECKS[format](value);
}

const CHECKS: Readonly<Record<Exclude<Format, 'any'>, (value: string) => string | undefined>> = {
  'evm-address': (value) => checkHex(value, ADDRESS_DIGITS, 'an address'),
  'evm-private-key': (value) => checkHex(value, PRIVATE_KEY_DIGITS, 'a private key'),
  'hex-32': checkHex32,
  token: (value) => (/^[\x21-\x7e]+$/.test(value) ? undefined : 'it is one word of letters, digits and signs'),
  uuid: (value) => (UUID.test(value) ? undefined : `it is ${PATTERN_OF_UUID}`),
  base64: (value) =>
    BASE64.test(value) ? undefined : 'it is base64: letters, digits, + and / (or - and _), and = at its end',
  'pem-private-key': checkPem,
  'https-url': (value) => checkUrl(value, ['https:'], 'it starts with https://'),
  'ws-url': (value) => checkUrl(value, ['ws:', 'wss:'], 'it starts with wss:// (or ws:// inside your own network)'),
};

const PATTERN_OF_UUID = '32 hexadecimal digits in groups of 8, 4, 4, 4 and 12 with a dash between them';

function checkHex(value: string, digits: number, what: string): string | undefined {
  const wanted = `${what} is 0x and ${digits} hexadecimal digits`;
  if (!value.startsWith('0x')) return `it does not start with 0x: ${wanted}`;
  const body = value.slice(2);
  if (!/^[0-9a-fA-F]*$/.test(body)) return `it contains something else than hexadecimal digits: ${wanted}`;
  if (body.length !== digits) return `it has ${digitsOf(body)} after 0x${confused(body.length, digits)}: ${wanted}`;
  if (/^0+$/.test(body)) return 'it is all zeros';
  return undefined;
}

function digitsOf({ length }: string): string {
  return length === 1 ? '1 digit' : `${length} digits`;
}

/** The two are easily pasted into each other's place. */
function confused(length: number, wanted: number): string {
  if (length === ADDRESS_DIGITS && wanted === PRIVATE_KEY_DIGITS) return ', like an address';
  if (length === PRIVATE_KEY_DIGITS && wanted === ADDRESS_DIGITS) return ', like a private key';
  return '';
}

function checkHex32(value: string): string | undefined {
  const wanted = 'it is 32 bytes, written as 64 hexadecimal digits';
  if (/^0x/i.test(value)) return `it starts with 0x: ${wanted} and nothing before them`;
  if (!/^[0-9a-fA-F]*$/.test(value)) return `it contains something else than hexadecimal digits: ${wanted}`;
  if (value.length !== 64) return `it has ${digitsOf(value)}: ${wanted}`;
  return /^0+$/.test(value) ? 'it is all zeros' : undefined;
}

/** With its lines, or with `\n` written out between them, as many programs want it in one line. */
function checkPem(value: string): string | undefined {
  const wanted = 'a private key in PEM stands between BEGIN and END lines';
  const lines = value.split(/\r?\n|\\n/).map((line) => line.trim());
  const [first = '', ...rest] = lines;
  const last = rest.at(-1) ?? '';
  if (/^-----BEGIN (?:[A-Z0-9]+ )?PUBLIC KEY-----$/.test(first)) return `it is a public key: ${wanted}`;
  if (
    /^-----BEGIN ENCRYPTED PRIVATE KEY-----$/.test(first) ||
    lines.some((line) => /^Proc-Type:.*ENCRYPTED/.test(line))
  )
    return 'it is locked with a passphrase that the program does not know';
  const kind = /^-----BEGIN ((?:[A-Z0-9]+ )?PRIVATE KEY)-----$/.exec(first)?.[1];
  if (kind === undefined) return `it does not start with a BEGIN line: ${wanted}`;
  if (last !== `-----END ${kind}-----`) return `its END line is missing: ${wanted}`;
  const body = rest.slice(0, -1).join('');
  return body.length >= 32 && BASE64.test(body) ? undefined : `what is between its lines is no key: ${wanted}`;
}

/** Whether a value is a private key in PEM: the one kind that may have several lines. */
export function isPem(value: string): boolean {
  return value.trim().startsWith('-----BEGIN ') && checkPem(value.trim()) === undefined;
}

function checkUrl(value: string, schemes: readonly string[], wanted: string): string | undefined {
  if (/\s/.test(value)) return 'it has a space in it';
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // Another scheme may be the first half of a password: it is not repeated.
  if (url === undefined || url.hostname === '' || !/^(?:https?|wss?):$/.test(url.protocol))
    return `it is no address of this kind: ${wanted}`;
  return schemes.includes(url.protocol) ? undefined : `it starts with ${url.protocol}//: ${wanted}`;
}
