import { credentialIn, givenIn, rotationIn } from './credentials.ts';
import type { SecretCommand, Stack } from './schema.ts';

/** The program's command that encrypts its data anew, in the container of who reads the key: instances have data of their own. */
export function reencryptOf(stack: Stack, key: string): SecretCommand | undefined {
  const command = stack.secrets.commands?.reencrypt;
  if (!command) return undefined;
  const readers = givenIn(stack, key);
  return readers.includes(command.service) ? command : { ...command, service: readers[0] ?? command.service };
}

/** Of these names the keys that the program encrypts with. */
export function encryptionKeys(stack: Stack, names: readonly string[]): readonly string[] {
  return names.filter((name) => rotationIn(stack, name).kind === 'encryption-key');
}

/** A login of the program at its broker, as far as the stack and the catalogue tell. */
export interface OwnLogin {
  /** Whose program logs in. */
  readonly service: string;
  /** E.g. `SCHWAB_LOGIN`. */
  readonly name: string;
  /** As the broker writes itself. */
  readonly title: string;
  /** How long it lasts; undefined: nobody knows. */
  readonly days?: number;
}

const UNKNOWN = { name: 'LOGIN', title: 'the broker' };

/** Every service whose program logs in: those with a credential that lasts from a login on, else the one that is named. */
export function loginsOf(stack: Stack): readonly OwnLogin[] {
  const known = Object.keys(stack.secrets.entries).flatMap((secret) => {
    const credential = credentialIn(stack, secret);
    const lifetime = credential?.credential.lifetime;
    if (!credential || lifetime?.since !== 'login') return [];
    const { id, title } = credential.provider;
    const name = `${id.toUpperCase().replaceAll('-', '_')}_LOGIN`;
    return givenIn(stack, secret).map((service) => ({ service, name, title, days: lifetime.days }));
  });
  const order = Object.keys(stack.services);
  const first = known.filter(({ service }, at) => known.findIndex((each) => each.service === service) === at);
  const logins = first.toSorted((a, b) => order.indexOf(a.service) - order.indexOf(b.service));
  const command = stack.secrets.commands?.login;
  const isMissing = command && stack.services[command.service] && !logins.some((one) => one.service === command.service);
  return isMissing ? [...logins, { service: command.service, ...UNKNOWN }] : logins;
}

/** The command with which a service logs in: the one that is named, in its own container. */
export function loginCommandOf(stack: Stack, service: string): SecretCommand | undefined {
  const command = stack.secrets.commands?.login;
  if (!command || !stack.services[service]) return undefined;
  return { ...command, service };
}

/**
 * The stack with its login command in the container of a service that has what a login needs, where the named one is gone
 * or has it not: instances take the place of the first service.
 */
export function withLoginPlace(stack: Stack): Stack {
  const command = stack.secrets.commands?.login;
  if (!command) return stack;
  const known = loginsOf(stack).filter(({ days }) => days !== undefined);
  if (known.length === 0 || known.some(({ service }) => service === command.service)) return stack;
  const login = { ...command, service: known[0]?.service ?? command.service };
  return { ...stack, secrets: { ...stack.secrets, commands: { ...stack.secrets.commands, login } } };
}
