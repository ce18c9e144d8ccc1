import { dirname, resolve } from 'node:path';
import { credentialFor, type Format } from '../../catalog/credentials/index.ts';
import { SetupError } from '../../errors.ts';
import { redactedJson, Secret } from '../../secret.ts';
import { blanked, parseDotenv } from '../../secrets/dotenv.ts';
import { renderDeliveries } from '../../secrets/render.ts';
import { checkValue } from '../../secrets/value.ts';
import { givenIn, isBeside, readAs } from '../../stack/credentials.ts';
import type { Stack } from '../../stack/schema.ts';
import { readText, writeAtomic } from '../../system/files.ts';
import { workingFolder } from '../../system/process.ts';
import { type CommonFlags, type Context, withStack } from '../context.ts';
import { giveUp } from '../give-up.ts';
import {
  type Accepted,
  acceptValues,
  mendFile,
  refuseForm,
  refuseReplacing,
  rememberTold,
  verdictWords,
  withNew,
} from './accept.ts';
import { forgetLeftovers, refuseUnfinished } from './entry.ts';

export interface ImportFlags extends CommonFlags {
  /** Whose file it is, where instances have one each. */
  readonly service?: string;
  /** Takes the values out of the file, unasked. */
  readonly blank?: boolean;
  /** False with `--no-check`: providers are not asked. */
  readonly check?: boolean;
}

/** What a file has for the stack. */
interface Offered {
  /** Name in the stack → value. */
  readonly values: ReadonlyMap<string, Secret>;
  /** Names as the file has them. */
  readonly written: ReadonlySet<string>;
  /** How many of its other lines have a value. */
  readonly others: number;
}

/** `secrets import FILE`: takes the values of a .env file that the stack has names for, and offers to blank them there. */
export async function importSecrets(file: string, flags: ImportFlags): Promise<void> {
  const context = await withStack(flags);
  const { stack, face } = context;
  const path = resolve(workingFolder(), file);
  if (flags.service !== undefined) refuseService(stack, flags.service);
  const offered = offeredBy(stack, await textOf(path, file), file, flags.service);
  const names = [...offered.values.keys()];
  if (names.length === 0) throw nothingIn(file, stack);
  const store = await context.openStore(stack);
  await refuseUnfinished(stack, names);
  const kept = await store.list();
  const rest =
    offered.others === 0
      ? ''
      : `; its other ${offered.others === 1 ? 'value stays' : `${offered.others} values stay`} where ${offered.others === 1 ? 'it is' : 'they are'}`;
  face.say(`${file} has values for ${names.join(', ')}${rest}.`);
  if (
    context.interactive &&
    !((await face.confirm(`Keep ${names.length === 1 ? 'it' : 'them'} in ${store.place}?`, true)) ?? giveUp())
  )
    return;
  for (const [name, value] of offered.values) refuseForm(stack, name, value, file);
  renderDeliveries(stack, offered.values);
  const replaced: string[] = [];
  const changed: string[] = [];
  for (const [name, value] of offered.values) {
    const before = await store.get(name);
    refuseReplacing(stack, name, before, value);
    if (before?.reveal() !== value.reveal()) changed.push(name);
    if (before !== undefined && before.reveal() !== value.reveal()) replaced.push(name);
  }
  if (replaced.length > 0) await agreeToReplace(context, replaced);
  const all = await withNew(stack, store, offered.values);
  const accepted = await acceptValues(stack, names, { values: all, store }, flags.check !== false, file);
  const expires = accepted.flatMap(({ name, expires: ends }) => (ends === undefined ? [] : [[name, ends] as const]));
  // Again: a provider was asked, or a person, and meanwhile a rotation may have begun.
  await refuseUnfinished(stack, names);
  await store.setAll(offered.values, new Map(expires));
  await rememberTold(stack, accepted, changed);
  await forgetLeftovers(store, kept, names);
  const isBlanked = await offerBlank(context, flags, { file, path, offered });
  tell(context, flags, { file, place: store.place, accepted, replaced, isBlanked, isTracked: await isTracked(path) });
}

