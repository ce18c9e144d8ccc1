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

it('keeps what was proven, how long each service was away, and what a person still has to do', () => {
  const waiting = [
    PLANNED,
    { type: 'step-started', id: 'a' },
    { type: 'proof', id: 'a', text: 'the old password is refused', good: true },
    { type: 'downtime', service: 'app', downMs: 1200, wellMs: 3400 },
    { type: 'manual', id: 'a', items: ['Revoke the old key.'], checked: 'the old key is refused' },
  ] as const;
  const state = folded(waiting);
  expect(state.proofs).toEqual([{ id: 'a', text: 'the old password is refused', good: true }]);
  expect(state.downtimes).toEqual([{ service: 'app', downMs: 1200, wellMs: 3400 }]);
  expect(state.manual?.items).toEqual(['Revoke the old key.']);
  expect(folded([...waiting, { type: 'step-done', id: 'a' }]).manual).toBeUndefined();
});

it('puts the steps that take back behind those that were done, also under the same names', () => {
  const events: readonly OperationEvent[] = [
    PLANNED,
    { type: 'step-started', id: 'a' },
    { type: 'step-done', id: 'a' },
    { type: 'step-started', id: 'b' },
    { type: 'step-failed', id: 'b', message: 'It is not healthy.' },
    { type: 'undoing', why: 'app is not healthy', steps: [{ id: 'a', title: 'A again', cause: 'undo' }] },
    { type: 'step-started', id: 'a' },
  ];
  expect(states(events)).toEqual(['a done', 'b failed It is not healthy.', 'c skipped', 'a running']);
  expect(folded(events).undoing).toBe('app is not healthy');
  expect(states([...events, { type: 'step-done', id: 'a' }, ended('failed')])).toEqual([
    'a done',
    'b failed It is not healthy.',
    'c skipped',
    'a done',
  ]);
});

it.each([
  ['ends', { type: 'step-done', id: 'a' }],
  ['stops the operation', { type: 'step-failed', id: 'a', message: 'a person has something to do' }],
] as const)('leaves open, neither done nor failed, what a person does another time, when its step %s', (_, end) => {
  const waiting: readonly OperationEvent[] = [
    PLANNED,
    { type: 'step-started', id: 'a' },
    { type: 'manual', id: 'a', items: ['Revoke the old one.'] },
    { type: 'left', id: 'a' },
    end,
  ];
  expect(folded(waiting).steps[0]?.state).toBe('left');
  expect(folded(waiting).manual).toBeUndefined();
});
