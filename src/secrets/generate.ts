import { randomBytes, randomInt } from 'node:crypto';
import type { Format } from '../catalog/credentials/index.ts';
import { Secret } from '../secret.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 32;

/** A new password: 190 bits in letters and digits, which pass any URL, shell and file format unchanged. */
export function generatePassword(): Secret {
  return new Secret(Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join(''));
}

/** A new value of a generated secret, in the form that it has to have. */
export function generateValue(format: Format): Secret {
  return format === 'hex-32' ? new Secret(randomBytes(32).toString('hex')) : generatePassword();
}
