import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { placeToCut, REDACTED, redact, redactedJson, redactor, Secret } from '../src/secret.ts';
import { scramVerifier } from '../src/secrets/scram.ts';

const VALUE = 'pa ss/w"ö\'rd+(1)!';

describe('a Secret shows its value in no way but reveal', () => {
  const secret = new Secret(VALUE);
  const shown: readonly [string, () => unknown][] = [
    ['template', () => `${secret}`],
    ['concatenation', () => `x${String(secret)}`],
    ['JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspect', () => inspect({ secret }, { showHidden: true, depth: null })],
    ['inspect without custom inspection', () => inspect(secret, { customInspect: false, showHidden: true })],
    ['keys', () => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret)])],
    ['a clone', () => inspect(structuredClone(secret))],
    ['an error around it', () => inspect(new Error(`no: ${secret}`, { cause: secret }))],
    ['a URL made from it', () => `${secret.map((value) => `https://x/${value}`)}`],
  ];
  for (const [name, show] of shown) it(name, () => expect(show()).not.toContain('pa ss'));

  it('gives the value to who asks by name', () => expect(secret.reveal()).toBe(VALUE));
});

describe('redact', () => {
  new Secret(VALUE);
  const KEY = `0x${'aB3'.repeat(21)}f`;
  new Secret(KEY);
  const forms: readonly [string, string][] = [
    ['plain', VALUE],
    ['percent-encoded', encodeURIComponent(VALUE)],
    ['percent-encoded strictly', 'pa%20ss%2Fw%22%C3%B6%27rd%2B%281%29%21'],
    ['in JSON', JSON.stringify(VALUE).slice(1, -1)],
    ['percent-encoded in small letters', 'pa%20ss%2fw%22%c3%b6%27rd%2b%281%29%21'],
    ['percent-encoded in letters of both sizes', 'pa%20ss%2Fw%22%c3%B6%27rd%2b%281%29%21'],
    ['percent-encoded, every byte', [...Buffer.from(VALUE)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(VALUE))],
    ['as a field of a form', new URLSearchParams({ a: VALUE }).toString().slice(2)],
    ['in the login of a URL', new URL(`http://x:${encodeURIComponent(VALUE)}@h`).password],
    ['in JSON that is ASCII', JSON.stringify(VALUE).slice(1, -1).replace('ö', '\\u00f6')],
    ['in JSON, every sign a number', [...VALUE].map((sign) => `\\u${hex4(sign).toUpperCase()}`).join('')],
    ['in JSON that spares HTML', JSON.stringify(VALUE).slice(1, -1).replace('+', '\\u002b').replace('/', '\\/')],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(VALUE).slice(1, -1)).slice(1, -1)],
    [
      'in JSON in JSON in JSON',
      JSON.stringify(JSON.stringify(JSON.stringify(VALUE).slice(1, -1)).slice(1, -1)).slice(1, -1),
    ],
    ['in JSON in a URL', encodeURIComponent(JSON.stringify(VALUE).slice(1, -1))],
    ['percent-encoded in JSON', JSON.stringify(encodeURIComponent(VALUE)).slice(1, -1)],
    ['as Rust debugs a character', VALUE.replace('ö', '\\u{f6}').replace('"', '\\"')],
    ['as Python and C escape bytes', VALUE.replace('ö', '\\xc3\\xb6')],
    ['as git and PostgreSQL escape bytes', VALUE.replace('ö', '\\303\\266')],
    ['quoted for a shell', VALUE.replaceAll("'", "'\\''")],
    ['quoted for SQL', VALUE.replaceAll("'", "''")],
    ['as hexadecimal bytes', Buffer.from(VALUE).toString('hex')],
    ['as hexadecimal bytes in large letters', Buffer.from(VALUE).toString('hex').toUpperCase()],
    ['as a list of bytes', [...Buffer.from(VALUE)].join(', ')],
    ['as the bytes that a key means, in base64', Buffer.from(KEY.slice(2), 'hex').toString('base64').slice(0, -2)],
    ['as the bytes that a key means, listed', [...Buffer.from(KEY.slice(2), 'hex')].join(', ')],
    ['hexadecimal without 0x', KEY.slice(2)],
    ['hexadecimal in lower case', KEY.toLowerCase()],
    ['hexadecimal in upper case', KEY.slice(2).toUpperCase()],
  ];
  for (const [name, form] of forms) {
    it(`finds a value ${name}`, () => {
      expect(redact(`before ${form} after`)).toMatch(/^before (0x)?\[secret\] after$/i);
    });
  }

  it('finds base64 in JSON and in a URL', () => {
    const text = Buffer.from(VALUE).toString('base64url');
    const padded = Buffer.from(VALUE).toString('base64');
    for (const form of [text, padded, encodeURIComponent(padded), padded.replaceAll('/', '\\/')])
      expect(redact(`a ${form} b`)).toMatch(/^a \[secret\].{0,9} b$/);
  });

  it('finds a value that Compose has made safe from interpolation', () => {
    new Secret('pa$$word$1');
    expect(redact('x: pa$$$$word$$1')).toBe('x: [secret]');
  });

  it('leaves escapes that hold no value as they are', () => {
    const text = 'say \\"hello\\" to C:\\\\x %41 100% \\ud800 %ff %c3%28 \\u{110000} \\';
    expect(redact(text)).toBe(text);
  });

  it('takes away no more than the value, among other escapes', () => {
    expect(redact(`%41 \\n${JSON.stringify(VALUE).slice(1, -1)}\\n %42`)).toBe('%41 \\n[secret]\\n %42');
    expect(redact(`%c3%b6${encodeURIComponent(VALUE)}%c3%b6`)).toBe('%c3%b6[secret]%c3%b6');
  });

  for (const before of ['', 'u', 'us', 'user:']) {
    it(`finds a value in base64 after ${before.length} bytes`, () => {
      for (const encoding of ['base64', 'base64url'] as const) {
        const text = Buffer.from(`${before}${VALUE}`).toString(encoding);
        const clean = redact(`Basic ${text}`);
        expect(clean).toContain(REDACTED);
        // At most one character at each end is shared with the neighbours.
        expect(clean.replace(REDACTED, '').length).toBeLessThanOrEqual(
          'Basic '.length + Math.ceil((before.length * 4) / 3) + 4,
        );
      }
    });
  }

  const overlaps: readonly [string, readonly string[], string, string][] = [
    ['one inside the other', ['in-the-middle', 'out in-the-middle out'], 'a out in-the-middle out b', 'a [secret] b'],
    ['one into the other', ['left-shared', 'shared-right'], 'a left-shared-right b', 'a [secret] b'],
    ['one after the other', ['one-value', 'two-value'], 'one-valuetwo-value', '[secret][secret]'],
    ['several times', ['again-and'], 'again-and again-and', '[secret] [secret]'],
    ['the mark itself as a value', ['secret'], 'secret', '[secret]'],
    ['signs of a regular expression', ['a.*(b|c)$'], 'x a.*(b|c)$ y', 'x [secret] y'],
    ['a replacement pattern', ["$&$'$1"], "x $&$'$1 y", 'x [secret] y'],
  ];
  for (const [name, values, text, clean] of overlaps) {
    it(`leaves nothing of values: ${name}`, () => {
      for (const value of values) new Secret(value);
      expect(redact(text)).toBe(clean);
    });
  }

  it('finds each line of a value that has several, for a log is read line by line', () => {
    const lines = [
      '-----BEGIN PRIVATE KEY-----',
      'MIGHAgEAMBMGByqGSM49',
      'AgEGCCqGSM49AwEHBG0w',
      'ab=',
      '-----END PRIVATE KEY-----',
    ];
    new Secret(lines.join('\r\n'));
    expect(lines.map((line) => redact(`key: ${line}`))).toEqual([
      // It says nothing, and words about keys hold it.
      'key: -----BEGIN PRIVATE KEY-----',
      'key: [secret]',
      'key: [secret]',
      'key: ab=',
      'key: -----END PRIVATE KEY-----',
    ]);
  });

  it('leaves short values alone, for they would blank innocent words', () => {
    new Secret('cargo');
    expect(redact('cargo build')).toBe('cargo build');
  });

  it('takes any string, even half of a UTF-16 pair', () => {
    new Secret('half \ud800 pair');
    expect(redact('a half \ud800 pair b')).toBe('a [secret] b');
  });

  it('keeps up with 20,000 log lines a second and twenty values', () => {
    for (let count = 0; count < 20; count++) new Secret(`value-number-${count}-of-twenty-xyz`);
    const line = '2026-01-01T00:00:00Z INFO algo_trade::bot heartbeat '.repeat(4);
    // Of our own time: others may be at work on this machine.
    const start = process.cpuUsage();
    for (let count = 0; count < 10_000; count++) redact(line);
    const { user, system } = process.cpuUsage(start);
    // Measured: about 0.05 s; ten times that still keeps up.
    expect((user + system) / 1000).toBeLessThan(500);
  });
});

