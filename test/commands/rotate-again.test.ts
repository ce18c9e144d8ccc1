import { expect, it } from 'vitest';
import { sameAgain } from '../../src/commands/rotate/again.ts';
import { smallStack } from '../stack/stacks.ts';

const entry = (kind: 'entered' | 'generated') => ({ kind, required: true, format: 'any', about: 'x' }) as const;
const stack = smallStack({
  secrets: { entries: { WALLET: entry('entered'), OTHER: entry('entered'), MADE: entry('generated') } },
});

it.each([
  [['WALLET'], {}, [], 'printf %s "$NEW" | trading-setup rotate WALLET --yes'],
  [['MADE'], {}, [], 'trading-setup rotate MADE --yes'],
  [
    ['WALLET', 'MADE'],
    { fromFile: ['WALLET=key'], compromised: true, check: false },
    ['WALLET'],
    'trading-setup rotate WALLET MADE --from-file WALLET=key --compromised --no-check --yes',
  ],
  [
    ['WALLET'],
    { fromFile: ["WALLET=my key's.txt"] },
    ['WALLET'],
    `trading-setup rotate WALLET --from-file 'WALLET=my key'\\''s.txt' --yes`,
  ],
])('the command to give again for %j gives the value by the way that it came', (names, flags, files, command) => {
  expect(sameAgain(stack, names, flags, new Set(files))).toBe(command);
});
