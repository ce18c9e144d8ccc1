import { type Format, isPem } from '../catalog/credentials/index.ts';
import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';

/**
 * The door for every value that a person enters. A line end at the end is what files and `echo` add, and goes. Inside,
 * only a key in PEM may have one; a NUL can be carried by no environment variable and no file of passwords.
 * @param format what the stack says of it; a value that has to be PEM is judged as PEM.
 */
export function checkValue(name: string, value: Secret, format: Format = 'any'): Secret {
  const text = value.reveal().replace(/[\r\n]+$/, '');
  const isLines = format === 'pem-private-key' || isPem(text);
  const wrong = fault(text, isLines);
  if (wrong === undefined) return new Secret(isLines ? text.replace(/\r\n?/g, '\n') : text);
  throw new SetupError('usage', `The value of ${name} ${wrong}.`, {
    code: 'secret-value-invalid',
    next: [`Enter ${name} again as ${isLines ? 'text' : 'one line of text'}.`],
  });
}

/** Half of a UTF-16 pair: UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function fault(text: string, isLines: boolean): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\0')) return 'holds a NUL character';
  if (!isLines && /[\r\n]/.test(text)) return 'has more than one line';
  return LONE_SURROGATE.test(text) ? 'is not valid Unicode' : undefined;
}