function hex4(sign: string): string {
  return sign.charCodeAt(0).toString(16).padStart(4, '0');
}

describe('a document as JSON', () => {
  const value = 'in"a\\document';
  new Secret(value);
  new Secret('nothing-at-all');

  it('has no value in its texts and keys, and stays JSON', () => {
    const document = {
      [value]: 1,
      list: [{ text: `a ${value} b` }, 'line\nothing-at-all'],
      at: new Date(0),
      none: null,
    };
    const text = redactedJson(document);
    expect(text).not.toContain('document"');
    expect(JSON.parse(text)).toEqual({
      '[secret]': 1,
      list: [{ text: 'a [secret] b' }, 'line\nothing-at-all'],
      at: '1970-01-01T00:00:00.000Z',
      none: null,
    });
  });
});

describe('a text in pieces', () => {
  const value = 'pieces/ö "quoted" + $1';
  new Secret(value);
  const forms: readonly [string, string][] = [
    ['plain', value],
    ['percent-encoded', encodeURIComponent(value)],
    ['percent-encoded in small letters', encodeURIComponent(value).toLowerCase()],
    ['in JSON, every sign a number', [...value].map((sign) => `\\u${hex4(sign)}`).join('')],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1)],
    ['in base64', Buffer.from(`u:${value}!`).toString('base64').replace(/=+$/, '')],
    ['as hexadecimal bytes', Buffer.from(value).toString('hex')],
  ];

  for (const [name, form] of forms) {
    it(`shows nothing of a value ${name}, wherever it is cut in two`, () => {
      const text = `before ${form} after`;
      const whole = redact(text);
      expect(whole).toContain(REDACTED);
      for (let at = 0; at <= text.length; at += 1) {
        const stream = redactor();
        expect(stream.push(text.slice(0, at)) + stream.push(text.slice(at)) + stream.end()).toBe(whole);
      }
    });

    it(`shows nothing of a value ${name} that comes sign by sign`, () => {
      const stream = redactor();
      const shown = [...`before ${form} after`].map((sign) => stream.push(sign));
      expect(shown.join('') + stream.end()).toBe(redact(`before ${form} after`));
    });
  }

  it('shows at once what cannot become a value: a prompt has no end of line', () => {
    expect(redactor().push('Overwrite the file? [y/N]')).toBe('Overwrite the file? [y/N]');
  });

  it('holds back no more than one value, whatever comes', () => {
    const stream = redactor();
    let shown = 0;
    for (let count = 0; count < 2_000; count += 1) shown += stream.push('%41\\\\%').length;
    expect(12_000 - shown).toBeLessThan(100);
    expect(stream.end().length + shown).toBe(12_000);
  });
});

