import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';

/**
 * The door for every value that a person enters. A line end at the end is what files and `echo` add, and goes; inside,
 * neither a line end nor a NUL can be carried by an environment variable or a password file.
 */
export function checkValue(name: string, value: Secret): Secret {
  const text = value.reveal().replace(/[\r\n]+$/, '');
  const wrong = fault(text);
  if (wrong === undefined) return new Secret(text);
  throw new SetupError('usage', `The value of ${name} ${wrong}.`, {
    code: 'secret-value-invalid',
    next: [`Enter ${name} again as one line of text.`],
  });
}

/** Half of a UTF-16 pair: UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function fault(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\0')) return 'holds a NUL character';
  if (/[\r\n]/.test(text)) return 'has more than one line';
  return LONE_SURROGATE.test(text) ? 'is not valid Unicode' : undefined;
}
