import type { Verdict } from '../../../secrets/check/verdict.ts';
import type { HttpRequest, HttpResponse } from '../../../system/http.ts';
import { type Asking, NotUnderstood, type ProviderCheck, type Subject } from '../check.ts';
import { asFields, type Fields, fieldsOf, jsonOf, refuseTrouble } from './answer.ts';
import { addressOf, checkAddress, checksummed, sameAddress, shortAddress } from './evm.ts';

/** Of `extraAgents` and `userRole`, as the venue's info endpoint documents them; seen in public answers. */
const ADDRESS = /^0x[0-9a-f]{40}$/i;

/**
 * The wallet is asked for by its address, which anybody may see: the key is never sent. `userRole` says whose agent an
 * address is, `extraAgents` until when; an agent without a name is not in the latter.
 */
export const check: ProviderCheck = {
  judge(subject) {
    const account = subject.value('account')?.reveal();
    const agent = agentOf(subject);
    if (subject.part === 'account') {
      if (account === undefined || agent === undefined || !sameAddress(agent, account))
        return account && checkAddress(account);
      return `it is the address of ${subject.nameOf('key')} itself: that key could withdraw, and has to be that of an API wallet`;
    }
    if (agent === undefined) return 'it is no private key: its number is not on the curve';
    if (account === undefined || !sameAddress(agent, account)) return undefined;
    return `it is the key of the account ${shortAddress(account)} itself, which can withdraw: enter that of an API wallet`;
  },

  shownAs(subject) {
    const agent = subject.part === 'account' ? undefined : agentOf(subject);
    return agent && checksummed(agent);
  },

  ask(asking, answers) {
    return asking.part === 'account' ? askAccount(asking, answers) : askAgent(asking, answers);
  },
};

function agentOf(subject: Subject): string | undefined {
  const key = subject.value('key');
  return key && addressOf(key);
}

function info({ base }: Asking, type: string, fields: Readonly<Record<string, string>>): HttpRequest {
  return {
    method: 'POST',
    url: `${base}/info`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type, ...fields }),
  };
}

function askAccount(asking: Asking, [first]: readonly HttpResponse[]): HttpRequest | Verdict | undefined {
  const account = asking.value('account')?.reveal();
  if (account === undefined) return undefined;
  if (first === undefined) return info(asking, 'userRole', { user: account.toLowerCase() });
  const { role, master } = roleOf(first);
  const name = shortAddress(account);
  if (role === 'agent')
    return { level: 'bad', text: `${name} is an API wallet${of(master)}: enter the address of the account itself` };
  if (role === 'missing')
    return { level: 'waiting', text: `${name} is no account yet: nothing was ever deposited on ${network(asking)}` };
  return { level: 'good', text: `${name} is ${WHAT[role]} on ${network(asking)}` };
}

function askAgent(asking: Asking, answers: readonly HttpResponse[]): HttpRequest | Verdict | undefined {
  const agent = agentOf(asking);
  if (agent === undefined) return undefined;
  const [own, ...rest] = answers;
  if (own === undefined) return info(asking, 'userRole', { user: agent });
  const { role, master } = roleOf(own);
  const name = shortAddress(agent);
  if (role === 'missing')
    return {
      level: 'waiting',
      // In full: by it a person approves it.
      text: `${checksummed(agent)} is not approved on ${network(asking)}: approve it at ${site(asking)}, More, API`,
    };
  if (role !== 'agent' || master === undefined)
    return {
      level: 'bad',
      text: `it is the key of ${WHAT[role === 'agent' ? 'user' : role]} (${name}), which can withdraw: enter that of an API wallet`,
      withdraws: true,
    };
  const account = asking.value('account')?.reveal();
  if (account === undefined || sameAddress(account, master)) return askEnd(asking, { agent, master }, rest);
  const [other, ...ends] = rest;
  if (other === undefined) return info(asking, 'userRole', { user: account.toLowerCase() });
  const behind = roleOf(other);
  const isBehind = behind.role === 'vault' || (behind.master !== undefined && sameAddress(behind.master, master));
  // Who leads a vault is not asked: an agent of somebody else would be refused by its first order.
  if (isBehind && behind.role !== 'agent') return askEnd(asking, { agent, master }, ends);
  return {
    level: 'bad',
    text: `${name} is an API wallet of ${shortAddress(master)}, and not of ${shortAddress(account)}, which is traded`,
  };
}

/** Until when the venue takes its orders. */
function askEnd(
  asking: Asking,
  { agent, master }: { readonly agent: string; readonly master: string },
  [list]: readonly HttpResponse[],
): HttpRequest | Verdict {
  if (list === undefined) return info(asking, 'extraAgents', { user: master.toLowerCase() });
  const name = shortAddress(agent);
  const until = endOf(list, agent);
  const good = `${name} is an approved API wallet of ${shortAddress(master)} on ${network(asking)}`;
  if (until === undefined) return { level: 'good', text: good };
  const expires = new Date(until).toISOString();
  if (until <= asking.now)
    return {
      level: 'bad',
      text: `the approval of ${name} ended at ${expires}: make a new API wallet, an old address must not be approved again`,
      expires,
    };
  return { level: 'good', text: `${good} until ${expires.slice(0, 10)}`, expires };
}

function endOf(answer: HttpResponse, agent: string): number | undefined {
  refuseTrouble(answer);
  const list = jsonOf(answer);
  if (!Array.isArray(list)) throw new NotUnderstood();
  const found = list.map(asFields).find(({ address }) => typeof address === 'string' && sameAddress(address, agent));
  if (found === undefined) return undefined;
  const { validUntil } = found;
  // Beyond it no Date can be made.
  if (typeof validUntil !== 'number' || !(validUntil > 0 && validUntil < 8e15)) throw new NotUnderstood();
  return validUntil;
}

const WHAT = {
  user: 'an account',
  vault: 'a vault',
  subAccount: 'a sub-account',
} as const;

type Role = keyof typeof WHAT | 'agent' | 'missing';

function isRole(role: unknown): role is Role {
  return typeof role === 'string' && (role in WHAT || role === 'agent' || role === 'missing');
}

/** `{role: 'agent', data: {user}}`, `{role: 'subAccount', data: {master}}`, else `{role}` alone. */
function roleOf(answer: HttpResponse): { readonly role: Role; readonly master?: string } {
  refuseTrouble(answer);
  const { role, data } = fieldsOf(answer);
  if (!isRole(role)) throw new NotUnderstood();
  if (role !== 'agent' && role !== 'subAccount') return { role };
  const fields: Fields = asFields(data);
  const master = role === 'agent' ? fields.user : fields.master;
  if (typeof master !== 'string' || !ADDRESS.test(master)) throw new NotUnderstood();
  return { role, master };
}

function of(master: string | undefined): string {
  return master === undefined ? '' : ` of ${shortAddress(master)}`;
}

function network({ testnet }: Asking): string {
  return testnet ? "Hyperliquid's test network" : 'Hyperliquid';
}

function site({ testnet }: Asking): string {
  return testnet ? 'app.hyperliquid-testnet.xyz' : 'app.hyperliquid.xyz';
}
