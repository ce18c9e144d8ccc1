/**
 * The ways in which programs write a value, but for those that undoing escapes finds (`views.ts`): as it is, as a form
 * field, quoted for a shell, SQL or Compose, in base64 wherever it stands in a longer text, as the numbers of its bytes.
 */
export function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  return [
    value,
    // Half a UTF-16 pair has no bytes: who writes them writes something in its place.
    bytes.toString(),
    value.replaceAll(' ', '+'),
    value.replaceAll("'", "'\\''"),
    value.replaceAll("'", "''"),
    value.replaceAll('$', '$$$$'),
    ...bytesForms(bytes),
    ...keyForms(value),
  ];
}

/** The lines of a value that has several, but for those that every key has: a log is read line by line. */
export function linesOf(value: string, shortest: number): readonly string[] {
  const lines = value.split(/\r?\n|\r/).map((line) => line.trim());
  return lines.length < 2 ? [] : lines.filter((line) => line.length >= shortest && !/^-----.*-----$/.test(line));
}

function bytesForms(bytes: Buffer): readonly string[] {
  const hex = bytes.toString('hex');
  return [...base64Cores(bytes), hex, hex.toUpperCase(), bytes.join(', '), bytes.join(',')];
}

/** A key in hexadecimal is the same key in other case, without its 0x, and as the bytes that it means. */
function keyForms(value: string): readonly string[] {
  const [, digits] = /^(?:0x)?([0-9a-f]{16,})$/i.exec(value) ?? [];
  if (digits === undefined) return [];
  const key = digits.length % 2 === 0 ? bytesForms(Buffer.from(digits, 'hex')) : [];
  return [digits, digits.toLowerCase(), digits.toUpperCase(), ...key];
}

/**
 * What base64 makes of the value wherever it stands inside a longer text (`user:password`): three alignments, without
 * the signs that it shares with its neighbours.
 */
function base64Cores(bytes: Buffer): readonly string[] {
  const cores = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [...cores, ...cores.map((core) => core.replaceAll('+', '-').replaceAll('/', '_'))];
}
