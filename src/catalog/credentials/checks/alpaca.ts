import type { ProviderCheck } from '../check.ts';
import { fieldsOf, isRefused, refuseTrouble } from './answer.ts';
import { needed, sameTwice } from './pair.ts';

/** `GET /v2/account` of the Trading API, with key and secret in two headers: it reads the account and changes nothing. */
export const check: ProviderCheck = {
  judge: sameTwice,

  ask(asking, [answer]) {
    const [missing, key, secret] = needed(asking, 'key', 'secret');
    if (missing) return missing;
    if (answer === undefined)
      return {
        method: 'GET',
        url: `${asking.base}/v2/account`,
        headers: { 'APCA-API-KEY-ID': key, 'APCA-API-SECRET-KEY': secret },
      };
    const account = asking.testnet ? 'paper account' : 'live account';
    if (isRefused(answer))
      return {
        level: 'bad',
        text: `Alpaca refuses key and secret for the ${account}${elsewhere(key.reveal(), asking.testnet)}`,
      };
    refuseTrouble(answer);
    const { status, trading_blocked, account_blocked } = fieldsOf(answer);
    if (trading_blocked === true || account_blocked === true || status !== 'ACTIVE')
      return { level: 'waiting', text: `the ${account} is there, and may not trade yet: see app.alpaca.markets` };
    return { level: 'good', text: `Alpaca takes them for the ${account}` };
  },
};

/** Keys of paper accounts begin with PK and others with AK: seen everywhere, documented nowhere, so it is only a hint. */
function elsewhere(key: string, testnet: boolean): string {
  if (!testnet && key.startsWith('PK')) return '; this looks like a key of a paper account';
  return testnet && key.startsWith('AK') ? '; this looks like a key of a live account' : '';
}
