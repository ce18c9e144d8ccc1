export { judged } from './judged.ts';
export { previewRotation } from './preview.ts';
export { resumeRotation } from './resume.ts';
export { startRotation } from './start.ts';
export { hasNewValues, sayTruth } from './truth.ts';
export type { RotatedSecret, RotationBench, RotationRequest, Side, Unfinished } from './types.ts';
export { readUnfinished } from './unfinished.ts';
export { listed } from './words.ts';
