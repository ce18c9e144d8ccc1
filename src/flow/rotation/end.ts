import { credentialFor } from '../../catalog/credentials/index.ts';
import type { Verdict } from '../../secrets/check/verdict.ts';

const DAY_MS = 86_400_000;

/** When a value that is set now ends, ISO: what its provider says, else its usual lifetime; undefined: not known. */
export function endOf(name: string, verdict: Verdict | undefined, now: number): string | undefined {
  if (verdict?.expires !== undefined) return verdict.expires;
  const lifetime = credentialFor(name)?.credential.lifetime;
  return lifetime?.since === 'set' ? new Date(now + lifetime.days * DAY_MS).toISOString() : undefined;
}
