import type { Operation } from '../run.ts';
import type { RotationBench, RotationRequest } from './types.ts';

export async function startRotation(bench: RotationBench, request: RotationRequest): Promise<Operation> {
  throw new Error(`not yet: ${bench.dir} ${request.compromised}`);
}
