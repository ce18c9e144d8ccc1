import { SetupError } from '../errors.ts';

const USE_VAULT =
  'Or keep the secrets in an encrypted file from now on: trading-setup init --set secrets.store=vault (what the keychain has stays there; when it opens again, trading-setup secrets move --to vault brings it over).';

/** Sentences of libsecret and GDBus that mean "nobody is there"; each has its sample in keychain.test.ts. */
const NOBODY_THERE =
  /^Could not connect|^Cannot autolaunch|^Cannot spawn a message bus|was not provided by any \.service files|^The connection is closed|^Error spawning|The name .* not activatable/;

/** A failed call in words; `at` says how far it came. */
export function explainKeychain(at: 'load' | 'call' | 'silence' | 'crash', message: string): SetupError {
  if (at === 'load') return noKeychain(`its library does not load (${firstLine(message)})`);
  if (at === 'call' && NOBODY_THERE.test(message)) return noKeychain(firstLine(message));
  if (at === 'call') return locked(message);
  const what = at === 'silence' ? 'does not answer' : `broke off (${message})`;
  return new SetupError('needs-you', `The keychain ${what}.`, {
    code: 'keychain-hangs',
    next: [
      'Unlock the keychain (log in to the desktop, or open its password window and answer it), then run the command again.',
      USE_VAULT,
    ],
  });
}

/** Nobody is there to keep a secret. */
export function noKeychain(why: string): SetupError {
  return new SetupError('needs-you', `No keychain is available: ${why}.`, {
    code: 'keychain-missing',
    next: [
      'On a Linux desktop install it (Debian: sudo apt install libsecret-1-0 gnome-keyring), log in again and repeat the command.',
      USE_VAULT,
    ],
  });
}

function locked(message: string): SetupError {
  return new SetupError('needs-you', `The keychain is locked: ${firstLine(message)}.`, {
    code: 'keychain-locked',
    next: [
      'Unlock it (log in to the desktop, or "Passwords and Keys" → Login → Unlock; macOS: security unlock-keychain), then run the command again.',
      USE_VAULT,
    ],
  });
}

function firstLine(message: string): string {
  return message.split('\n', 1).join('').replace(/\.$/, '');
}