describe('a text that goes on', () => {
  const value = 'a-value-that-must-not-be-cut';
  new Secret(value);

  it('is cut before a value that stands where it would be cut', () => {
    const text = `${'x'.repeat(5_000)}${value}`;
    for (let end = 5_000; end <= text.length + 40; end += 1) {
      const whole = `${text}${'y'.repeat(40)}`;
      const seen = whole.slice(0, end);
      const at = placeToCut(seen);
      expect(at).toBeGreaterThan(0);
      expect(redact(whole.slice(0, at)) + redact(whole.slice(at))).toBe(
        `${'x'.repeat(5_000)}[secret]${'y'.repeat(40)}`,
      );
    }
  });

  it('is not cut where it is shorter than a value', () => expect(placeToCut('a-value-that')).toBe(0));
});

describe('what is made of a secret', () => {
  it('is a secret too, and so are its parts that can be tried out', () => {
    const verifier = scramVerifier(new Secret('made-of-a-secret'), Buffer.alloc(16, 7)).reveal();
    const [, stored = '', server = ''] = /\$([^$:]+):([^:]+)$/.exec(verifier) ?? [];
    for (const text of [verifier, stored, server, encodeURIComponent(stored)])
      expect(redact(`a ${text} b`)).toBe('a [secret] b');
    expect(redact(`${new Secret('made-of').map((value) => `postgres://u:${value}@h`).reveal()}`)).toBe(REDACTED);
  });
});