/** On a terminal what would be lost is lost with a word of the person only; elsewhere the command says it, and what was replaced is told. */
async function agreeToReplace({ interactive, face }: Context, names: readonly string[]): Promise<void> {
  if (!interactive) return;
  const them = names.length === 1 ? 'its value' : 'their values';
  const answer = await face.confirm(`${names.join(', ')}: replace ${them}? The one before is forgotten.`, false);
  if (!answer) giveUp('Nothing was kept.');
}

function refuseService({ services }: Stack, service: string): void {
  if (services[service]) return;
  throw new SetupError('usage', `There is no service ${service}.`, {
    code: 'service-unknown',
    next: [`It can be one of: ${Object.keys(services).join(', ')}`],
  });
}

/**
 * Values by the names of the stack; a file may use another name that the same credential goes by.
 * @param service whose file it is: what its program reads, under the names that it reads them by.
 * @throws SetupError exit 2 where a name is that of a secret of several services and nobody has said which.
 */
function offeredBy(stack: Stack, text: string, file: string, service: string | undefined): Offered {
  const found = parseDotenv(text).filter(({ value }) => value.trim() !== '');
  // As every reader of such files has it, the last line of a name counts.
  const byName = new Map(found.map(({ name, value }) => [name, value]));
  const values = new Map<string, Secret>();
  const written = new Set<string>();
  const takers = new Map<string, readonly string[]>();
  for (const [name, { format }] of Object.entries(stack.secrets.entries)) {
    const readers = givenIn(stack, name);
    if (service !== undefined && !readers.includes(service)) continue;
    const read = readAs(stack, name);
    const aliases = credentialFor(read)?.credential.env ?? [];
    const own = service === undefined ? [name] : [read, name];
    const alias = [...own, ...aliases.filter((other) => !Object.hasOwn(stack.secrets.entries, other))].find((other) =>
      byName.has(other),
    );
    if (alias === undefined) continue;
    takers.set(alias, [...(takers.get(alias) ?? []), name]);
    values.set(name, checkIn(file, name, new Secret(byName.get(alias) ?? ''), format));
    written.add(alias);
  }
  const meant = new Map([...takers].map(([alias, names]) => [alias, [...names, ...alsoReadAs(stack, alias, names)]]));
  const unclear = [...meant].filter(([, names]) => service === undefined && !isTogether(stack, names));
  if (unclear.length > 0) throw whose(stack, file, new Map(unclear));
  return { values, written, others: [...byName.keys()].filter((name) => !written.has(name)).length };
}

/** Further secrets that a name in a file could be meant for: instances read theirs by the same name. */
function alsoReadAs(stack: Stack, written: string, names: readonly string[]): readonly string[] {
  return Object.keys(stack.secrets.entries).filter(
    (other) => !names.includes(other) && readAs(stack, other) === written,
  );
}

/** Whether one value can be that of all of these: a program may read it by several names, and instances have one each. */
function isTogether(stack: Stack, names: readonly string[]): boolean {
  return names.every((name, at) =>
    names.slice(at + 1).every((other) => {
      const isSameName = readAs(stack, name) === readAs(stack, other);
      return !isSameName && isBeside(stack, name, other);
    }),
  );
}

/** @param meant names in the file, each with the secrets that it could be meant for. */
function whose(stack: Stack, file: string, meant: ReadonlyMap<string, readonly string[]>): SetupError {
  const services = [...meant.values()].flat().flatMap((name) => givenIn(stack, name));
  const names = [...meant.keys()];
  return new SetupError('usage', `${file} has ${names.join(', ')}, and several services have a secret of that name.`, {
    code: 'service-unclear',
    next: [...new Set(services)].map(
      (service) => `If it is that of ${service}: trading-setup secrets import ${file} --service ${service}`,
    ),
  });
}

