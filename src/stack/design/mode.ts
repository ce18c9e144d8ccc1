import type { RepoFacts } from '../../detect/facts.ts';
import type { Stack } from '../schema.ts';
import { holdsTradingKey } from './secrets.ts';

export interface ChosenMode {
  readonly mode: Stack['mode'];
  /** The evidence, one sentence. */
  readonly reason: string;
}

/** PAPER is shown only on evidence; anything else is LIVE. */
export function chooseMode(facts: RepoFacts, services: Stack['services']): ChosenMode {
  if (!holdsTradingKey({ services }))
    return { mode: 'paper', reason: 'No service is given a key that can place orders.' };
  const live = facts.endpoints.find(({ testnet }) => !testnet);
  if (live)
    return {
      mode: 'live',
      reason: `${live.url} in ${live.evidence.file}:${live.evidence.line} trades with real money.`,
    };
  const [test] = facts.endpoints;
  if (test)
    return {
      mode: 'paper',
      reason: `All endpoints are test networks, e.g. ${test.url} (${test.evidence.file}:${test.evidence.line}).`,
    };
  return { mode: 'live', reason: 'A service is given a trading key, and nothing says that it trades on paper.' };
}
