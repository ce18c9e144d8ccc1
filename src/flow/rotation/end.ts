import { knownIn } from '../../secrets/check/subject.ts';
import type { Verdict } from '../../secrets/check/verdict.ts';
import type { Stack } from '../../stack/schema.ts';

const DAY_MS = 86_400_000;

/** When a value that is set now ends, ISO: what its provider says, else its usual lifetime; undefined: not known. */
export function endOf(stack: Stack, name: string, verdict: Verdict | undefined, now: number): string | undefined {
  if (verdict?.expires !== undefined) return verdict.expires;
  const lifetime = knownIn(stack, name)?.credential.lifetime;
  return lifetime?.since === 'set' ? new Date(now + lifetime.days * DAY_MS).toISOString() : undefined;
}
