const FIRST_SIZE = 1 << 15;

/** Every distinct word of the code once: a word becomes a number, so that millions of them are compared and kept cheaply. */
export class Words {
  /** Open addressing: number of the word + 1, or 0. */
  #table = new Int32Array(FIRST_SIZE);
  #hashes = new Int32Array(FIRST_SIZE);
  /** Where each word begins in the arena; the next one's begin is its end. */
  #begins = new Int32Array(FIRST_SIZE);
  #arena = new Uint8Array(FIRST_SIZE * 8);
  #texts: (string | undefined)[] = [];

  /** How many words there are; their numbers are below it. */
  count = 0;

  /** The number of `bytes[start..end]`; `hash` is what `hashOf` gives for it. */
  intern(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#table.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let number = this.#table[slot] ?? 0; number !== 0; number = this.#table[slot] ?? 0) {
      if (this.#hashes[number - 1] === hash && this.#isSame(number - 1, bytes, start, end)) return number - 1;
      slot = (slot + 1) & mask;
    }
    return this.#add(bytes, start, end, hash, slot);
  }

  /** The number of a word, -1 where the code never says it. */
  find(text: string): number {
    const bytes = Buffer.from(text);
    const hash = hashOf(bytes, 0, bytes.length);
    const mask = this.#table.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let number = this.#table[slot] ?? 0; number !== 0; number = this.#table[slot] ?? 0) {
      if (this.#hashes[number - 1] === hash && this.#isSame(number - 1, bytes, 0, bytes.length)) return number - 1;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** The number of a word, which is new where it was not known. */
  numberOf(text: string): number {
    const bytes = Buffer.from(text);
    return this.intern(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length));
  }

  /** The word with a number. */
  text(number: number): string {
    const known = this.#texts[number];
    if (known !== undefined) return known;
    const text = Buffer.from(this.#arena.subarray(this.#begins[number], this.#begins[number + 1])).toString();
    this.#texts[number] = text;
    return text;
  }

  #isSame(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const begin = this.#begins[number] ?? 0;
    const length = end - start;
    if ((this.#begins[number + 1] ?? 0) - begin !== length) return false;
    const arena = this.#arena;
    for (let at = 0; at < length; at++) if (arena[begin + at] !== bytes[start + at]) return false;
    return true;
  }

  #add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const number = this.count++;
    const begin = this.#begins[number] ?? 0;
    const length = end - start;
    if (begin + length > this.#arena.length) this.#arena = grownBytes(this.#arena, begin + length);
    for (let at = 0; at < length; at++) this.#arena[begin + at] = bytes[start + at] ?? 0;
    if (number + 2 > this.#begins.length) {
      this.#begins = grown(this.#begins);
      this.#hashes = grown(this.#hashes);
    }
    this.#begins[number + 1] = begin + length;
    this.#hashes[number] = hash;
    this.#table[slot] = number + 1;
    if (this.count * 2 > this.#table.length) this.#rehash();
    return number;
  }

  #rehash(): void {
    const table = new Int32Array(this.#table.length * 2);
    const mask = table.length - 1;
    for (let number = 0; number < this.count; number++) {
      const hash = this.#hashes[number] ?? 0;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = number + 1;
    }
    this.#table = table;
  }
}

/** The hash of a word; the lexer computes the same while it reads. */
export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  return hash;
}

/** The same numbers with twice the room. */
export function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

function grownBytes(bytes: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(bytes.length * 2, least));
  larger.set(bytes);
  return larger;
}
