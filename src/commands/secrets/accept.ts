import { checkFormat } from '../../catalog/credentials/index.ts';
import { SetupError } from '../../errors.ts';
import { readValues } from '../../operations/deliver.ts';
import type { Secret } from '../../secret.ts';
import type { Verdict } from '../../secrets/check/verdict.ts';
import { DATABASE_SUPERUSER_PASSWORD } from '../../secrets/consumers.ts';
import type { SecretStore } from '../../secrets/store.ts';
import { credentialIn, rotationIn } from '../../stack/credentials.ts';
import type { Stack } from '../../stack/schema.ts';
import { now } from '../../system/clock.ts';
import { environment } from '../../system/process.ts';
import { rememberChain } from '../chains.ts';
import { chainsBefore, isNode } from './chain-before.ts';
import { entryOf } from './entry.ts';

type Values = ReadonlyMap<string, Secret>;

/** What is said of a value that was taken. */
export interface Accepted {
  readonly name: string;
  /** Undefined: there is nobody to ask. */
  readonly verdict: Verdict | undefined;
  /** ISO, where the end is known. */
  readonly expires: string | undefined;
}

/**
 * The form of a value, before any store is opened.
 * @param file it came from; absent: it was entered.
 * @throws SetupError exit 2 that names the rule and not the value.
 */
export function refuseForm(stack: Stack, name: string, value: Secret, file?: string): void {
  const { format } = entryOf(stack, name);
  const problem = checkFormat(format, value.reveal());
  if (problem !== undefined) throw refused(name, problem, 'secret-format', { file });
}

/**
 * Values that replace others in ways that `set` cannot take care of: what they encrypt, or what has them already, would
 * be lost. @throws SetupError exit 2 that names `rotate`.
 */
export function refuseReplacing(stack: Stack, name: string, before: Secret | undefined, value: Secret): void {
  if (before === undefined || before.reveal() === value.reveal()) return;
  const { unreadable } = rotationIn(stack, name);
  const why = name === DATABASE_SUPERUSER_PASSWORD ? 'the database keeps the first one' : unreadable && `${unreadable}`;
  if (!why) return;
  throw new SetupError('usage', `${name} has a value already, and another one alone would not do: ${why}.`, {
    code: 'secret-in-force',
    next: [`Replace it everywhere at once: trading-setup rotate ${name}`],
  });
}

/** What is known of the stack with new values in their places. */
export async function withNew(stack: Stack, store: SecretStore, added: Values): Promise<Values> {
  return new Map([...(await readValues(stack, store)), ...added]);
}

/** What values are judged in. */
interface Beside {
  /** All known ones with the new ones in place. */
  readonly values: Values;
  /** Has the ones before. */
  readonly store: Pick<SecretStore, 'get'>;
}

/**
 * Judges new values by our own rules and then asks their providers, all before anything is kept.
 * @param asks false: providers are not asked (`--no-check`).
 * @param file they came from; absent: entered.
 * @throws SetupError exit 2 for the first that must not be used.
 */
export async function acceptValues(
  stack: Stack,
  names: readonly string[],
  { values, store }: Beside,
  asks: boolean,
  file?: string,
): Promise<readonly Accepted[]> {
  const { judge } = await import('../../secrets/check/check.ts');
  for (const name of names) {
    const problem = await judge(stack, name, values);
    if (problem !== undefined) throw refused(name, problem, 'secret-refused', { file });
  }
  return Promise.all(
    names.map(async (name) => {
      const verdict = asks ? await askProvider(stack, name, { values, store }) : undefined;
      if (verdict?.level === 'bad')
        throw refused(name, verdict.text, 'secret-bad', { file, asked: !verdict.withdraws });
      return { name, verdict, expires: verdict?.expires ?? lifetimeOf(stack, name) };
    }),
  );
}

/**
 * Remembers what was told of values that are kept now: of which chain a node is.
 * @param changed those of them that were other values before: what was known of these holds no more.
 */
export async function rememberTold(
  stack: Stack,
  accepted: readonly Accepted[],
  changed: readonly string[],
): Promise<void> {
  for (const { name, verdict } of accepted) {
    if (!isNode(stack, name)) continue;
    if (verdict?.chain !== undefined || changed.includes(name)) await rememberChain(stack, name, verdict?.chain);
  }
}

async function askProvider(stack: Stack, name: string, { values, store }: Beside): Promise<Verdict | undefined> {
  const [{ checkCredential }, { directHttp }] = await Promise.all([
    import('../../secrets/check/check.ts'),
    import('../../system/http.ts'),
  ]);
  const ports = { http: directHttp, now, env: environment() };
  return checkCredential(stack, name, values, {
    ...ports,
    chains: await chainsBefore(stack, name, store, values, ports),
  });
}

/** The end that follows from the day on which a value is entered, where the catalogue knows how long it works. */
function lifetimeOf(stack: Stack, name: string): string | undefined {
  const lifetime = credentialIn(stack, name)?.credential.lifetime;
  if (lifetime?.since !== 'set') return undefined;
  return new Date(now() + lifetime.days * 86_400_000).toISOString();
}

/** A value that is not taken; said without it. */
function refused(
  name: string,
  problem: string,
  code: string,
  { file, asked = false }: { readonly file: string | undefined; readonly asked?: boolean },
): SetupError {
  const again = `trading-setup secrets ${file === undefined ? `set ${name}` : `import ${file}`}`;
  return new SetupError('usage', `${name}: ${problem.replace(/\.$/, '')}.`, {
    code,
    next: [
      file === undefined ? `Check the value and set ${name} again; nothing was kept.` : mendFile(name, file),
      ...(asked ? [`To keep it all the same: ${again} --no-check`] : []),
    ],
  });
}

/** What to do about a value that stands in a file. */
export function mendFile(name: string, file: string): string {
  return `Mend ${name} in ${file} and import it again: trading-setup secrets import ${file}; nothing was kept.`;
}

/** What the provider said, in a sentence about a value that was kept. */
export function verdictWords({ name, verdict }: Accepted): string | undefined {
  if (verdict === undefined) return undefined;
  const text = verdict.text.replace(/\.$/, '');
  switch (verdict.level) {
    case 'good':
      return `${name}: ${text}.`;
    case 'waiting':
      return `${name} waits for you: ${text}.`;
    default:
      return `${name} could not be checked: ${text}. It is kept as it is.`;
  }
}
