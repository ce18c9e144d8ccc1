import { SetupError } from '../../errors.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const DAYS = /^(\d{1,4})d$/;

/**
 * What `--expires` says, as ISO: a date (its beginning, UTC: rather too early than too late), a moment, or days from now.
 * @throws SetupError exit 2 for anything else, and for what is over.
 */
export function parseExpires(text: string, now: number): string {
  const days = DAYS.exec(text)?.[1];
  const at =
    days !== undefined ? now + Number(days) * 86_400_000 : DAY.test(text) || MOMENT.test(text) ? Date.parse(text) : NaN;
  // A day that is not in the calendar is moved into the next month in silence.
  const isReal = !DAY.test(text) || (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text));
  if (Number.isNaN(at) || !isReal) throw wrong(`--expires ${text} is no date.`);
  if (at <= now) throw wrong(`--expires ${text} is over already.`);
  return new Date(at).toISOString();
}

function wrong(sentence: string): SetupError {
  return new SetupError('usage', sentence, {
    code: 'expires-invalid',
    next: ['Write a date (2027-03-31), a moment (2027-03-31T12:00Z) or days from now (180d).'],
  });
}
