import { describe, expect, it } from 'vitest';
import { checkFormat, type Format, isPem } from '../../src/catalog/credentials/index.ts';

const BODY = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ';
const PEM = `-----BEGIN PRIVATE KEY-----\n${BODY}\n${BODY}==\n-----END PRIVATE KEY-----`;

const GOOD: readonly (readonly [Format, string])[] = [
  ['any', 'x'],
  ['any', '"quotes may belong to it"'],
  ['evm-address', `0x${'aB'.repeat(20)}`],
  ['evm-private-key', `0x${'Ab'.repeat(32)}`],
  ['hex-32', 'aB'.repeat(32)],
  ['token', 'PK-12_3+/='],
  ['uuid', 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c'],
  ['base64', 'qL3-_w=='],
  ['base64', 'qL3+/w=='],
  ['pem-private-key', PEM],
  ['pem-private-key', PEM.replaceAll('\n', '\\n')],
  ['pem-private-key', PEM.replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY')],
  ['https-url', 'https://127.0.0.1'],
  ['ws-url', 'wss://eth-mainnet.example/v2/key'],
  ['ws-url', 'ws://geth:8546'],
];

const BAD: readonly (readonly [Format, string, string])[] = [
  ['any', '', 'empty'],
  ['any', '  ', 'empty'],
  ['any', ' x', 'space or a line break'],
  ['evm-private-key', `0x${'a'.repeat(63)}`, '63 digits'],
  ['evm-private-key', `0x${'a'.repeat(40)}`, 'like an address'],
  ['evm-address', `0x${'a'.repeat(64)}`, 'like a private key'],
  ['evm-private-key', 'a'.repeat(64), 'does not start with 0x'],
  ['evm-private-key', `0x${'0'.repeat(64)}`, 'all zeros'],
  ['evm-private-key', `"0x${'a'.repeat(64)}"`, 'quotes'],
  ['hex-32', '', 'empty'],
  ['hex-32', 'a'.repeat(63), '63 digits'],
  ['hex-32', `0x${'a'.repeat(64)}`, 'nothing before them'],
  ['hex-32', 'g'.repeat(64), 'hexadecimal'],
  ['hex-32', '0'.repeat(64), 'all zeros'],
  ['token', 'two words', 'one word'],
  ['token', "'quoted'", 'quotes'],
  ['uuid', 'a952bcbe', 'groups of 8'],
  ['base64', 'with space', 'base64'],
  ['pem-private-key', BODY, 'BEGIN'],
  ['pem-private-key', PEM.slice(0, -10), 'END line'],
  ['pem-private-key', PEM.replaceAll('PRIVATE', 'PUBLIC'), 'public key'],
  ['pem-private-key', PEM.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), 'passphrase'],
  ['pem-private-key', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----', 'no key'],
  ['https-url', 'http://127.0.0.1', 'starts with http://'],
  ['https-url', 'localhost', 'no address'],
  ['https-url', 'hunter22pass://x', 'no address'],
  ['ws-url', 'https://eth-mainnet.example/v2/key', 'wss://'],
  ['ws-url', 'wss://a b', 'space'],
];

describe('a format', () => {
  it.each(GOOD)('%s takes %j', (format, value) => expect(checkFormat(format, value)).toBeUndefined());

  it.each(BAD)('%s refuses %j and says why', (format, value, why) => {
    const problem = checkFormat(format, value) ?? '';
    expect(problem).toContain(why);
    // Never any of the value, beyond what every value of the kind has.
    const telling = value.replace(/^["']?0x|^https?:..|-----.*?-----/g, '').trim();
    if (telling.length > 8) expect(problem).not.toContain(telling.slice(0, 8));
  });

  it('tells a private key in PEM from anything else', () => {
    expect(isPem(`${PEM}\n`)).toBe(true);
    expect(isPem('one\ntwo')).toBe(false);
    expect(isPem(PEM.slice(0, -30))).toBe(false);
  });
});
