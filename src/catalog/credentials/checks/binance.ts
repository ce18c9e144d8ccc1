import { createHmac, createPrivateKey, sign } from 'node:crypto';
import type { Secret } from '../../../secret.ts';
import type { Verdict } from '../../../secrets/check/verdict.ts';
import type { HttpRequest, HttpResponse } from '../../../system/http.ts';
import { type Asking, NotUnderstood, type ProviderCheck } from '../check.ts';
import { type Fields, fieldsOf, refuseTrouble } from './answer.ts';
import { needed, sameTwice } from './pair.ts';

/** How long a signature counts. */
const WINDOW_MS = 5_000;
/** `Invalid API-key, IP, or permissions for action`, `API-key format invalid`, `Signature for this request is not valid`. */
const REFUSED = [-2015, -2014, -1022];
/** `Timestamp for this request was ... ahead of / outside of the recvWindow`. */
const CLOCK = -1021;

/**
 * `GET /sapi/v1/account/apiRestrictions` says what the key may do. The test network has no /sapi (it is a spot exchange
 * alone); there `GET /api/v3/account` says whether key and secret fit.
 */
export const check: ProviderCheck = {
  judge(subject) {
    const twice = sameTwice(subject);
    if (twice !== undefined || subject.part !== 'secret') return twice;
    const secret = subject.value('secret');
    if (!secret?.reveal().includes('-----')) return undefined;
    return keyOf(secret) ? undefined : 'it looks like a private key in PEM and is none';
  },

  ask(asking, [answer]) {
    const [missing, key, secret] = needed(asking, 'key', 'secret');
    if (missing) return missing;
    if (answer === undefined) return signed(asking, key, secret);
    const refusal = refusalIn(answer);
    if (refusal) return refusal;
    refuseTrouble(answer);
    const fields = fieldsOf(answer);
    return asking.testnet ? onTestnet(fields) : permissions(fields, asking);
  },
};

function signed({ base, testnet, now }: Asking, key: Secret, secret: Secret): HttpRequest {
  const path = testnet ? '/api/v3/account' : '/sapi/v1/account/apiRestrictions';
  const query = `recvWindow=${WINDOW_MS}&timestamp=${now}`;
  const signature = encodeURIComponent(signatureOf(query, secret));
  return { method: 'GET', url: `${base}${path}?${query}&signature=${signature}`, headers: { 'X-MBX-APIKEY': key } };
}

/** HMAC with a word, RSA (PKCS 1.5) or Ed25519 with a key in PEM. */
function signatureOf(query: string, secret: Secret): string {
  const key = keyOf(secret);
  if (!key) return createHmac('sha256', secret.reveal()).update(query).digest('hex');
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return sign(algorithm, Buffer.from(query), key).toString('base64');
}

function keyOf(secret: Secret) {
  const text = secret.reveal();
  if (!text.includes('-----')) return undefined;
  try {
    return createPrivateKey(text.replaceAll('\\n', '\n'));
  } catch {
    return undefined;
  }
}

function refusalIn({ status, body }: HttpResponse): Verdict | undefined {
  if (status === 200) return undefined;
  const code = codeIn(body);
  if (code !== undefined && REFUSED.includes(code))
    return {
      level: 'bad',
      text: 'Binance refuses key and secret, or this IP address (a key can be limited to that of the server)',
    };
  if (code === CLOCK)
    return { level: 'unknown', text: 'Binance says that the clock of this machine is wrong: set it, then check again' };
  // 451 and 403: it does not serve this place.
  if (status === 451 || status === 403) return { level: 'unknown', text: 'Binance does not answer from this place' };
  return undefined;
}

function codeIn(body: string): number | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    const has = typeof answer === 'object' && answer !== null && 'code' in answer;
    return has && typeof answer.code === 'number' ? answer.code : undefined;
  } catch {
    return undefined;
  }
}

function onTestnet({ canTrade }: Fields): Verdict {
  if (typeof canTrade !== 'boolean') throw new NotUnderstood();
  return { level: 'good', text: "Binance's test network takes key and secret" };
}

const TRADING = ['enableSpotAndMarginTrading', 'enableFutures', 'enableMargin', 'enablePortfolioMarginTrading'];

function permissions(fields: Fields, { now }: Asking): Verdict {
  const { enableWithdrawals, enableReading, tradingAuthorityExpirationTime: end, ipRestrict } = fields;
  if (typeof enableWithdrawals !== 'boolean' || typeof enableReading !== 'boolean') throw new NotUnderstood();
  if (enableWithdrawals)
    return {
      level: 'bad',
      text: 'this key can withdraw: switch withdrawals off at binance.com, API Management, or make another one',
      withdraws: true,
    };
  if (!TRADING.some((name) => fields[name] === true))
    return { level: 'good', text: 'Binance takes key and secret; they can read, and they can not trade' };
  const expires = typeof end === 'number' && end > 0 && end < 8e15 ? new Date(end).toISOString() : undefined;
  if (expires !== undefined && Number(end) <= now)
    return {
      level: 'waiting',
      text: 'Binance takes key and secret, and its permission to trade has ended: renew it at binance.com, API Management',
      expires,
    };
  const open = ipRestrict === false ? '; any IP address may use it' : '';
  return {
    level: 'good',
    text: `Binance takes key and secret: they can trade, and they can not withdraw${open}`,
    ...(expires === undefined ? {} : { expires }),
  };
}
