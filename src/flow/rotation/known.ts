import { type Rotation, rotationOf } from '../../catalog/credentials/index.ts';
import { saidBy } from '../../stack/said.ts';
import type { Stack } from '../../stack/schema.ts';

/** What replacing a secret of this stack involves. */
export function involvedIn(stack: Stack, name: string): Rotation {
  return rotationOf(name, saidBy(stack));
}
