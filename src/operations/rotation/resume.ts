import type { Secret } from '../../secret.ts';
import type { Operation } from '../run.ts';
import type { RotationBench } from './types.ts';

export async function resumeRotation(
  bench: RotationBench,
  how: { readonly undo?: boolean; readonly values?: ReadonlyMap<string, Secret> },
): Promise<Operation> {
  throw new Error(`not yet: ${bench.dir} ${how.undo}`);
}
