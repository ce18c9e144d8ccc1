import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { SetupError } from '../errors.ts';
import { vaultDir } from '../secrets/vault-place.ts';
import type { Stack } from '../stack/schema.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { environment } from '../system/process.ts';
import type { Context } from './context.ts';
import { giveUp } from './give-up.ts';

/** What `trading-setup.yaml` can name a command for. */
export type CommandUse = keyof NonNullable<Stack['secrets']['commands']>;

/** What an agreement is kept under: a use, or a use in the container of another instance. */
export type TrustKey = CommandUse | `${CommandUse}@${string}`;

/** The stack with a command of it in the container of this service. */
export function runIn(stack: Stack, use: CommandUse, service: string): Stack {
  const { commands } = stack.secrets;
  const command = commands?.[use];
  if (!command) return stack;
  return { ...stack, secrets: { ...stack.secrets, commands: { ...commands, [use]: { ...command, service } } } };
}

/** What an agreement to a command in the container of a service is kept under: an instance is agreed to by itself. */
export function trustIn(stack: Stack, use: CommandUse, service: string): TrustKey {
  return service === stack.secrets.commands?.[use]?.service ? use : `${use}@${service}`;
}

/** Each use with the hash of the command that a person has agreed to. */
const Trusted = z.strictObject({ version: z.literal(1), commands: z.record(z.string(), z.string()) });

const GETS: Readonly<Record<CommandUse, string>> = {
  reencrypt: 'the old key and the new one',
  login: 'the address with the code of the login',
};

const NEWS: Readonly<Record<NamedCommand['state'], string>> = {
  first: ' that nobody has agreed to yet',
  changed: ' that has changed since somebody agreed to it',
  agreed: '',
};

export interface CommandFlags {
  /** The command that the repository names is agreed to, where nobody can be asked. */
  readonly acceptCommand?: boolean;
}

/** Outside of the repository: what comes with a commit cannot say that somebody has agreed to it. */
function fileOf({ id }: Stack): string {
  return join(vaultDir(id, environment()), 'commands.json');
}

function hashOf(stack: Stack, use: CommandUse): string {
  const { service, run } = stack.secrets.commands?.[use] ?? {};
  return createHash('sha256')
    .update(JSON.stringify([service, run]))
    .digest('hex');
}

async function readTrusted(stack: Stack): Promise<Readonly<Record<string, string>>> {
  const text = await readText(fileOf(stack));
  if (text === undefined) return {};
  try {
    return Trusted.parse(JSON.parse(text)).commands;
  } catch {
    // Who has agreed to what is not known any more: it is asked again.
    return {};
  }
}

/** A command of the repository, as a person decides about it. */
export interface NamedCommand {
  /** `first`, or `changed` since somebody has agreed to it; `agreed`: it is the same. */
  readonly state: 'first' | 'changed' | 'agreed';
  /** What it is, where it runs and what it gets. */
  readonly words: string;
}

/** The command that the repository names for this use; undefined: none. */
export async function namedCommand(
  stack: Stack,
  use: CommandUse,
  as: TrustKey = use,
): Promise<NamedCommand | undefined> {
  const command = stack.secrets.commands?.[use];
  if (!command) return undefined;
  const before = (await readTrusted(stack))[as];
  const state = before === undefined ? 'first' : before === hashOf(stack, use) ? 'agreed' : 'changed';
  const run = command.run.map(shown).join(' ');
  const { service } = command;
  const which = `secrets.commands.${use} in trading-setup.yaml`;
  const words = `A command of the repository${NEWS[state]} (${which}) gets the secrets of ${service} and ${GETS[use]}: ${run}.`;
  return { state, words };
}

/** As it is: a word with blanks or a break in it does not pass for two, nor one that is written backwards for another. */
function shown(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return JSON.stringify(word).replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Remembers that a person has agreed to the command as it is now. */
export async function trustCommand(stack: Stack, use: CommandUse, as: TrustKey = use): Promise<void> {
  const commands = { ...(await readTrusted(stack)), [as]: hashOf(stack, use) };
  await ensurePrivateDir(vaultDir(stack.id, environment()));
  await writeAtomic(fileOf(stack), `${JSON.stringify({ version: 1, commands }, null, 2)}\n`, { mode: 0o600 });
}

/**
 * A command that comes with the repository and gets secrets is shown and agreed to before it runs first, and again when
 * it has changed; where nobody can be asked, by a flag. Nothing is asked where there is none.
 * @throws SetupError exit 4 `command-unconfirmed`, exit 130 where the person does not agree.
 */
export async function agreeToCommand(
  { face, interactive }: Pick<Context, 'face' | 'interactive'>,
  stack: Stack,
  use: CommandUse,
  { acceptCommand }: CommandFlags,
  as: TrustKey = use,
): Promise<void> {
  const named = await namedCommand(stack, use, as);
  if (!named || named.state === 'agreed') return;
  if (!acceptCommand && !interactive) throw unconfirmed(named);
  if (!acceptCommand && !(await face.confirm(`${named.words} Run it?`, false))) giveUp('Nothing was changed.');
  await trustCommand(stack, use, as);
}

function unconfirmed({ words }: NamedCommand): SetupError {
  return new SetupError('needs-you', words, {
    code: 'command-unconfirmed',
    next: [
      'If it is what you want: the same command with --accept-command (once; it is remembered until the command changes)',
      'Or run the same command on a terminal, without --yes: it shows the command and asks.',
    ],
  });
}
