import type { Evidence } from '../detect/facts.ts';
import type { Origin } from '../flow/types.ts';

export function detected(evidence: Evidence | undefined, note = ''): Origin {
  const place = evidence ? `${evidence.file}:${evidence.line}` : 'the repository';
  return { source: 'detected', text: note === '' ? place : `${place}, ${note}` };
}

export function fallback(text: string): Origin {
  return { source: 'default', text };
}

export function fromHost(text: string): Origin {
  return { source: 'host', text };
}

/** Where the value at each path of a designed stack comes from. */
export type Origins = ReadonlyMap<string, Origin>;
