import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { SHORTEST_PASSPHRASE } from '../secrets/vault-errors.ts';
import { environment } from '../system/process.ts';
import type { Face } from '../ui/face.ts';
import { giveUp } from './give-up.ts';

const OF_A_VAULT = 'Passphrase of the vault';
const NEW = `New passphrase for the vault, ${SHORTEST_PASSPHRASE} characters or more`;

/**
 * The passphrase of a vault: from the file that the environment names, else from the person, who is asked again in
 * place where it cannot be one: a run that ends here would leave the next thing typed, the passphrase, to the shell.
 * @param wrongBefore how many were given that do not open the vault.
 * @throws SetupError exit 4 where nobody can be asked, exit 130 where the person gives up.
 */
export async function passphraseFor(
  { face, interactive }: { readonly face: Pick<Face, 'askSecret'>; readonly interactive: boolean },
  purpose: 'open' | 'create',
  wrongBefore = 0,
): Promise<Secret> {
  const file = environment().TRADING_SETUP_PASSPHRASE_FILE;
  if (file !== undefined) return readPassphrase(file);
  if (!interactive) throw needsPassphrase('The vault needs its passphrase.');
  const ask = async (question: string) => (await face.askSecret(question)) ?? giveUp();
  return purpose === 'open' ? askOld(ask, `${wrongWords(wrongBefore)}${OF_A_VAULT}`) : askNew(ask);
}

function wrongWords(wrongBefore: number): string {
  if (wrongBefore === 0) return '';
  return `That one does not open it${wrongBefore === 1 ? '' : ' either'}. `;
}

type Ask = (question: string) => Promise<Secret>;

async function askOld(ask: Ask, question: string): Promise<Secret> {
  let given = await ask(question);
  while (given.length === 0) given = await ask(`Nothing was typed. ${OF_A_VAULT}`);
  return given;
}

async function askNew(ask: Ask): Promise<Secret> {
  let problem = '';
  for (;;) {
    const first = await ask(`${problem}${NEW}`);
    if (first.length < SHORTEST_PASSPHRASE) {
      problem = first.length === 0 ? 'Nothing was typed. ' : 'That one is too short. ';
    } else if ((await ask('The same passphrase again')).reveal() === first.reveal()) {
      return first;
    } else {
      problem = 'The two differ. ';
    }
  }
}

async function readPassphrase(path: string): Promise<Secret> {
  const { fileMode, isFolder, readText } = await import('../system/files.ts');
  if (await isFolder(path)) throw needsPassphrase(`TRADING_SETUP_PASSPHRASE_FILE names ${path}, which is a folder.`);
  // Like the key file: whoever reads it opens the vault.
  if (((await fileMode(path)) ?? 0) & 0o077) {
    throw new SetupError('needs-you', `Others on this machine can read the passphrase file ${path}.`, {
      code: 'passphrase-file-readable',
      next: [`chmod 600 ${path}`],
    });
  }
  const text = await readText(path);
  if (text === undefined) throw needsPassphrase(`${path} cannot be read.`);
  return new Secret(text.replace(/\r?\n$/, ''));
}

function needsPassphrase(sentence: string): SetupError {
  return new SetupError('needs-you', sentence, {
    code: 'passphrase-needed',
    next: [
      'Run the command on a terminal (without --yes), or put the passphrase into a file of mode 0600 and name it in TRADING_SETUP_PASSPHRASE_FILE.',
    ],
  });
}
