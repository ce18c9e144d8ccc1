import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildDecoder } from '../../src/engine/build-stream.ts';
import type { BuildEvent } from '../../src/events/build.ts';
import { Secret } from '../../src/secret.ts';

function sample(name: string): readonly string[] {
  return readFileSync(new URL(`samples/${name}`, import.meta.url), 'utf8').split('\n');
}

function decode(lines: readonly string[]) {
  const decoder = buildDecoder();
  const events = [...lines.flatMap((line) => decoder.feed(line)), ...decoder.end()];
  return { events, trailer: decoder.trailer(), last: lastSteps(events) };
}

function lastSteps(events: readonly BuildEvent[]) {
  const steps = new Map<string, string>();
  for (const event of events) if (event.type === 'step') steps.set(event.name, event.state);
  return steps;
}

const vertex = (more: object) =>
  JSON.stringify({ vertexes: [{ digest: 'd', name: '[app build 1/2] RUN x', ...more }] });
const STARTED = '2026-11-21T23:20:00Z';
const DONE = '2026-11-21T23:20:01Z';

describe('buildDecoder', () => {
  it('ends a real build with every step done', () => {
    const { last, events, trailer } = decode(sample('rawjson-ok.jsonl'));
    expect(new Set(last.values())).toEqual(new Set(['done', 'cached']));
    expect(trailer).toEqual([]);
    expect(events.filter((e) => e.type === 'log').map((e) => e.line)).toEqual(
      expect.arrayContaining(['hello-stdout', 'hello-stderr', 'no newline...done', 'b-done']),
    );
    expect(events.filter((e) => e.type === 'warning').map((e) => e.message)).toEqual([
      expect.stringContaining('MaintainerDeprecated'),
    ]);
  });

  it('finds the culprit of a real failure and keeps the plain trailer', () => {
    const { last, trailer } = decode(sample('rawjson-fail.jsonl'));
    expect([...last].filter(([, state]) => state === 'failed').map(([name]) => name)).toEqual([
      expect.stringContaining('[3/4] RUN echo about to fail'),
    ]);
    expect(last.get('[4/4] RUN echo never')).toBe('waiting');
    expect(trailer.at(-1)).toContain('failed to solve');
  });

  it.each([
    ['waiting', [vertex({})]],
    ['running', [vertex({}), vertex({ started: STARTED })]],
    ['done', [vertex({ started: STARTED }), vertex({ started: STARTED, completed: DONE })]],
    ['cached', [vertex({ started: STARTED, completed: DONE, cached: true })]],
    ['running again', [vertex({ started: STARTED, completed: DONE }), vertex({ started: DONE })]],
    ['done, though re-sent without times', [vertex({ started: STARTED, completed: DONE }), vertex({})]],
    ['failed', [vertex({ started: STARTED, completed: DONE, error: 'exit code: 101' })]],
    [
      'cancelled',
      [vertex({ started: STARTED, completed: DONE, error: 'exit code: 137: context canceled: context canceled' })],
    ],
  ])('a step is %s', (state, lines) => {
    expect([...decode(lines).last.values()]).toEqual([state.split(/ again|,/)[0]]);
  });

  it('keeps the first name of a step that two targets share', () => {
    const { events } = decode([
      vertex({ started: STARTED }),
      vertex({ name: '[other build 1/2] RUN x', started: STARTED, completed: DONE }),
    ]);
    expect(events.at(-1)).toMatchObject({ target: 'app', stage: 'build', state: 'done' });
  });

  it('reads several keys in one line and flushes a log before its step ends', () => {
    const line = JSON.stringify({
      vertexes: [{ digest: 'd', name: '[a 1/1] RUN x', started: STARTED, completed: DONE }],
      logs: [{ vertex: 'd', stream: 1, data: Buffer.from('last words').toString('base64') }],
    });
    expect(decode([line]).events.map((e) => e.type)).toEqual(['log', 'step']);
  });

  it('unwraps what Compose says on standard error and skips broken lines', () => {
    const { trailer, events } = decode([
      '{"error":true,"message":"Dockerfile:1\\n\\nfailed to solve: x"}',
      '{"vertexes":[{"dig',
      'plain',
    ]);
    expect(trailer).toEqual(['Dockerfile:1', 'failed to solve: x', '{"vertexes":[{"dig', 'plain']);
    expect(events).toEqual([]);
  });

  it('shows no secret, in names, logs, errors or trailer', () => {
    const secret = new Secret('tops3cret-value').reveal();
    const { events, trailer } = decode([
      vertex({ name: `RUN ${secret}`, started: STARTED, error: `bad ${secret}` }),
      JSON.stringify({ logs: [{ vertex: 'd', stream: 1, data: Buffer.from(`a ${secret}\n`).toString('base64') }] }),
      `text ${secret}`,
    ]);
    expect(JSON.stringify([events, trailer])).not.toContain(secret);
  });

  it('bounds the trailer', () => {
    expect(decode(Array.from({ length: 5_000 }, (_, i) => `line ${i}`)).trailer.length).toBeLessThanOrEqual(200);
  });
});
