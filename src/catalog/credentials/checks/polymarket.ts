import { createHmac } from 'node:crypto';
import type { Secret } from '../../../secret.ts';
import type { HttpRequest } from '../../../system/http.ts';
import { type Asking, NotUnderstood, type ProviderCheck, type Subject } from '../check.ts';
import { fieldsOf, isRefused, refuseTrouble } from './answer.ts';
import { addressOf, checkAddress, sameAddress, shortAddress } from './evm.ts';
import { lacking, sameTwice } from './pair.ts';

const PATH = '/auth/api-keys';
const PARTS = ['key', 'secret', 'passphrase'] as const;

/**
 * `GET /auth/api-keys`, "level 2": HMAC-SHA256 over time, method and path with the secret, as the venue's own client does
 * it. The wallet's key is not sent; its address is.
 */
export const check: ProviderCheck = {
  judge(subject) {
    const account = subject.value('account')?.reveal();
    const wallet = subject.value('wallet');
    if (subject.part === 'account') return account === undefined ? undefined : checkAddress(account);
    if (subject.part !== 'wallet' || wallet === undefined) return sameTwice(subject);
    const address = addressOf(wallet);
    if (address === undefined) return 'it is no private key: its number is not on the curve';
    if (account === undefined || sameAddress(address, account)) return undefined;
    return `its address is ${shortAddress(address)}, and ${subject.nameOf('account') ?? 'the address'} says ${shortAddress(account)}`;
  },

  ask(asking, [answer]) {
    const values = PARTS.map(asking.value);
    const [key, secret, passphrase] = values;
    // A program that has only the wallet's key derives the rest by itself.
    if (PARTS.every((part) => asking.nameOf(part) === undefined)) return undefined;
    if (!key || !secret || !passphrase) return lacking(asking, PARTS[values.findIndex((value) => !value)] ?? 'key');
    const address = addressIn(asking);
    if (address === undefined) return lacking(asking, 'account');
    if (answer === undefined) return signed(asking, { key, secret, passphrase, address });
    const name = shortAddress(address);
    if (isRefused(answer))
      return { level: 'bad', text: `Polymarket refuses the API credentials: they are not those of the wallet ${name}` };
    refuseTrouble(answer);
    const { apiKeys } = fieldsOf(answer);
    if (!Array.isArray(apiKeys)) throw new NotUnderstood();
    return { level: 'good', text: `Polymarket takes the API credentials of the wallet ${name}` };
  },
};

function addressIn(subject: Subject): string | undefined {
  const wallet = subject.value('wallet');
  return (wallet && addressOf(wallet)) ?? subject.value('account')?.reveal();
}

interface Credentials {
  readonly key: Secret;
  readonly secret: Secret;
  readonly passphrase: Secret;
  readonly address: string;
}

function signed({ base, now }: Asking, { key, secret, passphrase, address }: Credentials): HttpRequest {
  const time = String(Math.floor(now / 1000));
  // Node reads base64 in both of its alphabets; the answer is in that of URLs, with its padding.
  const hmac = createHmac('sha256', Buffer.from(secret.reveal(), 'base64'));
  const signature = hmac.update(`${time}GET${PATH}`).digest('base64').replaceAll('+', '-').replaceAll('/', '_');
  return {
    method: 'GET',
    url: `${base}${PATH}`,
    headers: {
      POLY_ADDRESS: address,
      POLY_SIGNATURE: signature,
      POLY_TIMESTAMP: time,
      POLY_API_KEY: key,
      POLY_PASSPHRASE: passphrase,
    },
  };
}
