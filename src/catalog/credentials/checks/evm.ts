import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { Secret } from '../../../secret.ts';
import { checksummed } from '../../eip55.ts';

export { checkAddress, checksummed } from '../../eip55.ts';

/** The address that belongs to a private key of the right form, lower case; undefined: no such key is on the curve. */
export function addressOf(key: Secret): string | undefined {
  const bytes = hexToBytes(key.reveal().replace(/^0x/, ''));
  if (!secp256k1.utils.isValidSecretKey(bytes)) return undefined;
  const [, ...point] = secp256k1.getPublicKey(bytes, false);
  return `0x${bytesToHex(keccak_256(Uint8Array.from(point)).slice(-20))}`;
}

export function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Enough of an address to know it again, e.g. `0x5aAe…eAed`. */
export function shortAddress(address: string): string {
  const cased = checksummed(address);
  return `${cased.slice(0, 6)}…${cased.slice(-4)}`;
}
