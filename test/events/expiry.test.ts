import { expect, it } from 'vitest';
import { expiryState, expiryWords } from '../../src/events/expiry.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const at = (hours: number): string => new Date(NOW + hours * 3_600_000).toISOString();

it.each([
  [400, 'ok', 'expires in 16 days'],
  [72, 'ok', 'expires in 3 days'],
  [71.5, 'ok', 'expires in 71h30m'],
  [48.01, 'ok', 'expires in 48h00m'],
  [48, 'soon', 'expires in 48h00m'],
  [0.5, 'soon', 'expires in 30m00s'],
  [0, 'expired', 'expired 0s ago'],
  [-3.1, 'expired', 'expired 3h06m ago'],
] as const)('%d hours before its end a credential is %s: %s', (hours, state, words) => {
  expect(expiryState(at(hours), NOW)).toBe(state);
  expect(expiryWords(at(hours), NOW)).toBe(words);
});
