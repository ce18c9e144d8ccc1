import { describe, expect, it } from 'vitest';
import { addressOf, checkAddress, checksummed, shortAddress } from '../../../src/catalog/credentials/checks/evm.ts';
import { Secret } from '../../../src/secret.ts';

describe('the address of a private key', () => {
  // Known pairs: key 1 and 2 on the curve, and the first account of a widely used development mnemonic.
  it.each([
    ['1'.padStart(64, '0'), '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf'],
    ['2'.padStart(64, '0'), '0x2b5ad5c4795c026514f8317c7a215e218dccd6cf'],
    ['ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80', '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266'],
  ])('of %s', (key, address) => expect(addressOf(new Secret(`0x${key}`))).toBe(address));

  it.each(['0'.repeat(64), 'f'.repeat(64)])('is none for %s, which is not on the curve', (key) =>
    expect(addressOf(new Secret(`0x${key}`))).toBeUndefined(),
  );
});

describe('the checksum of an address', () => {
  // From EIP-55.
  const written = [
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  ];
  it.each(written)('is its case: %s', (address) => {
    expect(checksummed(address.toLowerCase())).toBe(address);
    expect(checkAddress(address)).toBeUndefined();
  });

  it.each(written)('is absent from one in a single case: %s', (address) => {
    expect(checkAddress(address.toLowerCase())).toBeUndefined();
    expect(checkAddress(`0x${address.slice(2).toUpperCase()}`)).toBeUndefined();
  });

  it('shows a mistyped sign without repeating the address', () => {
    const problem = checkAddress('0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee');
    expect(problem).toContain('EIP-55');
    expect(problem).not.toMatch(/5aAe/i);
  });

  it('is kept by the short form', () => expect(shortAddress(written[0]?.toLowerCase() ?? '')).toBe('0x5aAe…eAed'));
});
