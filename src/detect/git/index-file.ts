/** Bytes of an object's name: SHA-1, or SHA-256 in a repository of that format. */
export type HashBytes = 20 | 32;

/** Ten numbers stand before the object's name, two bytes of flags behind it (git's Documentation/gitformat-index). */
const NUMBERS = 40;
const EXTENDED = 0x4000;

/** What an index lists. */
export interface Index {
  /** Names in their order; an entry of a split index that only replaces one of the shared index has an empty name. */
  readonly names: readonly string[];
  /** The shared index that this one builds upon: its name, and which of its entries no longer count. */
  readonly shared?: { readonly hash: string; readonly deleted: ReadonlySet<number> };
}

/** Reads a `.git/index` of version 2, 3 or 4; what cannot be understood gives undefined. */
export function readIndex(index: Buffer, hashBytes: HashBytes = 20): Index | undefined {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = index.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const count = index.readUInt32BE(8);
  const head = NUMBERS + hashBytes + 2;
  const names: string[] = [];
  let offset = 12;
  let previous: Buffer = Buffer.alloc(0);
  for (let entry = 0; entry < count; entry++) {
    if (offset + head > index.length) return undefined;
    const flags = index.readUInt16BE(offset + head - 2);
    const nameAt = offset + head + (flags & EXTENDED ? 2 : 0);
    const read = version === 4 ? compressedName(index, nameAt, previous) : plainName(index, offset, nameAt);
    if (read === undefined) return undefined;
    names.push(read.name.toString('utf8'));
    previous = read.name;
    offset = read.next;
  }
  const shared = sharedIndex(index, offset, hashBytes);
  return { names, ...(shared && { shared }) };
}

/** Names of an index and of the shared index it builds upon. */
export function mergeIndex(own: Index, base: Index | undefined): string[] {
  const kept = base?.names.filter((_, at) => own.shared?.deleted.has(at) !== true) ?? [];
  return [...kept, ...own.names.filter((name) => name !== '')];
}

interface Name {
  readonly name: Buffer;
  readonly next: number;
}

/** Ends with NUL, and the entry is filled up to a multiple of eight. */
function plainName(index: Buffer, entryAt: number, nameAt: number): Name | undefined {
  const end = index.indexOf(0, nameAt);
  if (end < 0) return undefined;
  const length = end - entryAt;
  return { name: index.subarray(nameAt, end), next: entryAt + length + (8 - (length % 8)) };
}

/** Version 4: how many bytes to cut off the name before, then what follows them. */
function compressedName(index: Buffer, nameAt: number, previous: Buffer): Name | undefined {
  let at = nameAt;
  let byte = index[at++] ?? 0;
  let cut = byte & 127;
  while (byte & 128 && at < index.length) {
    byte = index[at++] ?? 0;
    cut = (cut + 1) * 128 + (byte & 127);
    if (cut > index.length) return undefined;
  }
  const end = index.indexOf(0, at);
  if (end < 0) return undefined;
  const kept = previous.subarray(0, Math.max(0, previous.length - cut));
  // Every name of a sound index is a path: one that grows without end is damage.
  if (kept.length + end - at > MAX_NAME) return undefined;
  return { name: Buffer.concat([kept, index.subarray(at, end)]), next: end + 1 };
}

/** Longest path that systems allow. */
const MAX_NAME = 4096;

/** The `link` extension: the name of the shared index and two compressed bitmaps (deleted, replaced). */
function sharedIndex(index: Buffer, start: number, hashBytes: HashBytes): Index['shared'] {
  for (let at = start; at + 8 <= index.length - hashBytes; ) {
    const length = index.readUInt32BE(at + 4);
    if (index.toString('latin1', at, at + 4) === 'link') {
      const body = index.subarray(at + 8, at + 8 + length);
      if (body.length < hashBytes) return undefined;
      return { hash: body.toString('hex', 0, hashBytes), deleted: bitmap(body.subarray(hashBytes)) };
    }
    at += 8 + length;
  }
  return undefined;
}

/** Positions of the set bits of an EWAH bitmap (git's Documentation/technical/bitmap-format, appendix A). */
function bitmap(bytes: Buffer): ReadonlySet<number> {
  const found = new Set<number>();
  if (bytes.length < 8) return found;
  const bits = bytes.readUInt32BE(0);
  const words = Math.min(bytes.readUInt32BE(4), Math.floor((bytes.length - 8) / 8));
  const word = (at: number): bigint => bytes.readBigUInt64BE(8 + at * 8);
  let position = 0;
  for (let at = 0; at < words && position < bits; at++) {
    const marker = word(at);
    const run = Number((marker >> 1n) & 0xffffffffn) * 64;
    if (marker & 1n) for (let bit = 0; bit < run && position + bit < MAX_BITS; bit++) found.add(position + bit);
    position += run;
    for (let literals = Number(marker >> 33n); literals > 0 && at + 1 < words; literals--, position += 64) {
      const value = word(++at);
      for (let bit = 0; bit < 64; bit++) if ((value >> BigInt(bit)) & 1n) found.add(position + bit);
    }
  }
  return found;
}

/** More entries than any index that is looked at. */
const MAX_BITS = 1_000_000;
