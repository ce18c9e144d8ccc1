import { expect, it } from 'vitest';
import type { BuildEvent } from '../../src/events/build.ts';
import type { OperationEvent } from '../../src/events/operation.ts';
import { foldOperation, NO_OPERATION } from '../../src/events/operation-fold.ts';

const PLANNED: OperationEvent = {
  type: 'planned',
  operation: 'deploy',
  stack: { name: 'algo-trade', mode: 'paper' },
  steps: [
    { id: 'a', title: 'A', cause: 'x' },
    { id: 'b', title: 'B', cause: 'y' },
    { id: 'c', title: 'C', cause: 'z' },
  ],
};
const ended = (outcome: 'done' | 'failed' | 'cancelled'): OperationEvent => ({
  type: 'ended',
  outcome,
  truth: 'True.',
  next: ['Do.'],
});
const folded = (events: readonly OperationEvent[]) => events.reduce(foldOperation, NO_OPERATION);
const states = (events: readonly OperationEvent[]) =>
  folded(events).steps.map((s) => `${s.id} ${s.state} ${s.text}`.trim());

it('follows the steps', () => {
  expect(
    states([
      PLANNED,
      { type: 'step-started', id: 'a' },
      { type: 'step-done', id: 'a' },
      { type: 'step-started', id: 'b' },
      { type: 'step-progress', id: 'b', text: '3 of 4' },
    ]),
  ).toEqual(['a done', 'b running 3 of 4', 'c waiting']);
});

it('says which step failed and which were never reached', () => {
  expect(
    states([
      PLANNED,
      { type: 'step-started', id: 'a' },
      { type: 'step-failed', id: 'a', message: 'no' },
      ended('failed'),
    ]),
  ).toEqual(['a failed no', 'b skipped', 'c skipped']);
});

it('leaves no step running after the end', () => {
  expect(states([PLANNED, { type: 'step-started', id: 'a' }, ended('cancelled')])).toEqual([
    'a failed',
    'b skipped',
    'c skipped',
  ]);
});

it('leaves no stage of a build at work after an end that was no success', () => {
  const stage: BuildEvent = {
    type: 'step',
    id: '1',
    name: '[cook 1/1] RUN x',
    stage: 'cook',
    state: 'running',
    startedAt: 1,
  };
  const build: OperationEvent = { type: 'build', events: [stage] };
  const after = (outcome: 'cancelled' | 'failed') => folded([PLANNED, build, ended(outcome)]).build.stages;
  expect(after('cancelled')).toMatchObject([{ state: 'cancelled', current: '' }]);
  expect(after('failed')).toMatchObject([{ state: 'cancelled', current: '' }]);
});

it('keeps build, board and the truth at the end', () => {
  const board = { version: 1, stack: 's', name: 'n', mode: 'paper', overall: 'healthy', services: [] } as const;
  const state = folded([
    PLANNED,
    { type: 'build', events: [{ type: 'log', id: '1', line: 'hello' }] },
    { type: 'board', board },
    ended('done'),
  ]);
  expect(state).toMatchObject({ operation: 'deploy', board, outcome: 'done', truth: 'True.', next: ['Do.'] });
  expect(state.build.log.last(1)).toEqual([{ id: '1', line: 'hello' }]);
});
