import { SetupError } from '../errors.ts';
import { findRepository, requireStack } from '../flow/repository.ts';
import type { Secret } from '../secret.ts';
import { Secret as SecretValue } from '../secret.ts';
import type { SecretStore } from '../secrets/store.ts';
import type { Stack } from '../stack/schema.ts';
import { now } from '../system/clock.ts';
import { lazyRunner } from '../system/lazy-runner.ts';
import { environment, workingFolder } from '../system/process.ts';
import type { Runner } from '../system/run.ts';
import { onExit, onInterrupt, terminalFacts } from '../system/terminal.ts';
import { chooseFace } from '../ui/choose.ts';
import type { Face } from '../ui/face.ts';

/** Flags that every command takes. */
export interface CommonFlags {
  readonly dir?: string;
  readonly json?: boolean;
  readonly plain?: boolean;
  /** Nobody is asked, even on a terminal. */
  readonly yes?: boolean;
}

/** What commands hand to flows and operations. */
export interface Context {
  readonly dir: string;
  readonly runner: Runner;
  readonly face: Face;
  /** A person can be asked. */
  readonly interactive: boolean;
  openStore(stack: Stack): Promise<SecretStore>;
}

async function askPassphrase(face: Face, purpose: 'open' | 'create'): Promise<Secret> {
  const fromEnvironment = environment().TRADING_SETUP_PASSPHRASE_FILE;
  if (fromEnvironment !== undefined) return readPassphrase(fromEnvironment);
  const first = await face.askSecret(purpose === 'open' ? 'Passphrase of the vault' : 'New passphrase for the vault');
  if (first && purpose === 'create') {
    const second = await face.askSecret('The same passphrase again');
    if (second?.reveal() !== first.reveal()) throw needsPassphrase('The two passphrases differ.');
  }
  if (first && first.length > 0) return first;
  throw needsPassphrase('The vault needs its passphrase.');
}

async function readPassphrase(path: string): Promise<Secret> {
  const { readText } = await import('../system/files.ts');
  const text = await readText(path);
  if (text === undefined) throw needsPassphrase(`${path} cannot be read.`);
  return new SecretValue(text.replace(/\r?\n$/, ''));
}

function needsPassphrase(sentence: string): SetupError {
  return new SetupError('needs-you', sentence, {
    code: 'passphrase-needed',
    next: [
      'Run the command on a terminal, or put the passphrase into a file of mode 0600 and name it in TRADING_SETUP_PASSPHRASE_FILE.',
      'To open the vault with a key file instead: trading-setup init --set secrets.unlock=key-file',
    ],
  });
}

/** The context of a command: repository, engine runner and the one face of this run. */
export async function makeContext(flags: CommonFlags): Promise<Context> {
  const env = environment();
  const terminal = terminalFacts(env);
  const interactive = terminal.interactive && flags.yes !== true;
  const face = await chooseFace({
    json: flags.json === true,
    plain: flags.plain === true || flags.yes === true,
    interactive: terminal.interactive,
    term: env.TERM,
    screenReader: env.ACCESSIBLE !== undefined && env.ACCESSIBLE !== '' && env.ACCESSIBLE !== '0',
    terminal: {
      input: process.stdin,
      output: process.stdout,
      looks: { unicode: terminal.unicode, colour: terminal.colour },
      now,
      onExit,
      onInterrupt,
    },
  });
  return {
    dir: await findRepository(flags.dir, workingFolder()),
    runner: lazyRunner(),
    face,
    interactive,
    openStore: async (stack) =>
      (await import('../secrets/open.ts')).openStore(stack, {
        env,
        now,
        ask: (purpose) => askPassphrase(face, purpose),
      }),
  };
}

/** A context and the saved stack. @throws SetupError exit 4 where there is none. */
export async function withStack(flags: CommonFlags): Promise<Context & { readonly stack: Stack }> {
  const context = await makeContext(flags);
  return { ...context, stack: await requireStack(context.dir) };
}
