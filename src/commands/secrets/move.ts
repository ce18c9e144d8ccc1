import { join } from 'node:path';
import { basePath } from '../../artifacts/read-disk.ts';
import { renderStack, updatedStackText } from '../../artifacts/stack-file.ts';
import { SetupError } from '../../errors.ts';
import { STACK_FILE } from '../../flow/repository.ts';
import { alone } from '../../operations/alone.ts';
import type { Secret } from '../../secret.ts';
import { isOwnKey, slotOf } from '../../secrets/account.ts';
import { copyAll, deleteAll, differing, readAll } from '../../secrets/move.ts';
import type { SecretStore } from '../../secrets/store.ts';
import { vaultDir, vaultKeyPath } from '../../secrets/vault-place.ts';
import { removeVault } from '../../secrets/vault-remove.ts';
import type { Stack } from '../../stack/schema.ts';
import { readText, removeFile, writeAtomic } from '../../system/files.ts';
import { environment } from '../../system/process.ts';
import { count } from '../../ui/words.ts';
import { type CommonFlags, type Context, withStack } from '../context.ts';
import { giveUp } from '../give-up.ts';
import { refuseAnyRotation } from './entry.ts';

type Kind = Stack['secrets']['store'];
type Unlock = Stack['secrets']['unlock'];

export interface MoveFlags extends CommonFlags {
  readonly to: Kind;
  /** How the vault is opened from now on. */
  readonly unlock?: Unlock;
}

/** The stack with its secrets in another store. */
function moved(stack: Stack, store: Kind, unlock: Unlock): Stack {
  return { ...stack, secrets: { ...stack.secrets, store, unlock } };
}

/**
 * `secrets move --to STORE`: copies everything, reads it back, says so in trading-setup.yaml, and then deletes the
 * originals. Stopped anywhere, every value is in the store that the file names; said again, it is finished.
 */
export async function moveSecrets(flags: MoveFlags): Promise<void> {
  const context = await withStack(flags);
  await alone(context.runner, context.stack, 'secrets move', async () => {
    // Under the lock: none begins before all is where it belongs.
    await refuseAnyRotation(context.stack);
    await move(context, flags);
  });
}

async function move(context: Context & { readonly stack: Stack }, flags: MoveFlags): Promise<void> {
  const { stack, face } = context;
  if (stack.secrets.store === flags.to) return finish(context, stack, flags);
  const unlock = flags.to === 'vault' ? await unlockOf(context, stack, flags) : stack.secrets.unlock;
  const target = moved(stack, flags.to, unlock);
  const [from, to] = [await context.openStore(stack), await context.openStore(target)];
  const all = await readAll(from);
  const names = new Set(all.kept.map(({ name }) => name));
  if (context.interactive && !((await face.confirm(question(names.size, from, to), true)) ?? giveUp())) return;
  await agree(context, flags, await differing(all.values, to), `${to.place} has`, 'they are replaced');
  const dir = vaultDir(stack.id, environment());
  if (all.values.size > 0) await copyAll(all, to, dir);
  await rewrite(context.dir, target);
  await clear(stack, from, names);
  face.say(`${count(names.size, 'secret')} moved: kept in ${to.place} now, and no longer in ${from.place}.`);
  if (flags.to === 'vault' && unlock === 'key-file') sayKeyFile(context, stack);
  face.say(`${STACK_FILE} says so: commit it.`);
}

function sayKeyFile({ face }: Context, stack: Stack): void {
  face.say(`Whoever reads ${vaultKeyPath(stack.id, environment())} opens the vault: keep a copy of it elsewhere.`);
}

/** The vault stays where it is, and opens by something else from now on. */
async function relock(context: Context & { readonly stack: Stack }, target: Stack, flags: MoveFlags): Promise<void> {
  const { stack, face, interactive } = context;
  const question = `The vault is opened by ${unlockWords(stack)}. Open it by ${unlockWords(target)} from now on?`;
  if (interactive && flags.yes !== true && !((await face.confirm(question, true)) ?? giveUp())) return;
  const { relockVault } = await import('../../secrets/vault-relock.ts');
  const env = environment();
  const isThere = await relockVault(
    vaultDir(stack.id, env),
    await context.unlockOf(stack),
    await context.unlockOf(target),
  );
  await rewrite(context.dir, target);
  // Last: until the file says so, the vault may be opened by it again.
  if (isThere && target.secrets.unlock === 'passphrase') await removeFile(vaultKeyPath(stack.id, env));
  face.say(`The vault is opened by ${unlockWords(target)} now.`);
  if (isThere && target.secrets.unlock === 'key-file') sayKeyFile(context, stack);
  face.say(`${STACK_FILE} says so: commit it.`);
}

