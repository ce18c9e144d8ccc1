/** Formats that a credential can be checked against; the same names as in `trading-setup.yaml`. */
export type Format = 'any' | 'evm-address' | 'evm-private-key';

const ADDRESS_DIGITS = 40;
const PRIVATE_KEY_DIGITS = 64;

/** What is wrong with a value, in words that never contain it; undefined: nothing. */
export function checkFormat(format: Format, value: string): string | undefined {
  if (value.trim() === '') return 'it is empty';
  if (value !== value.trim()) return 'it has a space or a line break at its start or end';
  switch (format) {
    case 'any':
      return undefined;
    case 'evm-address':
      return checkHex(value, ADDRESS_DIGITS, 'an address');
    case 'evm-private-key':
      return checkHex(value, PRIVATE_KEY_DIGITS, 'a private key');
  }
}

function checkHex(value: string, digits: number, what: string): string | undefined {
  const wanted = `${what} is 0x and ${digits} hexadecimal digits`;
  if (!value.startsWith('0x')) return `it does not start with 0x: ${wanted}`;
  const body = value.slice(2);
  if (!/^[0-9a-fA-F]*$/.test(body)) return `it contains something else than hexadecimal digits: ${wanted}`;
  if (body.length !== digits) return `it has ${body.length} digits after 0x${confused(body.length, digits)}: ${wanted}`;
  if (/^0+$/.test(body)) return 'it is all zeros';
  return undefined;
}

/** The two are easily pasted into each other's place. */
function confused(length: number, wanted: number): string {
  if (length === ADDRESS_DIGITS && wanted === PRIVATE_KEY_DIGITS) return ', like an address';
  if (length === PRIVATE_KEY_DIGITS && wanted === ADDRESS_DIGITS) return ', like a private key';
  return '';
}
