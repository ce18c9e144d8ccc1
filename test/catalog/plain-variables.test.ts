import { describe, expect, it } from 'vitest';
import { isPublicValue, plainProblem, plainVariable } from '../../src/catalog/plain-variables.ts';

const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const HASH = 'ab'.repeat(32);

describe('a plain setting that is known by its name', () => {
  it.each([
    ['ORDERBOOK', ADDRESS],
    ['ORDERBOOK', ADDRESS.toLowerCase()],
    ['ORDER_OWNER', `0x${'ab'.repeat(20)}`],
    ['ORDER_HASH', HASH],
    ['ORDER_HASH', `0x${HASH}`],
    ['DEPLOYMENT_BLOCK', '0'],
    ['ACCOUNT_INDEX', '0'],
    ['CHAIN_ID', '14'],
    ['BASE_URL', 'https://api.schwabapi.com'],
    ['BASE_URL', 'http://broker:8080'],
    ['REDIRECT_URI', 'https://127.0.0.1'],
    ['BROKER', 'dry-run'],
    ['SERVER_PORT', '8080'],
  ])('%s takes what it is', (name, value) => {
    expect(plainProblem(name, value)).toBeUndefined();
    expect(plainVariable(name)?.form).not.toBe('');
  });

  it.each([
    ['ORDERBOOK', '', /empty/],
    ['ORDERBOOK', ADDRESS.slice(0, -1), /39 digits/],
    ['ORDERBOOK', ADDRESS.slice(2), /0x/],
    ['ORDERBOOK', ADDRESS.replace('5aA', '5Aa'), /EIP-55/],
    ['ORDERBOOK', `0x${'0'.repeat(40)}`, /zeros/],
    ['ORDER_OWNER', `0x${HASH}`, /64 digits/],
    ['ORDER_HASH', HASH.slice(1), /63 digits/],
    ['ORDER_HASH', 'z'.repeat(64), /hexadecimal/],
    ['DEPLOYMENT_BLOCK', '0x10', /digits only/],
    ['DEPLOYMENT_BLOCK', '-1', /digits only/],
    ['CHAIN_ID', '0', /1 or more/],
    ['BASE_URL', 'ws://api.schwabapi.com', /starts with ws:/],
    ['BASE_URL', 'http://api.schwabapi.com', /starts with http:/],
    ['BASE_URL', 'https://api.schwabapi.com ', /space/],
    ['REDIRECT_URI', 'http://127.0.0.1', /https/],
    ['BROKER', 'schwab alpaca', /one word/],
    ['SERVER_PORT', '65536', /65535/],
  ])('%s refuses another, in words without it: %s', (name, value, why) => {
    const problem = plainProblem(name, value);
    expect(problem).toMatch(why);
    if (value.length > 10) expect(problem).not.toContain(value);
  });

  it('is not guessed at where the name is not known', () => {
    expect(plainVariable('MY_OWN_ADDRESS')).toBeUndefined();
    expect(plainProblem('MY_OWN_ADDRESS', 'anything')).toBeUndefined();
  });

  it('may look like a key and is none, as long as it has its form', () => {
    expect(isPublicValue('ORDER_HASH', HASH)).toBe(true);
    expect(isPublicValue('ORDER_HASH', `${HASH}ab`)).toBe(false);
    expect(isPublicValue('SOMETHING', HASH)).toBe(false);
    expect(isPublicValue('BASE_URL', `https://node.example/v2/${HASH}`)).toBe(false);
  });
});
