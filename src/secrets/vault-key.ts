import { dirname } from 'node:path';
import {
  armor,
  Decrypter,
  Encrypter,
  generateX25519Identity,
  type Identity,
  identityToRecipient,
  type Recipient,
} from 'age-encryption';
import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { ensurePrivateDir, fileMode, readText, writeAtomic } from '../system/files.ts';
import { scryptKey } from './age-scrypt.ts';
import {
  damagedVault,
  type Kind,
  keyFileDamaged,
  keyFileGone,
  keyFileOpen,
  otherKind,
  SHORTEST_PASSPHRASE,
  tooShort,
  wrongKey,
} from './vault-errors.ts';

/** How a vault is opened. */
export type Unlock =
  /**
   * Asked once, when the first value is needed; `create`: for a vault that does not exist yet. A wrong one is asked for
   * again up to `tries` times (default: once is all), and told how many were wrong before.
   */
  | {
      readonly kind: 'passphrase';
      readonly ask: AskPassphrase;
      readonly tries?: number;
      /** The file that it comes from, where nobody types it. */
      readonly file?: string;
    }
  /** An age identity in a file that only its owner reads; made with the first value. */
  | { readonly kind: 'key-file'; readonly path: string };

/** Asks for the passphrase of a vault. */
export type AskPassphrase = (purpose: 'open' | 'create', wrongBefore: number) => Promise<Secret>;

/** What seals and opens a vault file. */
export interface VaultKey {
  seal(text: string): Promise<string>;
  /** Fails with a SetupError that names the cause: another key, wrong passphrase, damage. */
  open(sealed: string, path: string): Promise<string>;
}

/** Gets the key of an existing vault, or makes that of a new one. */
export async function obtainKey(unlock: Unlock, purpose: 'open' | 'create', wrongBefore = 0): Promise<VaultKey> {
  if (unlock.kind === 'key-file') {
    const identity = (await readKeyFile(unlock.path, purpose)).reveal();
    return key('X25519', identity, await recipientOf(identity, unlock.path));
  }
  const passphrase = await unlock.ask(purpose, wrongBefore);
  if (purpose === 'create' && passphrase.length < SHORTEST_PASSPHRASE) throw tooShort();
  const scrypt = scryptKey(passphrase);
  return key('scrypt', scrypt, scrypt, unlock.file);
}

/** Thrown from inside age when no identity fits: it has no error codes, only sentences. */
class NoIdentityFits extends Error {}

function key(kind: Kind, identity: string | Identity, recipient: string | Recipient, file?: string): VaultKey {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  decrypter.addIdentity({
    unwrapFileKey: () => {
      throw new NoIdentityFits();
    },
  });
  return {
    seal: async (text) => armor.encode(await encrypter.encrypt(text)),
    open: async (sealed, path) => {
      try {
        const bytes = armor.decode(sealed);
        const found = sealedWith(bytes);
        if (found !== undefined && found !== kind) throw otherKind(found);
        return await decrypter.decrypt(bytes, 'text');
      } catch (error) {
        if (error instanceof SetupError) throw error;
        throw error instanceof NoIdentityFits ? wrongKey(kind, file) : damagedVault(path, error);
      }
    },
  };
}

/** The kind of the first recipient in an age header. */
function sealedWith(bytes: Uint8Array): Kind | undefined {
  const [, kind] =
    /^age-encryption\.org\/v1\n-> (scrypt|X25519) /.exec(Buffer.from(bytes.subarray(0, 64)).toString('latin1')) ?? [];
  return kind === 'scrypt' || kind === 'X25519' ? kind : undefined;
}

async function readKeyFile(path: string, purpose: 'open' | 'create'): Promise<Secret> {
  const mode = await fileMode(path);
  if (mode === undefined) {
    if (purpose === 'open') throw keyFileGone(path);
    return makeKeyFile(path);
  }
  if ((mode & 0o077) !== 0) throw keyFileOpen(path);
  const [identity] = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec((await readText(path)) ?? '') ?? [];
  if (identity === undefined) throw keyFileDamaged(path);
  return new Secret(identity);
}

async function recipientOf(identity: string, path: string): Promise<string> {
  try {
    return await identityToRecipient(identity);
  } catch {
    // Without the cause: the library quotes the whole key in "Invalid checksum in …".
    throw keyFileDamaged(path);
  }
}

async function makeKeyFile(path: string): Promise<Secret> {
  const identity = new Secret(await generateX25519Identity());
  await ensurePrivateDir(dirname(path));
  const note = '# Opens the secrets vault of this stack (an age identity). Whoever reads it reads the secrets.\n';
  await writeAtomic(path, `${note}${identity.reveal()}\n`, { mode: 0o600 });
  return identity;
}
