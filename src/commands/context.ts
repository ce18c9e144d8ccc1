import { findRepository, requireStack } from '../flow/repository.ts';
import type { StorePorts } from '../secrets/open.ts';
import type { SecretStore } from '../secrets/store.ts';
import type { Unlock } from '../secrets/vault-key.ts';
import type { Stack } from '../stack/schema.ts';
import { now } from '../system/clock.ts';
import { lazyRunner } from '../system/lazy-runner.ts';
import { endByExit, environment, workingFolder } from '../system/process.ts';
import type { Runner } from '../system/run.ts';
import { isInteractive, onExit, onInterrupt, onSuspend, terminalFacts } from '../system/terminal.ts';
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
  /** A person can be asked: a question that is not answered was given up. */
  readonly interactive: boolean;
  openStore(stack: Stack): Promise<SecretStore>;
  /** What opens the vault of a stack. */
  unlockOf(stack: Stack): Promise<Unlock>;
}

/** A person can be asked: both ends are a terminal, and no flag forbids it. */
export function canAsk(flags: CommonFlags): boolean {
  return isInteractive() && flags.yes !== true && flags.json !== true;
}

/**
 * The context of a command: repository, engine runner and the one face of this run.
 * @param begin what can begin when it is known where: the face takes a while to load.
 */
export async function makeContext(flags: CommonFlags, begin?: (dir: string) => unknown): Promise<Context> {
  endByExit();
  const dir = await findRepository(flags.dir, workingFolder());
  begin?.(dir);
  const env = environment();
  const terminal = terminalFacts(env);
  const interactive = canAsk(flags);
  const face = await chooseFace({
    json: flags.json === true,
    plain: flags.plain === true,
    asks: flags.yes !== true,
    interactive: terminal.interactive,
    term: env.TERM,
    screenReader: env.ACCESSIBLE !== undefined && env.ACCESSIBLE !== '' && env.ACCESSIBLE !== '0',
    terminal: {
      input: process.stdin,
      output: process.stdout,
      looks: { unicode: terminal.unicode, colour: terminal.colour },
      titles: terminal.titles,
      remote: terminal.remote,
      now,
      onExit,
      onInterrupt,
      onSuspend,
    },
  });
  const passphraseFile = env.TRADING_SETUP_PASSPHRASE_FILE;
  const ports: StorePorts = {
    env,
    now,
    ask: async (purpose, wrongBefore) =>
      (await import('./passphrase.ts')).passphraseFor({ face, interactive }, purpose, wrongBefore),
    // What stands in a file is as wrong the second time.
    tries: interactive && passphraseFile === undefined ? 3 : 1,
    ...(passphraseFile !== undefined && { passphraseFile }),
  };
  return {
    dir,
    runner: lazyRunner(),
    face,
    interactive,
    openStore: async (stack) => (await import('../secrets/open.ts')).openStore(stack, ports),
    unlockOf: async (stack) => (await import('../secrets/open.ts')).unlockOf(stack, ports),
  };
}

/** A context and the saved stack. @throws SetupError exit 4 where there is none. */
export async function withStack(flags: CommonFlags): Promise<Context & { readonly stack: Stack }> {
  const context = await makeContext(flags);
  return { ...context, stack: await requireStack(context.dir) };
}
