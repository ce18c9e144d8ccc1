import { SetupError } from '../errors.ts';
import type { RunningTrader } from '../host/words.ts';
import type { Workbench } from './execute.ts';

const ELSEWHERE = 'Or, if it trades on another account: trading-setup deploy --other-account';
const ALONE = 'When nothing else trades on it: trading-setup init --set account.onlyTrader=true';

function refused(traders: readonly RunningTrader[], elsewhere: readonly string[]): SetupError {
  const who = traders.map((each) => each.who).join('; ');
  return new SetupError(
    'needs-you',
    `Something that may trade runs already: ${who}. Two programs on one account double the orders.`,
    {
      code: 'trader-running',
      next: [...traders.map(({ stop }) => `Stop it: ${stop}`), ...elsewhere],
    },
  );
}

/**
 * A LIVE stack is not started beside another program that may trade. What only has a name that many programs have is
 * shown by the review, and does not stop a deploy.
 * @param elsewhere what to do where it trades on another account.
 * @throws SetupError `trader-running`.
 */
export async function checkTraders(
  { stack, whoTrades }: Pick<Workbench, 'stack' | 'whoTrades'>,
  elsewhere: readonly string[] = [ELSEWHERE],
): Promise<void> {
  if (stack.mode !== 'live') return;
  const traders = (await whoTrades()).filter(({ uncertain }) => !uncertain);
  if (traders.length > 0) throw refused(traders, elsewhere);
}

/** What a person has answered counts as much as what is seen. @throws SetupError `other-trader`. */
export function refuseOtherTrader({ stack: { mode, account } }: Pick<Workbench, 'stack'>): void {
  if (mode !== 'live' || account?.onlyTrader !== false) return;
  throw new SetupError(
    'needs-you',
    'Something else trades on this account, as was answered; two programs double the orders.',
    { code: 'other-trader', next: ['Stop the other one first.', ALONE] },
  );
}

/** Before a person confirms the start: the answer that nothing else trades is there. @throws SetupError `unanswered`. */
export function requireAnswer({ stack: { account } }: Pick<Workbench, 'stack'>): void {
  if (account) return;
  throw new SetupError('needs-you', 'Nobody has said yet whether anything else trades on this account.', {
    code: 'unanswered',
    next: [ALONE],
  });
}
