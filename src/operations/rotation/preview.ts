import type { PlannedStep } from '../../events/operation.ts';
import type { RotationBench, RotationRequest } from './types.ts';

export interface Preview {
  readonly steps: readonly PlannedStep[];
  readonly recreated: readonly string[];
  readonly warnings: readonly string[];
}
export async function previewRotation(bench: RotationBench, request: RotationRequest): Promise<Preview> {
  throw new Error(`not yet: ${bench.dir} ${request.compromised}`);
}
