import { expect, it } from 'vitest';
import { parseExpires } from '../../../src/commands/secrets/expires.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

it.each([
  ['2027-03-31', '2027-03-31T00:00:00.000Z'],
  ['2026-11-22T12:01Z', '2026-11-22T12:01:00.000Z'],
  ['2027-03-31T12:00:30+02:00', '2027-03-31T10:00:30.000Z'],
  ['180d', '2027-05-21T12:00:00.000Z'],
])('--expires %s is %s', (text, iso) => expect(parseExpires(text, NOW)).toBe(iso));

it.each([
  ['2026-11-22', 'is over already'],
  ['2026-11-22T11:59Z', 'is over already'],
  ['0d', 'is over already'],
  ['2027-02-30', 'is no date'],
  ['2027-13-01', 'is no date'],
  ['tomorrow', 'is no date'],
  ['2027-03-31T12:00', 'is no date'],
  ['', 'is no date'],
])('--expires %s: exit 2, it %s', (text, why) => {
  expect(() => parseExpires(text, NOW)).toThrow(
    expect.objectContaining({ kind: 'usage', code: 'expires-invalid', message: expect.stringContaining(why) }),
  );
});
