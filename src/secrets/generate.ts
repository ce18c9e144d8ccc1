import { randomInt } from 'node:crypto';
import { Secret } from '../secret.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 32;

/** A new password: 190 bits in letters and digits, which pass any URL, shell and file format unchanged. */
export function generatePassword(): Secret {
  return new Secret(Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join(''));
}
