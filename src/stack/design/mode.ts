import type { RepoFacts } from '../../detect/facts.ts';
import type { Stack } from '../schema.ts';
import { tradingKeys } from './secrets.ts';

export interface ChosenMode {
  readonly mode: Stack['mode'];
  /** The evidence, one sentence. */
  readonly reason: string;
}

/** PAPER is shown only on evidence; anything else is LIVE. */
export function chooseMode(facts: RepoFacts, stack: Pick<Stack, 'services' | 'secrets'>): ChosenMode {
  const [keys] = tradingKeys(stack).values();
  if (!keys) return { mode: 'paper', reason: 'No service is given a key that can place orders.' };
  const live = facts.endpoints.find(({ testnet }) => !testnet);
  if (live) {
    const { file, line } = live.evidence;
    return { mode: 'live', reason: `${live.url} is no test network (${file}:${line}).` };
  }
  const [test] = facts.endpoints;
  if (test) {
    const { file, line } = test.evidence;
    return { mode: 'paper', reason: `All endpoints are test networks, e.g. ${test.url} (${file}:${line}).` };
  }
  return { mode: 'live', reason: `A service is given ${keys[0]}, and nothing says that it trades on paper.` };
}
