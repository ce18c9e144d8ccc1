import { describe, expect, it } from 'vitest';
import { ago, listText } from '../../../src/commands/secrets/table.ts';
import type { SecretRow } from '../../../src/secrets/overview.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const before = (hours: number): string => new Date(NOW - hours * 3_600_000).toISOString();

const rows: readonly SecretRow[] = [
  {
    ...{ name: 'HYPERLIQUID_API_WALLET_KEY', kind: 'entered', required: true, about: 'x', services: ['app', 'worker'] },
    current: { set: before(26), expires: before(-41), fingerprint: '1a2b3c4d5e6f7a8b' },
    pending: { set: before(0.05), fingerprint: '0f0f0f0f0f0f0f0f' },
  },
  {
    ...{ name: 'DATABASE_PASSWORD', kind: 'generated', required: true, about: 'x', services: ['migrate', 'app'] },
    current: { set: before(24 * 12), fingerprint: '8b7a6f5e4d3c2b1a' },
    previous: { set: before(24 * 200), fingerprint: 'ffffffffffffffff' },
  },
  { name: 'GATE_PASSWORD', kind: 'generated', required: true, about: 'x', services: ['gate'] },
  { name: 'WEBHOOK_TOKEN', kind: 'entered', required: false, about: 'x', services: ['app'] },
  { name: 'SCHWAB_APP_SECRET', kind: 'entered', required: true, about: 'x', services: ['app'], current: {} },
  { name: 'OLD_KEY', kind: 'left over', required: false, about: 'x', services: [], current: { set: before(24 * 900) } },
];

describe('the table of secrets', () => {
  it('stands in 120 columns with everything in its row', () => {
    const text = listText(rows, { now: NOW, columns: 120 });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(`\n${text}\n`).toBe(`
NAME                        STATE                    EXPIRES    FINGERPRINT       READ BY
HYPERLIQUID_API_WALLET_KEY  set 26 h ago             in 41h00m  1a2b3c4d5e6f7a8b  app, worker
  pending                   entered 3 min ago                   0f0f0f0f0f0f0f0f
DATABASE_PASSWORD           set 12 days ago                     8b7a6f5e4d3c2b1a  migrate, app
  previous                  set 200 days ago                    ffffffffffffffff
GATE_PASSWORD               made by the deploy                                    gate
WEBHOOK_TOKEN               not set, optional                                     app
SCHWAB_APP_SECRET           set                                                   app
OLD_KEY                     unused, set 2 years ago                               nobody
`);
  });

  it('fits 80 columns, the rest below', () => {
    const text = listText(rows, { now: NOW, columns: 80 });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(`\n${text}\n`).toBe(`
NAME                        STATE                    EXPIRES
HYPERLIQUID_API_WALLET_KEY  set 26 h ago             in 41h00m
    1a2b3c4d5e6f7a8b, read by app, worker
  pending                   entered 3 min ago
    0f0f0f0f0f0f0f0f
DATABASE_PASSWORD           set 12 days ago
    8b7a6f5e4d3c2b1a, read by migrate, app
  previous                  set 200 days ago
    ffffffffffffffff
GATE_PASSWORD               made by the deploy
    read by gate
WEBHOOK_TOKEN               not set, optional
    read by app
SCHWAB_APP_SECRET           set
    read by app
OLD_KEY                     unused, set 2 years ago
    read by nobody
`);
  });

  it('leaves out a column that nobody needs, and says that there is nothing', () => {
    expect(listText(rows.slice(3, 4), { now: NOW, columns: 80 })).toBe(
      'NAME           STATE              READ BY\nWEBHOOK_TOKEN  not set, optional  app',
    );
    expect(listText([], { now: NOW, columns: 80 })).toBe('This stack has no secrets.');
  });
});

it.each([
  [0, 'just now'],
  [-5, 'just now'],
  [0.5, '30 min ago'],
  [47, '47 h ago'],
  [48, '2 days ago'],
  [24 * 729, '729 days ago'],
  [24 * 731, '2 years ago'],
])('what was set %s hours ago was set %s', (hours, words) => expect(ago(before(hours), NOW)).toBe(words));
