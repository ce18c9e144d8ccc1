import { describe, expect, it } from 'vitest';
import { checkFormat, credentialFor, providerOfHost } from '../../src/catalog/credentials/index.ts';

const address = `0x${'aB'.repeat(20)}`;
const key = `0x${'cD'.repeat(32)}`;

describe('checkFormat', () => {
  it.each([
    ['any', 'x'],
    ['evm-address', address],
    ['evm-private-key', key],
  ] as const)('accepts a right %s', (format, value) => expect(checkFormat(format, value)).toBeUndefined());

  it.each([
    ['any', '', 'empty'],
    ['any', ' x', 'space'],
    ['evm-address', key, 'like a private key'],
    ['evm-address', address.slice(2), '0x'],
    ['evm-private-key', address, 'like an address'],
    ['evm-private-key', `${key.slice(0, -1)}g`, 'hexadecimal'],
    ['evm-private-key', `0x${'0'.repeat(64)}`, 'zeros'],
    ['evm-private-key', `${key}\n`, 'line break'],
  ] as const)('refuses %s %j in words without the value', (format, value, words) => {
    const sentence = checkFormat(format, value);
    expect(sentence).toContain(words);
    if (value.length > 5) expect(sentence).not.toContain(value.slice(2, -2));
  });
});

describe('the catalogue', () => {
  it('knows credentials by variable and networks by host', () => {
    expect(credentialFor('HYPERLIQUID_API_WALLET_KEY')?.credential).toMatchObject({
      format: 'evm-private-key',
      secret: true,
    });
    expect(credentialFor('HYPERLIQUID_ACCOUNT_ADDRESS')?.credential).toMatchObject({
      format: 'evm-address',
      secret: false,
    });
    expect(credentialFor('OTHER')).toBeUndefined();
    expect(providerOfHost('api.hyperliquid-testnet.xyz')?.testnet).toBe(true);
    expect(providerOfHost('api.hyperliquid.xyz')?.testnet).toBe(false);
  });
});
