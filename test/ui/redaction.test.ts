import { describe, expect, it } from 'vitest';
import type { OperationEvent } from '../../src/events/operation.ts';
import { redactedEvents } from '../../src/events/redacted.ts';
import { Secret } from '../../src/secret.ts';
import { chooseFace } from '../../src/ui/choose.ts';
import { FakeTerminal } from './support/terminal.ts';

const BASE = { json: false, plain: false, asks: true, interactive: true, term: 'xterm-256color', screenReader: false };
const VALUE = 'face "value"/1\\2';
new Secret(VALUE);

const STEP = { id: 'a', title: 'Prove it', cause: 'because' };
const EVENTS: readonly OperationEvent[] = [
  { type: 'planned', operation: 'rotate', stack: { name: 'x', mode: 'paper' }, steps: [STEP] },
  { type: 'step-started', id: 'a' },
  { type: 'proof', id: 'a', text: `the provider said ${VALUE}`, good: false },
  { type: 'step-failed', id: 'a', message: `failed with ${encodeURIComponent(VALUE)}` },
  { type: 'ended', outcome: 'failed', truth: `Nothing of ${VALUE} is in force.`, next: ['Look.'] },
];

async function* events() {
  yield* EVENTS;
}

describe.each([
  ['ink', {}],
  ['plain', { plain: true }],
  ['silent', { interactive: false }],
  ['json', { json: true }],
])('the face %s shows no known value', (_, part) => {
  it('in what it says', async () => {
    const fake = new FakeTerminal(200);
    const face = await chooseFace({ ...BASE, ...part, terminal: fake.terminal });
    face.say(`before ${VALUE} after`);
    expect(fake.written).toContain('before [secret] after');
  });

  it('in an operation', async () => {
    const fake = new FakeTerminal(200);
    const face = await chooseFace({ ...BASE, ...part, terminal: fake.terminal });
    expect(await face.operation(redactedEvents(events()), () => undefined)).toBe('failed');
    expect(fake.written).toContain('[secret]');
    expect(fake.written).not.toMatch(/face.{1,3}"?value/);
  });
});
