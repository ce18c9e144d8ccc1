import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { type Identity, type Recipient, Stanza } from 'age-encryption';
import type { Secret } from '../secret.ts';

/** age's own default; 2^18 costs about a second and 256 MiB. */
const WORK_FACTOR = 18;
/** What a file may ask of us; age's own limit. */
const HIGHEST_WORK_FACTOR = 20;
const LABEL = 'age-encryption.org/v1/scrypt';

/**
 * age's passphrase recipient (age-encryption.org/v1 "scrypt") on Node's own scrypt: the one in the library computes in
 * JavaScript on the main thread, which is twice as slow and freezes the screen meanwhile.
 */
export function scryptKey(passphrase: Secret, workFactor: number = WORK_FACTOR): Identity & Recipient {
  const derive = memo((salt: string, logN: number) => deriveKey(passphrase, salt, logN));
  return {
    async wrapFileKey(fileKey) {
      const salt = unpadded(randomBytes(16));
      const key = await derive(salt, workFactor);
      return [new Stanza(['scrypt', salt, String(workFactor)], wrap(fileKey, key))];
    },
    async unwrapFileKey(stanzas) {
      const [stanza] = stanzas;
      const [kind, salt, factor] = stanza?.args ?? [];
      if (stanzas.length !== 1 || stanza === undefined || kind !== 'scrypt' || salt === undefined) return null;
      if (!/^[1-9]\d?$/.test(factor ?? '') || Number(factor) > HIGHEST_WORK_FACTOR || stanza.body.length !== 32) {
        throw new Error('invalid scrypt stanza');
      }
      return unwrap(stanza.body, await derive(salt, Number(factor)));
    },
  };
}

/** A second per key is long: what this process has derived (or is deriving) once, it does not derive again. */
function memo(derive: (salt: string, logN: number) => Promise<Buffer>): typeof derive {
  const known = new Map<string, Promise<Buffer>>();
  return (salt, logN) => {
    const name = `${salt} ${logN}`;
    const key = known.get(name) ?? derive(salt, logN);
    known.set(name, key);
    const [oldest] = known.keys();
    if (known.size > 4 && oldest !== undefined) known.delete(oldest);
    return key;
  };
}

function deriveKey(passphrase: Secret, salt: string, logN: number): Promise<Buffer> {
  const N = 2 ** logN;
  const salted = Buffer.concat([Buffer.from(LABEL), Buffer.from(salt, 'base64')]);
  return new Promise((resolve, reject) => {
    scrypt(passphrase.reveal(), salted, 32, { N, r: 8, p: 1, maxmem: 2 * 128 * N * 8 }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

// The nonce is zero by age's format; safe because every wrap has a key of its own (a fresh salt).
const NONCE = Buffer.alloc(12);

function wrap(fileKey: Uint8Array, key: Buffer): Uint8Array {
  const cipher = createCipheriv('chacha20-poly1305', key, NONCE, { authTagLength: 16 });
  return new Uint8Array(Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]));
}

function unwrap(body: Uint8Array, key: Buffer): Uint8Array | null {
  const decipher = createDecipheriv('chacha20-poly1305', key, NONCE, { authTagLength: 16 });
  decipher.setAuthTag(body.subarray(16));
  try {
    return new Uint8Array(Buffer.concat([decipher.update(body.subarray(0, 16)), decipher.final()]));
  } catch {
    return null;
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
