import type { Alternative, Confidence, Evidence } from './facts.ts';

/** What every fact carries. */
export interface Believed {
  readonly evidence: Evidence;
  readonly confidence: Confidence;
  readonly over: readonly Alternative[];
}

/** Stated in so many words. */
export function certain(evidence: Evidence, over: readonly Alternative[] = []): Believed {
  return { evidence, confidence: 'certain', over };
}

/** Follows from code that was followed. */
export function likely(evidence: Evidence, over: readonly Alternative[] = []): Believed {
  return { evidence, confidence: 'likely', over };
}

/** From a name or a habit. */
export function guess(evidence: Evidence, over: readonly Alternative[] = []): Believed {
  return { evidence, confidence: 'guess', over };
}
