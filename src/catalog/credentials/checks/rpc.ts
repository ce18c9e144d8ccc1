import { NotUnderstood, type ProviderCheck } from '../check.ts';
import { fieldsOf, isRefused } from './answer.ts';

const CHAINS: Readonly<Record<number, string>> = {
  1: 'Ethereum',
  10: 'OP Mainnet',
  56: 'BNB Smart Chain',
  137: 'Polygon',
  8453: 'Base',
  14: 'Flare',
  42161: 'Arbitrum One',
  43114: 'Avalanche C-Chain',
  11155111: 'Sepolia, a test network',
};

/** `eth_chainId` in one message over the WebSocket. */
export const check: ProviderCheck = {
  ask(asking, [answer]) {
    const value = asking.value('url');
    if (value === undefined) return undefined;
    if (answer === undefined)
      return {
        method: 'POST',
        url: asking.base === '' ? value.reveal() : asking.base,
        body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
      };
    if (isRefused(answer)) return { level: 'bad', text: 'the node refuses it: the key in the address is not valid' };
    if (answer.status === 404) return { level: 'bad', text: 'there is no node at this address (404)' };
    // 101 is "switching protocols": the WebSocket is open.
    if (answer.status !== 101) throw new NotUnderstood();
    const { result } = fieldsOf(answer);
    if (typeof result !== 'string' || !/^0x[0-9a-f]{1,12}$/i.test(result)) throw new NotUnderstood();
    const chain = Number(result);
    const name = CHAINS[chain];
    return { level: 'good', text: `a node of chain ${chain}${name === undefined ? '' : ` (${name})`} answers` };
  },
};
