import type { OperationEvent, PlannedStep } from '../../../src/events/operation.ts';

const STEPS: readonly PlannedStep[] = [
  { id: 'check', title: 'Check the new values', cause: 'a wrong value is noticed before anything is touched' },
  { id: 'stage', title: 'Keep the new values as pending', cause: 'kept beside the old until the new works' },
  { id: 'deliver', title: 'Deliver the new values to app and migrate', cause: 'these read what changes' },
  { id: 'alter', title: 'Tell the database the new password', cause: 'DATABASE_PASSWORD' },
  { id: 'recreate', title: 'Recreate app', cause: 'it runs with the old value' },
  { id: 'ready', title: 'Wait until app is healthy', cause: 'started is not yet healthy' },
  { id: 'prove', title: 'Prove that the new values are in force', cause: 'in force is what was seen to work' },
  { id: 'promote', title: 'Make the new values the current ones', cause: 'the new values are proven' },
  { id: 'after', title: 'Wait until a person has ended the old values', cause: 'TOY_TOKEN' },
  { id: 'confirm', title: 'Forget the old values', cause: 'nothing needs them any more' },
];

const PLANNED: OperationEvent = {
  type: 'planned',
  operation: 'rotate',
  stack: { name: 'algo-trade', mode: 'paper' },
  steps: STEPS,
};

function done(...ids: readonly string[]): readonly OperationEvent[] {
  return ids.flatMap((id) => [
    { type: 'step-started', id },
    { type: 'step-done', id },
  ]);
}

/** Up to what is left for a person. */
export const PROVEN: readonly OperationEvent[] = [
  PLANNED,
  ...done('check', 'stage', 'deliver', 'alter', 'recreate'),
  { type: 'downtime', service: 'app', downMs: 1_320, wellMs: 6_400 },
  ...done('ready'),
  { type: 'step-started', id: 'prove' },
  {
    type: 'proof',
    id: 'prove',
    text: 'database: a login from another container with the new password works',
    good: true,
  },
  { type: 'proof', id: 'prove', text: 'database: the old password is refused', good: true },
  { type: 'proof', id: 'prove', text: 'app: its process has the new value', good: true },
  { type: 'step-done', id: 'prove' },
  ...done('promote'),
  { type: 'step-started', id: 'after' },
];

export const MANUAL = ['Revoke the old token where it was made.', 'Log in again in open browsers.'] as const;

/** What a person is asked to do. */
export const ASKED: OperationEvent = {
  type: 'manual',
  id: 'after',
  items: MANUAL,
  checked: 'the old token is refused',
};

export const ROTATED: readonly OperationEvent[] = [
  { type: 'step-done', id: 'after' },
  ...done('confirm'),
  {
    type: 'ended',
    outcome: 'done',
    truth: 'The new values of DATABASE_PASSWORD and TOY_TOKEN are in force and proven; the old ones are forgotten.',
    next: [],
  },
];

/** The new value does not work, and everything goes back. */
export const WENT_BACK: readonly OperationEvent[] = [
  PLANNED,
  ...done('check', 'stage', 'deliver', 'alter', 'recreate'),
  { type: 'step-started', id: 'ready' },
  { type: 'step-failed', id: 'ready', message: 'app is not healthy within 180 s: GET /api/bots answered 503' },
  {
    type: 'undoing',
    why: 'app is not healthy with the new value',
    steps: [
      { id: 'undo:deliver', title: 'Deliver the old values to app and migrate', cause: 'under their old numbers' },
      { id: 'undo:alter', title: 'Tell the database the old password', cause: 'it may know the new one' },
      { id: 'undo:recreate', title: 'Recreate app', cause: 'it runs with the new value' },
      { id: 'undo:prove', title: 'Prove that the old values are in force', cause: 'in force is what was seen to work' },
    ],
  },
  ...done('undo:deliver', 'undo:alter', 'undo:recreate'),
  { type: 'downtime', service: 'app', downMs: 181_000, wellMs: 186_500 },
  { type: 'step-started', id: 'undo:prove' },
  { type: 'proof', id: 'undo:prove', text: 'database: a login with the old password works', good: true },
  { type: 'proof', id: 'undo:prove', text: 'database: the new password is not refused', good: false },
  { type: 'step-done', id: 'undo:prove' },
  {
    type: 'ended',
    outcome: 'failed',
    truth: 'The old values are in force again everywhere; nothing of the new ones is left.',
    next: ['See why app was not healthy: trading-setup status'],
  },
];
