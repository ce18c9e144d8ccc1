import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { Secret } from '../../../secret.ts';
import { NotUnderstood, type ProviderCheck } from '../check.ts';
import { fieldsOf, isRefused, refuseTrouble } from './answer.ts';
import { needed } from './pair.ts';

const PATH = '/trade-api/v2/portfolio/balance';

/** `GET /portfolio/balance`, signed: RSA-PSS with SHA-256 over time, method and path (docs.kalshi.com, API keys). */
export const check: ProviderCheck = {
  judge(subject) {
    if (subject.part !== 'secret') return undefined;
    const secret = subject.value('secret');
    const key = secret && keyOf(secret);
    if (key === undefined) return 'what is between its BEGIN and END lines is no private key';
    return key.asymmetricKeyType === 'rsa' ? undefined : 'it is no RSA key, and Kalshi takes no other';
  },

  ask(asking, [answer]) {
    const [missing, id, secret] = needed(asking, 'key', 'secret');
    if (missing) return missing;
    const key = keyOf(secret);
    if (key === undefined) return { level: 'bad', text: 'the private key is none' };
    if (answer === undefined) {
      const time = String(asking.now);
      return {
        method: 'GET',
        url: `${asking.base}${PATH}`,
        headers: {
          'KALSHI-ACCESS-KEY': id,
          'KALSHI-ACCESS-TIMESTAMP': time,
          'KALSHI-ACCESS-SIGNATURE': signatureOf(`${time}GET${PATH}`, key),
        },
      };
    }
    const where = asking.testnet ? "Kalshi's demo" : 'Kalshi';
    if (isRefused(answer))
      return { level: 'bad', text: `${where} refuses key ID and private key (those of the demo work only there)` };
    refuseTrouble(answer);
    if (typeof fieldsOf(answer).balance !== 'number') throw new NotUnderstood();
    return { level: 'good', text: `${where} takes key ID and private key` };
  },
};

function signatureOf(text: string, key: KeyObject): string {
  const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return sign('sha256', Buffer.from(text), options).toString('base64');
}

function keyOf(secret: Secret): KeyObject | undefined {
  try {
    return createPrivateKey(secret.reveal().replaceAll('\\n', '\n'));
  } catch {
    return undefined;
  }
}
