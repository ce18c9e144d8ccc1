import { type Asking, NotUnderstood, type ProviderCheck } from '../check.ts';
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

/** Settings that hold the address of the contract that the program reads. */
const CONTRACTS = ['ORDERBOOK', 'ORDERBOOK_ADDRESS'] as const;

/** `eth_chainId`, and `eth_getCode` where a contract is known, in one message each over the WebSocket. */
export const check: ProviderCheck = {
  ask(asking, [answer, code]) {
    const value = asking.value('url');
    if (value === undefined) return undefined;
    const ask = (method: string, params: readonly string[]) =>
      ({
        method: 'POST',
        url: asking.base === '' ? value.reveal() : asking.base,
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      }) as const;
    if (answer === undefined) return ask('eth_chainId', []);
    if (isRefused(answer)) return { level: 'bad', text: 'the node refuses it: the key in the address is not valid' };
    if (answer.status === 404) return { level: 'bad', text: 'there is no node at this address (404)' };
    // 101 is "switching protocols": the WebSocket is open.
    if (answer.status !== 101) throw new NotUnderstood();
    const { result } = fieldsOf(answer);
    if (typeof result !== 'string' || !/^0x[0-9a-f]{1,12}$/i.test(result)) throw new NotUnderstood();
    const chain = Number(result);
    const other = otherChain(asking, chain);
    if (other !== undefined) return { level: 'bad', text: other };
    const contract = contractIn(asking);
    if (contract !== undefined && code === undefined) return ask('eth_getCode', [contract.address, 'latest']);
    if (contract !== undefined && code !== undefined && isEmptyCode(code))
      return { level: 'bad', text: `no contract at ${contract.address} (${contract.name}) on ${named(chain)}` };
    return { level: 'good', text: `a node of ${named(chain)} answers`, chain };
  },
};

function named(chain: number): string {
  const name = CHAINS[chain];
  return `chain ${chain}${name === undefined ? '' : ` (${name})`}`;
}

/** Why a node is not the one that is wanted: its chain is not that of the stack. */
function otherChain({ told, chainBefore }: Asking, chain: number): string | undefined {
  const setting = told('CHAIN_ID') ?? '';
  const wanted = /^\d+$/.test(setting) ? Number(setting) : undefined;
  if (wanted !== undefined)
    return wanted === chain ? undefined : `it is a node of ${named(chain)}, and CHAIN_ID says ${named(wanted)}`;
  if (chainBefore === undefined || chainBefore === chain) return undefined;
  return `it is a node of ${named(chain)}, and the one before was of ${named(chainBefore)}`;
}

function contractIn({ told }: Asking): { readonly name: string; readonly address: string } | undefined {
  for (const name of CONTRACTS) {
    const address = told(name)?.trim() ?? '';
    if (/^0x[0-9a-fA-F]{40}$/.test(address)) return { name, address };
  }
  return undefined;
}

/** A node that does not tell says nothing about the contract. */
function isEmptyCode(answer: Parameters<typeof fieldsOf>[0]): boolean {
  return answer.status === 101 && fieldsOf(answer).result === '0x';
}
