import type { Side } from './types.ts';

/** What a person does: so that the new values can work, so that they are seen to work, when they were seen to work. */
export type When = 'before' | 'seen' | 'after';

/** A step of a rotation as data: decided before anything is touched; doing it twice does no harm. */
export type RotationStep = { readonly id: string; readonly cause: string } & (
  | { readonly kind: 'check' }
  | { readonly kind: 'stage' }
  | { readonly kind: 'promote' }
  | { readonly kind: 'discard' }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'stop'; readonly services: readonly string[] }
  | { readonly kind: 'manual'; readonly when: When; readonly names: readonly string[] }
  | { readonly kind: 'reencrypt'; readonly side: Side }
  | { readonly kind: 'deliver'; readonly side: Side; readonly services: readonly string[] }
  | { readonly kind: 'alter'; readonly side: Side; readonly names: readonly string[] }
  | { readonly kind: 'recreate'; readonly side: Side; readonly services: readonly string[] }
  | { readonly kind: 'ready'; readonly services: readonly string[] }
  | { readonly kind: 'prove'; readonly side: Side }
);

/** One kind of step. */
export type StepOf<K extends RotationStep['kind']> = Extract<RotationStep, { readonly kind: K }>;
