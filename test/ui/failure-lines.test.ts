import { expect, it, onTestFinished, vi } from 'vitest';
import { type LogLine, LogRing } from '../../src/events/log-ring.ts';
import type { OperationEvent } from '../../src/events/operation.ts';
import { failureLines, foldProgress, NO_PROGRESS } from '../../src/ui/progress.ts';

/** A build that failed after these lines. */
function failed(lines: readonly LogLine[]) {
  const step = { type: 'step', id: 'bad', name: '[build 1/2] RUN cargo build', stage: 'build' } as const;
  const event: OperationEvent = {
    type: 'build',
    events: [
      ...lines.map((line) => ({ type: 'log', ...line }) as const),
      { ...step, state: 'failed', error: 'exit code: 1' },
    ],
  };
  return foldProgress(NO_PROGRESS, event, 0);
}

/** Many lines of two steps, with these among them by their numbers. */
function many(among: Readonly<Record<number, LogLine>>, count = 20_000): readonly LogLine[] {
  return Array.from({ length: count }, (_, n) => among[n] ?? { id: n % 3 === 0 ? 'other' : 'bad', line: `line ${n}` });
}

it('are those from the first error of the step that failed, however far back', () => {
  const lines = many({
    100: { id: 'other', line: 'error: not this one' },
    3000: { id: 'bad', line: 'error[E0425]: cannot find value' },
    12000: { id: 'bad', line: 'error: a later one' },
  });
  expect(failureLines(failed(lines), 4)).toEqual([
    'error[E0425]: cannot find value',
    'line 3001',
    'line 3002',
    'line 3004',
  ]);
});

it('are the last of the step where no compiler spoke, also where others wrote much since', () => {
  const lines = [
    ...many({ 19000: { id: 'other', line: 'error: of another' } }),
    ...Array.from({ length: 5_000 }, (_, n) => ({ id: 'other', line: `later ${n}` })),
  ];
  expect(failureLines(failed(lines), 3)).toEqual(['line 19996', 'line 19997', 'line 19999']);
});

it('are found without unpacking more than a block of the log at a time', () => {
  const progress = failed(many({ 3000: { id: 'bad', line: 'error: here' } }));
  const slice = vi.spyOn(LogRing.prototype, 'slice');
  onTestFinished(() => slice.mockRestore());
  expect(failureLines(progress, 10)[0]).toBe('error: here');
  expect(slice).toHaveBeenCalled();
  const most = Math.max(...slice.mock.results.map(({ value }) => (Array.isArray(value) ? value.length : 0)));
  expect(most).toBeLessThanOrEqual(512);
});
