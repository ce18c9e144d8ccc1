import { expect, it } from 'vitest';
import { planOf } from '../../../src/flow/rotation/plan.ts';
import { rotatable } from './sample.ts';

const WALLET = 'HYPERLIQUID_API_WALLET_KEY';
const preview = (...recreated: readonly string[]) => ({ steps: [], recreated, warnings: [] });

it('says that what waits for an approval is away until a person has given it', () => {
  const { interruption } = planOf(rotatable(), [WALLET], preview('app'));
  expect(interruption).toContain('app: stopped before you approve the new value, and away until you have');
  expect(interruption).not.toContain('some seconds');
});

it('promises seconds where nobody is waited for', () => {
  const { interruption } = planOf(rotatable(), ['GATE_PASSWORD'], preview('gate'));
  expect(interruption).toContain('gate: away from the stop to the start, some seconds each.');
});

it('tells both apart in one plan', () => {
  const { interruption } = planOf(rotatable(), [WALLET, 'GATE_PASSWORD'], preview('app', 'gate'));
  expect(interruption).toContain('app: stopped before you approve');
  expect(interruption).toContain('gate: away from the stop to the start');
});

it('says once what is left for a person, also where a secret is named twice', () => {
  expect(planOf(rotatable(), ['GATE_PASSWORD', 'GATE_PASSWORD'], preview('gate')).after).toHaveLength(1);
});
