import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Secret } from '../../../secret.ts';

/** The address that belongs to a private key of the right form, lower case; undefined: no such key is on the curve. */
export function addressOf(key: Secret): string | undefined {
  const bytes = hexToBytes(key.reveal().replace(/^0x/, ''));
  if (!secp256k1.utils.isValidSecretKey(bytes)) return undefined;
  const [, ...point] = secp256k1.getPublicKey(bytes, false);
  return `0x${bytesToHex(keccak_256(Uint8Array.from(point)).slice(-20))}`;
}

/** An address as EIP-55 writes it: upper and lower case are its checksum. */
export function checksummed(address: string): string {
  const digits = address.slice(2).toLowerCase();
  const hash = bytesToHex(keccak_256(utf8ToBytes(digits)));
  const cased = Array.from(digits, (digit, at) =>
    Number.parseInt(hash[at] ?? '0', 16) >= 8 ? digit.toUpperCase() : digit,
  );
  return `0x${cased.join('')}`;
}

/** What is wrong with an address of the right form: a mistyped sign changes its checksum. One in a single case has none. */
export function checkAddress(address: string): string | undefined {
  const digits = address.slice(2);
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase() || address === checksummed(address))
    return undefined;
  return 'its upper and lower case do not fit its digits (EIP-55): one of them is mistyped';
}

export function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Enough of an address to know it again, e.g. `0x5aAe…eAed`. */
export function shortAddress(address: string): string {
  const cased = checksummed(address);
  return `${cased.slice(0, 6)}…${cased.slice(-4)}`;
}