/** As `checkValue`, of a value that nobody has to enter again. */
function checkIn(file: string, name: string, value: Secret, format: Format): Secret {
  try {
    return checkValue(name, value, format);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new SetupError(error.kind, error.message, { code: error.code, next: [mendFile(name, file)], cause: error });
  }
}

interface Source {
  readonly file: string;
  readonly path: string;
  readonly offered: Offered;
}

/** Takes the values out of the file where that is wanted; only what is kept by now. */
async function offerBlank(
  context: Context & { readonly stack: Stack },
  flags: ImportFlags,
  { file, path, offered }: Source,
): Promise<boolean> {
  const asked = context.interactive && !flags.blank;
  if (asked && !((await context.face.confirm(`Take these values out of ${file}?`, true)) ?? giveUp())) return false;
  if (!asked && !flags.blank) return false;
  // Read again: it may have changed while a person was asked.
  const text = await textOf(path, file);
  const now = offeredBy(context.stack, text, file, flags.service).values;
  const same = [...offered.values].every(([name, value]) => now.get(name)?.reveal() === value.reveal());
  if (!same) {
    throw new SetupError('tool-failed', `${file} has changed meanwhile, and was left as it is; the values are kept.`, {
      code: 'file-changed',
      next: [`Look at it, and import it again: trading-setup secrets import ${file}`],
    });
  }
  await writeAtomic(path, blanked(text, offered.written));
  return true;
}

/** Read by the detector's own eyes for git: no program is run. */
async function isTracked(path: string): Promise<boolean> {
  const { GitView } = await import('../../detect/git/repository.ts');
  return new GitView(dirname(path)).isTracked(path.slice(dirname(path).length + 1));
}

interface Told {
  readonly file: string;
  readonly place: string;
  readonly accepted: readonly Accepted[];
  /** Names that had another value. */
  readonly replaced: readonly string[];
  readonly isBlanked: boolean;
  readonly isTracked: boolean;
}

function tell({ face, stack }: Context & { readonly stack: Stack }, flags: ImportFlags, told: Told): void {
  const { file, place, accepted, replaced, isBlanked, isTracked: tracked } = told;
  const names = accepted.map(({ name }) => name);
  if (flags.json) {
    const secrets = accepted.map(({ name, verdict, expires }) => ({ name, verdict, expires }));
    process.stdout.write(
      `${redactedJson({ version: 1, file, place, secrets, replaced, blanked: isBlanked, trackedByGit: tracked })}\n`,
    );
    return;
  }
  for (const each of accepted) {
    const words = verdictWords(each);
    if (words) face.say(words);
  }
  face.say(`${names.join(', ')}: in ${place}.`);
  if (replaced.length > 0) face.say(`Replaced, with the value before forgotten: ${replaced.join(', ')}.`);
  face.say(
    isBlanked
      ? `The values are out of ${file}; its other lines are as they were.`
      : `${file} still has the values. Take them out: trading-setup secrets import ${file}${flags.service === undefined ? '' : ` --service ${flags.service}`} --blank`,
  );
  const spilt = names.filter((name) => credentialFor(readAs(stack, name))?.credential.secret !== false);
  if (tracked && spilt.length > 0) {
    face.say(
      `git tracks ${file}: its history has ${spilt.join(', ')}, and whoever has a clone. Replace ${spilt.length === 1 ? 'it' : 'them'}: trading-setup rotate ${spilt.join(' ')} --compromised`,
    );
  }
  face.say('Next: trading-setup deploy');
}

async function textOf(path: string, file: string): Promise<string> {
  const text = await readText(path);
  if (text !== undefined) return text;
  throw new SetupError('usage', `There is no file ${file}.`, {
    code: 'no-file',
    next: ['Name the file with the values: trading-setup secrets import .env'],
  });
}

function nothingIn(file: string, { secrets }: Stack): SetupError {
  return new SetupError('usage', `${file} has a value for none of the secrets of this stack.`, {
    code: 'nothing-to-import',
    next: [`They are: ${Object.keys(secrets.entries).join(', ') || 'none'}`],
  });
}
