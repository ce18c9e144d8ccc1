const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From then on the end of a credential is warned of. */
export const WARNING_MS = 48 * HOUR;

/** A credential whose end is known, or a login that is still to be done. */
export interface CredentialExpiry {
  readonly name: string;
  /** Whose login it is, where services of the stack log in each by itself. */
  readonly service?: string;
  /** ISO; absent for a login that nobody has done yet. */
  readonly expires?: string;
  /** At the time of the look; `never`: nobody has logged in yet, as far as is known here. */
  readonly state: ExpiryState | 'never';
  /** It may end sooner: that is the longest that such a credential works. */
  readonly atLatest?: true;
}

/** `soon`: within 48 hours. */
export type ExpiryState = 'ok' | 'soon' | 'expired';

/** @param expires ISO. @param now milliseconds since the epoch. */
export function expiryState(expires: string, now: number): ExpiryState {
  const left = Date.parse(expires) - now;
  if (left <= 0) return 'expired';
  return left <= WARNING_MS ? 'soon' : 'ok';
}

/**
 * When a credential ends, as every face says it: `expires in 12 days`, `expires in 47h59m`, `expired 3h05m ago`.
 * @param atLatest it may end sooner.
 */
export function expiryWords(expires: string, now: number, atLatest = false): string {
  const left = Date.parse(expires) - now;
  if (left <= 0) return `expired ${span(-left)} ago`;
  return `expires in ${span(left)}${atLatest ? ' at the latest' : ''}`;
}

/** Coarse while it is far, to the second in the last hour: `12 days`, `47h59m`, `3m05s`, `47s`. */
function span(ms: number): string {
  if (ms >= 3 * DAY) return `${Math.floor(ms / DAY)} days`;
  if (ms >= HOUR) return `${Math.floor(ms / HOUR)}h${two((ms % HOUR) / MINUTE)}m`;
  if (ms < MINUTE) return `${Math.floor(ms / 1000)}s`;
  return `${Math.floor(ms / MINUTE)}m${two((ms % MINUTE) / 1000)}s`;
}

function two(n: number): string {
  return String(Math.floor(n)).padStart(2, '0');
}
