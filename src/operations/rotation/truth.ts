import type { RotationBench } from './types.ts';

export async function sayTruth(bench: RotationBench): Promise<readonly string[]> {
  throw new Error(`not yet: ${bench.dir}`);
}
