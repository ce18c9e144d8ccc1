import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';

/** PostgreSQL's own number; it takes any. */
const ITERATIONS = 4096;

/**
 * What PostgreSQL stores instead of a password (RFC 5803 layout, RFC 7677 keys), so that `ALTER ROLE … PASSWORD` can be
 * given this and the password never reaches the server's log.
 */
export function scramVerifier(password: Secret, salt: Buffer, iterations: number = ITERATIONS): Secret {
  const salted = pbkdf2Sync(printableAscii(password.reveal()), salt, iterations, 32, 'sha256');
  const stored = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
  // Each of them is a secret by itself: the password can be tried out on it.
  const keys = [stored, hmac(salted, 'Server Key')].map((key) => new Secret(key.toString('base64')).reveal());
  const parts = [`${iterations}:${salt.toString('base64')}`, keys.join(':')];
  return new Secret(`SCRAM-SHA-256$${parts.join('$')}`);
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/**
 * Clients prepare a password by SASLprep (RFC 4013), and differ in how far they go; printable ASCII is what it leaves
 * as it is everywhere.
 */
function printableAscii(password: string): string {
  if (/^[ -~]+$/.test(password)) return password;
  throw new SetupError('usage', 'The database password has characters that database clients treat differently.', {
    code: 'secret-value-invalid',
    next: ['Set one of letters, digits and other printable ASCII: trading-setup secrets set DATABASE_PASSWORD'],
  });
}
