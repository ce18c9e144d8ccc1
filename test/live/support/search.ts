/** A place that could show a secret, and how to read all of it. */
export interface Place {
  readonly name: string;
  readonly read: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** Something to look for. */
export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The shortest text that is looked for: a shorter one stands anywhere by chance. */
const SHORTEST = 6;
/** Signs of a beginning by which needles are found. */
const HEAD = 4;

const percent = (value: string): string =>
  Array.from(Buffer.from(value), (byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
const unicode = (value: string): string =>
  Array.from({ length: value.length }, (_, at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);
const ascii = (value: string): string =>
  inJson(value).replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What base64 makes of it at each place in a longer text, without the signs that it shares with its neighbours. */
function base64(value: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(value);
  const cores = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return Object.fromEntries(
    cores.flatMap((core, at) => [
      [` (base64 at ${at})`, core],
      [` (base64 for URLs at ${at})`, core.replaceAll('+', '-').replaceAll('/', '_')],
    ]),
  );
}

/** The value as it is, and in the forms in which programs write it; apart from those of the program under test. */
export function formsOf(name: string, value: string): readonly Needle[] {
  // Compose doubles what would be interpolated.
  const doubled = value.replaceAll('$', '$$$$');
  const encoded = encodeURIComponent(value);
  const small = encoded.replace(/%../g, (sign) => sign.toLowerCase());
  const strict = encoded.replace(/[!'()*~]/g, percent);
  const hex = Buffer.from(value).toString('hex');
  const forms = {
    '': value,
    ' (percent-encoded)': encoded,
    ' (percent-encoded, small)': small,
    ' (percent-encoded, strict)': strict,
    ' (percent-encoded, every byte)': percent(value),
    ' (form)': encoded.replaceAll('%20', '+'),
    ' (form, small)': small.replaceAll('%20', '+'),
    ' (JSON)': inJson(value),
    ' (JSON, ASCII)': ascii(value),
    ' (JSON, slashes)': inJson(value).replaceAll('/', '\\/'),
    ' (JSON, every sign)': unicode(value),
    ' (JSON twice)': inJson(inJson(value)),
    ' ($ doubled)': doubled,
    ' ($ doubled, JSON)': inJson(doubled),
    ' (shell)': value.replaceAll("'", "'\\''"),
    ' (SQL)': value.replaceAll("'", "''"),
    ' (hex)': hex,
    ' (hex, large)': hex.toUpperCase(),
    ...base64(value),
  };
  // Where two forms are the same text, the first has its name.
  const unique = new Map(
    Object.entries(forms)
      .toReversed()
      .map(([form, text]) => [text, `${name}${form}`]),
  );
  return [...unique].flatMap(([text, form]) =>
    text.length < SHORTEST ? [] : [{ name: form, bytes: Buffer.from(text) }],
  );
}

/** What one search went through. */
export interface Searched {
  readonly found: ReadonlySet<string>;
  readonly bytes: number;
}

/** Looks for all needles in one pass: a hundred of them over gigabytes would take as many passes otherwise. */
export function seeker(needles: readonly Needle[]): (place: Place) => Promise<Searched> {
  const heads = new Uint8Array(0x1_0000);
  const byHead = new Map<number, Needle[]>();
  for (const needle of needles) {
    let head = 0;
    for (const byte of needle.bytes.subarray(0, HEAD)) head = ((head << 4) ^ byte) & 0xffff;
    heads[head] = 1;
    byHead.set(head, [...(byHead.get(head) ?? []), needle]);
  }
  const overlap = Math.max(0, ...needles.map(({ bytes }) => bytes.length)) - 1;
  return async ({ read }) => {
    const found = new Set<string>();
    let bytes = 0;
    let tail: Buffer = Buffer.alloc(0);
    for await (const chunk of read()) {
      bytes += chunk.length;
      // Chunks may cut a value in two.
      const text = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
      let head = 0;
      for (let last = 0; last < text.length; last += 1) {
        head = ((head << 4) ^ (text[last] ?? 0)) & 0xffff;
        if (heads[head] === 0) continue;
        const at = last - HEAD + 1;
        for (const { name, bytes: wanted } of byHead.get(head) ?? []) {
          if (at >= 0 && text.length - at >= wanted.length && wanted.compare(text, at, at + wanted.length) === 0)
            found.add(name);
        }
      }
      tail = text.subarray(Math.max(0, text.length - overlap));
    }
    return { found, bytes };
  };
}

/** Names of the needles that are in a place. */
export async function findIn(place: Place, needles: readonly Needle[]): Promise<readonly string[]> {
  return [...(await seeker(needles)(place)).found];
}

/** Everything that is found anywhere, as `place: needle`. */
export async function findAll(places: readonly Place[], needles: readonly Needle[]): Promise<readonly string[]> {
  const seek = seeker(needles);
  const hits: string[] = [];
  for (const place of places) {
    for (const name of (await seek(place)).found) hits.push(`${place.name}: ${name}`);
  }
  return hits;
}

/** A place of one text. */
export function text(name: string, content: string | Promise<string>): Place {
  return {
    name,
    read: async function* () {
      yield Buffer.from(await content);
    },
  };
}
