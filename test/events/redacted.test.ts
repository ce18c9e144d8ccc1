import { expect, it } from 'vitest';
import type { OperationEvent } from '../../src/events/operation.ts';
import { redactedEvents } from '../../src/events/redacted.ts';
import { Secret } from '../../src/secret.ts';

const VALUE = 'a value of/an "event"';
new Secret(VALUE);
const step = { id: 'a', title: `Do ${VALUE}`, cause: VALUE };

/** Every event that has words, with the value in each of them. */
const EVENTS: readonly OperationEvent[] = [
  { type: 'planned', operation: 'rotate', stack: { name: 'x', mode: 'paper' }, steps: [step] },
  { type: 'step-started', id: 'a' },
  { type: 'step-progress', id: 'a', text: VALUE },
  { type: 'step-failed', id: 'a', message: `no: ${encodeURIComponent(VALUE)}` },
  { type: 'manual', id: 'a', items: [VALUE], checked: VALUE },
  { type: 'proof', id: 'a', text: JSON.stringify({ said: VALUE }), good: true },
  { type: 'undoing', why: VALUE, steps: [step] },
  { type: 'ended', outcome: 'done', truth: VALUE, next: [VALUE] },
];

async function* source(ended: () => void): AsyncGenerator<OperationEvent, void> {
  try {
    yield* EVENTS;
  } finally {
    ended();
  }
}

it('leaves no known value in the words of an event, and everything else as it is', async () => {
  const seen: OperationEvent[] = [];
  for await (const event of redactedEvents(source(() => undefined))) seen.push(event);
  const clean = JSON.stringify(seen);
  expect(clean).not.toMatch(/a value|a%20value/);
  expect(seen.map(({ type }) => type)).toEqual(EVENTS.map(({ type }) => type));
  expect(clean.match(/\[secret\]/g)?.length).toBe(12);
});

it('ends the operation when nobody listens any more', async () => {
  let ended = false;
  for await (const _ of redactedEvents(source(() => (ended = true)))) break;
  expect(ended).toBe(true);
});
