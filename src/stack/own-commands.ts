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
  const order = Object.keys(stack.services);
  const [first = ''] = order;
  const known = Object.keys(stack.secrets.entries).flatMap((secret) => {
    const credential = credentialIn(stack, secret);
    const lifetime = credential?.credential.lifetime;
    if (!credential || lifetime?.since !== 'login') return [];
    const { id, title } = credential.provider;
    const name = `${id.toUpperCase().replaceAll('-', '_')}_LOGIN`;
    const readers = givenIn(stack, secret);
    // The program may find it elsewhere than in a variable of its own.
    const services = readers.length > 0 ? readers : [stack.secrets.commands?.login?.service ?? first];
    return services.map((service) => ({ service, name, title, days: lifetime.days }));
  });
  const each = known.filter(({ service }, at) => known.findIndex((other) => other.service === service) === at);
  const logins = each.toSorted((a, b) => order.indexOf(a.service) - order.indexOf(b.service));
  const command = stack.secrets.commands?.login;
  const isMissing =
    command && stack.services[command.service] && !logins.some((one) => one.service === command.service);
  return isMissing ? [...logins, { service: command.service, ...UNKNOWN }] : logins;
}

/** The command with which a service logs in: the one that is named, in its own container. */
export function loginCommandOf(stack: Stack, service: string): SecretCommand | undefined {
  const command = stack.secrets.commands?.login;
  if (!command || !stack.services[service]) return undefined;
  return { ...command, service };
}
