import { REDACTED } from '../secret.ts';

export { isSecretName } from '../catalog/secret-names.ts';

/** A text whose URLs no longer hold passwords. */
export function withoutPasswords(text: string): string {
  return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:)[^/?#\s@]+(?=@)/gi, `$1${REDACTED}`);
}
