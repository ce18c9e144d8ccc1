import { credentialFor } from '../catalog/credentials/index.ts';
import { REDACTED } from '../secret.ts';

/** Words that make a name secret wherever they stand, and those that do so at its end. */
const ANYWHERE = /(?:^|_)(?:SECRETS?|PASSWORD|PASSWD|PASSPHRASE|PRIVATE|MNEMONIC|CREDENTIALS?)(?:_|$)/;
const AT_END = /(?:^|_)(?:KEYS?|TOKEN|AUTH|SEED|PASS|PIN)$/;
/** What only points at a secret, or is no secret at all. */
const HARMLESS = /(?:^|_)PUBLIC(?:_|$)|_(?:PATH|FILE|DIR|ID|NAME|URL|URI|ADDRESS|TTL|SECS|SECONDS|COUNT|LENGTH|LEN)$/;

/** Whether the name of a variable or config key says that its value is secret. */
export function isSecretName(name: string): boolean {
  const known = credentialFor(name);
  if (known) return known.credential.secret;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  return !HARMLESS.test(words) && (ANYWHERE.test(words) || AT_END.test(words));
}

/** A text whose URLs no longer hold passwords. */
export function withoutPasswords(text: string): string {
  return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:)[^/?#\s@]+(?=@)/gi, `$1${REDACTED}`);
}
