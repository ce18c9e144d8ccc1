import { credentialFor } from '../../catalog/credentials/index.ts';
import type { EnvFact, RepoFacts } from '../../detect/facts.ts';
import { secretsIn } from '../names.ts';
import { saidIn } from '../said.ts';
import type { SecretEntry, Stack } from '../schema.ts';
import type { Program } from './programs.ts';

type Entries = Readonly<Record<string, SecretEntry>>;

/** A secret of ours, as the catalogue has it. */
function generated(name: string): Entries {
  const credential = credentialFor(name)?.credential;
  const { format = 'any', about = name } = credential ?? {};
  return { [name]: { kind: 'generated', required: true, format, about } };
}

function asked(fact: EnvFact, said: string, adopts: boolean): SecretEntry {
  const credential = credentialFor(fact.name, said)?.credential;
  return {
    // Data that is taken over was encrypted with a key that exists: a new one could not read it.
    kind: credential?.generated && !adopts ? 'generated' : 'entered',
    required: fact.required,
    format: credential?.format ?? 'any',
    about: credential?.about ?? `read from the environment at ${fact.evidence.file}:${fact.evidence.line}`,
  };
}

/** URLs of databases, and the parts of one, are made here; they are not asked for. */
function isDatabaseUrl(facts: RepoFacts, name: string): boolean {
  return facts.databases.some(
    ({ via, parts }) => ('env' in via && via.env === name) || Object.values(parts ?? {}).includes(name),
  );
}

/** Variables of the program whose values a person has to give; never one that only dead code or another service reads. */
export function credentialFacts(facts: RepoFacts, { binary, service }: Program): readonly EnvFact[] {
  return facts.env.filter(
    (fact) =>
      !fact.dead &&
      fact.readBy.includes(binary) &&
      (service === undefined || fact.services.length === 0 || fact.services.includes(service.name)) &&
      !isDatabaseUrl(facts, fact.name) &&
      (fact.secret || credentialFor(fact.name, saidIn(facts)) !== undefined),
  );
}

/** Programs that log in at a broker for the others. */
function loginHelpers({ helpers }: RepoFacts): RepoFacts['helpers'] {
  return helpers.filter(({ kind }) => kind === 'login');
}

/** What a program is given: what it reads, and what a program reads that logs in for it in a container like its own. */
export function givenFacts(facts: RepoFacts, program: Program): readonly EnvFact[] {
  const own = credentialFacts(facts, program);
  const others = loginHelpers(facts).filter(({ binary }) => binary !== program.binary);
  const more = others.flatMap(({ binary }) => credentialFacts(facts, { binary, args: [] }));
  // The order is that of the repository's reads.
  return facts.env.filter((fact) => own.includes(fact) || more.includes(fact));
}

/** What the program offers for its secrets, where it was found: how it logs in. */
export function designCommands(facts: RepoFacts, service: string): Pick<Stack['secrets'], 'commands'> {
  const [helper] = loginHelpers(facts);
  return helper ? { commands: { login: { service, run: [helper.binary, ...helper.args] } } } : {};
}

/** Whether whoever has this secret may be able to place orders; only what the catalogue knows better is believed harmless. */
function mayTrade(name: string, entry: SecretEntry | undefined): boolean {
  return credentialFor(entry?.as ?? name)?.credential.trades ?? entry?.kind === 'entered';
}

/** The secrets of each service that may be able to place orders: service → names. */
export function tradingKeys({
  services,
  secrets,
}: Pick<Stack, 'services' | 'secrets'>): ReadonlyMap<string, readonly string[]> {
  const keys = Object.entries(services).map(([service, { secrets: templates }]) => {
    const names = Object.values(templates).flatMap(secretsIn);
    return [service, names.filter((name) => mayTrade(name, secrets.entries[name]))] as const;
  });
  return new Map(keys.filter(([, names]) => names.length > 0));
}

/**
 * Every secret of the stack by name.
 * @param has `adopts`: data of an earlier system is taken over.
 */
export function designEntries(
  facts: RepoFacts,
  program: Program,
  has: { readonly database: boolean; readonly gate: boolean; readonly adopts: boolean },
): Entries {
  const said = saidIn(facts);
  const read = givenFacts(facts, program).map((fact) => [fact.name, asked(fact, said, has.adopts)] as const);
  return {
    ...(has.database ? { ...generated('DATABASE_SUPERUSER_PASSWORD'), ...generated('DATABASE_PASSWORD') } : {}),
    ...(has.gate ? generated('GATE_PASSWORD') : {}),
    ...Object.fromEntries(read),
  };
}
