/** Bytes before the name of an entry: ten numbers, a SHA-1 and the flags (git's Documentation/gitformat-index). */
const ENTRY_HEAD = 62;
const EXTENDED = 0x4000;

/** Names in a `.git/index` of version 2, 3 or 4; what cannot be understood (another version, SHA-256) gives undefined. */
export function indexNames(index: Buffer): ReadonlySet<string> | undefined {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = index.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const count = index.readUInt32BE(8);
  const names = new Set<string>();
  let offset = 12;
  let name = '';
  for (let entry = 0; entry < count; entry++) {
    if (offset + ENTRY_HEAD > index.length) return undefined;
    const flags = index.readUInt16BE(offset + ENTRY_HEAD - 2);
    const nameAt = offset + ENTRY_HEAD + (flags & EXTENDED ? 2 : 0);
    const read = version === 4 ? compressedName(index, nameAt, name) : plainName(index, offset, nameAt);
    if (read === undefined) return undefined;
    ({ name, next: offset } = read);
    names.add(name);
  }
  return names;
}

interface Name {
  readonly name: string;
  readonly next: number;
}

/** Ends with NUL, and the entry is filled up to a multiple of eight. */
function plainName(index: Buffer, entryAt: number, nameAt: number): Name | undefined {
  const end = index.indexOf(0, nameAt);
  if (end < 0) return undefined;
  const length = end - entryAt;
  return { name: index.toString('utf8', nameAt, end), next: entryAt + length + (8 - (length % 8)) };
}

/** Version 4: how much to cut off the name before, then what follows it. */
function compressedName(index: Buffer, nameAt: number, previous: string): Name | undefined {
  let at = nameAt;
  let byte = index[at++] ?? 0;
  let cut = byte & 127;
  while (byte & 128 && at < index.length) {
    byte = index[at++] ?? 0;
    cut = ((cut + 1) << 7) | (byte & 127);
  }
  const end = index.indexOf(0, at);
  if (end < 0) return undefined;
  // The cut counts bytes, so it is made on bytes.
  const kept = Buffer.from(previous);
  const name = Buffer.concat([kept.subarray(0, Math.max(0, kept.length - cut)), index.subarray(at, end)]).toString(
    'utf8',
  );
  return { name, next: end + 1 };
}
