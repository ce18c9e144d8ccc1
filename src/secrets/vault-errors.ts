import { SetupError } from '../errors.ts';

/** How an age file is locked: the kind of its first recipient. */
export type Kind = 'scrypt' | 'X25519';

/** The file can be copied and tried offline, without limit. */
export const SHORTEST_PASSPHRASE = 10;

function needsYou(code: string, sentence: string, ...next: string[]): SetupError {
  return new SetupError('needs-you', sentence, { code, next });
}

/**
 * The vault has this kind of lock, and what was supplied does not fit.
 * @param file that the passphrase came from.
 */
export function wrongKey(kind: Kind, file?: string): SetupError {
  if (kind === 'scrypt' && file !== undefined) {
    return needsYou(
      'vault-wrong-passphrase',
      `The passphrase in ${file} does not open the vault.`,
      `Put the passphrase of this vault into ${file} (it is named by TRADING_SETUP_PASSPHRASE_FILE), or take that variable away and run the command again.`,
    );
  }
  return kind === 'scrypt'
    ? needsYou(
        'vault-wrong-passphrase',
        'The passphrase does not open the vault.',
        'Run the command again and enter the passphrase of this vault.',
      )
    : needsYou(
        'vault-wrong-key',
        'The key file belongs to another vault.',
        'Put back the key file that this vault was made with (from your backup).',
      );
}

/** The vault has the other kind of lock. */
export function otherKind(found: Kind): SetupError {
  const [by, setting] = found === 'scrypt' ? ['a passphrase', 'passphrase'] : ['a key file', 'key-file'];
  return needsYou(
    'vault-other-unlock',
    `The vault is opened by ${by}, not as trading-setup.yaml says.`,
    `Set secrets.unlock: ${setting} in trading-setup.yaml.`,
  );
}

/** The vault cannot be read whatever the key is. */
export function damagedVault(path: string, cause?: unknown): SetupError {
  return new SetupError('needs-you', `The vault ${path} is damaged.`, {
    code: 'vault-damaged',
    next: [`Put back ${path} from a backup, or move it and names.json beside it away and enter the secrets again.`],
    cause,
  });
}

/** A passphrase that could be guessed offline. */
export function tooShort(): SetupError {
  return needsYou(
    'vault-short-passphrase',
    `The passphrase of a vault needs ${SHORTEST_PASSPHRASE} characters or more.`,
    'Run the command again and choose a longer one, e.g. five random words.',
  );
}

/** Never answered with a new key: it would not open the vault. */
export function keyFileGone(path: string): SetupError {
  return needsYou(
    'vault-key-missing',
    `The key file ${path} is missing, and the vault does not open without it.`,
    `Put back ${path} from your backup.`,
  );
}

/** Others have been able to read the key. */
export function keyFileOpen(path: string): SetupError {
  return needsYou('vault-key-readable', `Others on this machine can read the key file ${path}.`, `chmod 600 ${path}`);
}

/** Without a cause: the library quotes the key. */
export function keyFileDamaged(path: string): SetupError {
  return needsYou('vault-key-damaged', `${path} holds no age identity.`, `Put back ${path} from your backup.`);
}

/** An empty answer here would make new database passwords for a database that has old ones. */
export function goneVault(path: string): SetupError {
  return new SetupError('needs-you', `The vault ${path} is gone, though the list beside it names secrets.`, {
    code: 'vault-missing',
    next: [
      `Put back ${path} from a backup; if it is lost for good, delete names.json beside it and enter the secrets again.`,
    ],
  });
}

/** Written again as soon as somebody opens the vault; until then nobody can say what is in it without the passphrase. */
export function namesGone(path: string): SetupError {
  return needsYou(
    'vault-names-missing',
    `The list of the names in the vault ${path} is gone; only its passphrase tells them.`,
    'Open the vault once, which writes the list again: trading-setup secrets push',
  );
}