function question(size: number, from: SecretStore, to: SecretStore): string {
  return `Move ${count(size, 'secret')} from ${from.place} to ${to.place}?`;
}

/** How the vault is to be opened: as told, else as the person chooses, else as the stack has it. */
async function unlockOf({ interactive, face }: Context, { secrets }: Stack, { unlock }: MoveFlags): Promise<Unlock> {
  if (unlock !== undefined || !interactive) return unlock ?? secrets.unlock;
  const options = [
    { value: 'passphrase', label: 'a passphrase, asked for when a value is needed' },
    { value: 'key-file', label: 'a key file of mode 0600: nobody is asked, and whoever reads it opens the vault' },
  ] as const;
  return (await face.choose('The vault is opened by', options)) ?? giveUp();
}

/** What would be lost is lost with a word of the person only. @throws SetupError exit 4 where nobody can be asked. */
async function agree(
  { interactive, face }: Context,
  { yes, to }: MoveFlags,
  accounts: readonly string[],
  who: string,
  then: string,
): Promise<void> {
  const names = [...new Set(accounts.map((account) => slotOf(account).name))].filter((name) => !isOwnKey(name));
  if (names.length === 0 || yes) return;
  const sentence = `${who} other values of ${names.join(', ')}, and ${then}.`;
  if (interactive && ((await face.confirm(`${sentence} Go on?`, false)) ?? giveUp())) return;
  throw new SetupError('needs-you', sentence, {
    code: 'move-conflict',
    next: [
      'Nothing was changed. Look at what is in force: trading-setup secrets list',
      `To go on all the same: trading-setup secrets move --to ${to} --yes`,
    ],
  });
}

/** The store is where it should be; what an interrupted move, or an edit of the file, left in the other one is finished. */
async function finish(context: Context, stack: Stack, flags: MoveFlags): Promise<void> {
  const { face } = context;
  if (flags.to === 'vault' && flags.unlock !== undefined && flags.unlock !== stack.secrets.unlock) {
    return relock({ ...context, stack }, moved(stack, 'vault', flags.unlock), flags);
  }
  const to = await context.openStore(stack);
  const other: Kind = flags.to === 'vault' ? 'keychain' : 'vault';
  const from = await context.openStore(moved(stack, other, stack.secrets.unlock));
  if (!(await holdsAny(stack, from))) return face.say(`The secrets are in ${to.place} already.`);
  const all = await readAll(from);
  const different = await differing(all.values, to);
  await agree(
    context,
    flags,
    different,
    `${from.place} still has`,
    `those in ${to.place} are in force; they are deleted`,
  );
  const missing = new Map<string, Secret>();
  for (const [account, value] of all.values) if (!(await to.get(account))) missing.set(account, value);
  if (missing.size > 0) await to.setAll(missing);
  const names = new Set(all.kept.map(({ name }) => name));
  await clear(moved(stack, other, stack.secrets.unlock), from, names);
  face.say(`What was left in ${from.place} is in ${to.place} now, and only there: ${count(names.size, 'secret')}.`);
}

function unlockWords({ secrets }: Stack): string {
  return secrets.unlock === 'passphrase' ? 'a passphrase' : 'a key file';
}

/** Whether there is anything in the other store; where there is no keychain, there is nothing in it that could be got. */
async function holdsAny(stack: Stack, store: SecretStore): Promise<boolean> {
  if (store.kind === 'vault') {
    return (await readText(join(vaultDir(stack.id, environment()), 'vault.age'))) !== undefined;
  }
  try {
    return (await store.list()).length > 0;
  } catch (error) {
    if (error instanceof SetupError && error.code === 'keychain-missing') return false;
    throw error;
  }
}

async function clear(stack: Stack, from: SecretStore, names: ReadonlySet<string>): Promise<void> {
  const env = environment();
  if (from.kind === 'vault') return removeVault(vaultDir(stack.id, env), vaultKeyPath(stack.id, env));
  await deleteAll(names, from);
}

/** The file keeps its comments; from this moment on every command goes to the other store. */
async function rewrite(dir: string, stack: Stack): Promise<void> {
  const path = join(dir, STACK_FILE);
  const text = updatedStackText((await readText(path)) ?? '', stack);
  if (text !== undefined) {
    await writeAtomic(path, text);
    // What is remembered of the last run, so that the next one sees nothing to do.
    const base = basePath(dir, STACK_FILE);
    if ((await readText(base)) !== undefined) await writeAtomic(base, renderStack(stack));
    return;
  }
  throw new SetupError('tool-failed', `${path} has changed meanwhile, and holds no stack any more.`, {
    code: 'file-changed',
    next: ['The secrets are in both stores now. Mend the file, then run the same command again.'],
  });
}
