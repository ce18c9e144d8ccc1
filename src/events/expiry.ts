const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From then on the end of a credential is warned of. */
export const WARNING_MS = 48 * HOUR;

/** A credential whose end is known. */
export interface CredentialExpiry {
  readonly name: string;
  /** ISO. */
  readonly expires: string;
  /** At the time of the look. */
  readonly state: ExpiryState;
}

/** `soon`: within 48 hours. */
export type ExpiryState = 'ok' | 'soon' | 'expired';

/** @param expires ISO. @param now milliseconds since the epoch. */
export function expiryState(expires: string, now: number): ExpiryState {
  const left = Date.parse(expires) - now;
  if (left <= 0) return 'expired';
  return left <= WARNING_MS ? 'soon' : 'ok';
}

/** When a credential ends, as every face says it: `expires in 12 days`, `expires in 47h59m`, `expired 3h05m ago`. */
export function expiryWords(expires: string, now: number): string {
  const left = Date.parse(expires) - now;
  return left > 0 ? `expires in ${span(left)}` : `expired ${span(-left)} ago`;
}

/** Coarse while it is far, to the second in the last hour. */
function span(ms: number): string {
  if (ms >= 3 * DAY) return `${Math.floor(ms / DAY)} days`;
  if (ms >= HOUR) return `${Math.floor(ms / HOUR)}h${two((ms % HOUR) / MINUTE)}m`;
  return `${Math.floor(ms / MINUTE)}m${two((ms % MINUTE) / 1000)}s`;
}

function two(n: number): string {
  return String(Math.floor(n)).padStart(2, '0');
}
