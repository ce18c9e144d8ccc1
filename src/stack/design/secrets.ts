import { credentialFor } from '../../catalog/credentials/index.ts';
import type { EnvFact, RepoFacts } from '../../detect/facts.ts';
import { secretsIn } from '../names.ts';
import type { SecretEntry, Stack } from '../schema.ts';
import type { Program } from './programs.ts';

type Entries = Readonly<Record<string, SecretEntry>>;

function generated(about: string): SecretEntry {
  return { kind: 'generated', required: true, format: 'any', about };
}

function entered(fact: EnvFact): SecretEntry {
  const credential = credentialFor(fact.name)?.credential;
  return {
    kind: 'entered',
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
      (fact.secret || credentialFor(fact.name) !== undefined),
  );
}

/** Whether whoever has this secret may be able to place orders; only what the catalogue knows better is believed harmless. */
function mayTrade(name: string, entry: SecretEntry | undefined): boolean {
  return credentialFor(name)?.credential.trades ?? entry?.kind === 'entered';
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

/** Every secret of the stack by name. */
export function designEntries(facts: RepoFacts, program: Program, has: { database: boolean; gate: boolean }): Entries {
  const asked = credentialFacts(facts, program).map((fact) => [fact.name, entered(fact)] as const);
  return {
    ...(has.database
      ? {
          DATABASE_SUPERUSER_PASSWORD: generated('password of the PostgreSQL superuser, for migrations only'),
          DATABASE_PASSWORD: generated("password of the program's own database role"),
        }
      : {}),
    ...(has.gate ? { GATE_PASSWORD: generated('password of the login in front of the web API and the terminal') } : {}),
    ...Object.fromEntries(asked),
  };
}
