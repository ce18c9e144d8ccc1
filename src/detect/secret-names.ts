import { withoutUrlKeys } from '../catalog/secret-names.ts';
import { REDACTED } from '../secret.ts';

export { isSecretName } from '../catalog/secret-names.ts';

/** A text whose URLs no longer hold passwords and keys. */
export function withoutPasswords(text: string): string {
  return withoutUrlKeys(text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:)[^/?#\s@]+(?=@)/gi, `$1${REDACTED}`));
}
