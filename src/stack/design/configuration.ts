import type { DatabaseFact, PortFact, RepoFacts } from '../../detect/facts.ts';

/**
 * The environment variable that overrides a key of the config file, and how its value is written.
 * figment: `PREFIX_A__B=value` where the code splits, else the whole table inline, `PREFIX_A={b="value"}`
 * (FACTS: figment merges it into the file's table). config-rs without a separator has no way to a nested key.
 */
export function overrideOf(
  facts: RepoFacts,
  key: string,
  value: string,
): readonly [name: string, value: string] | undefined {
  const { prefix } = facts.config;
  const path = key.split('.');
  const [table = '', ...rest] = path;
  if (!prefix) return undefined;
  if (prefix.split !== undefined) return [`${prefix.name}${path.join(prefix.split).toUpperCase()}`, value];
  if (rest.length === 0) return [`${prefix.name}${table.toUpperCase()}`, value];
  if (prefix.library !== 'figment') return undefined;
  const inline = rest.reduceRight((inner, name) => `{${name}=${inner}}`, JSON.stringify(value));
  return [`${prefix.name}${table.toUpperCase()}`, inline];
}

/** The variable, and its value, by which a program is told where its database is. */
export function databaseVariable(
  facts: RepoFacts,
  fact: DatabaseFact,
  url: string,
): readonly [string, string] | undefined {
  if ('env' in fact.via) return [fact.via.env, url];
  return 'configKey' in fact.via ? overrideOf(facts, fact.via.configKey, url) : undefined;
}

const LOOPBACK = /^(localhost|127\.|\[?::1)/;
const EVERYWHERE = '0.0.0.0';

/** What a program is told so that it can be reached in its container. */
export interface ListenOverride {
  readonly environment: Readonly<Record<string, string>>;
  /** Before its subcommand, and behind it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Without it a program in a container would listen on its own loopback, where nobody reaches it. */
export function listenOverride(facts: RepoFacts): ListenOverride {
  const overrides = facts.ports
    .filter(({ host }) => host !== undefined && LOOPBACK.test(host))
    .map((port) => overridePort(facts, port));
  return {
    environment: Object.assign({}, ...overrides.map(({ environment }) => environment)),
    before: overrides.flatMap(({ before }) => before),
    after: overrides.flatMap(({ after }) => after),
  };
}

const NONE: ListenOverride = { environment: {}, before: [], after: [] };

function overridePort(facts: RepoFacts, { port, key, listen }: PortFact): ListenOverride {
  const value = listen?.holds === 'address' ? `${EVERYWHERE}:${port}` : EVERYWHERE;
  if (listen?.by === 'env') return { ...NONE, environment: { [listen.name]: value } };
  if (listen?.by === 'flag') return { ...NONE, [listen.first ? 'before' : 'after']: [listen.name, value] };
  const at = listen?.name ?? key?.replace(/[^.]+$/, 'host');
  const variable = at === undefined ? undefined : overrideOf(facts, at, value);
  return variable ? { ...NONE, environment: Object.fromEntries([variable]) } : NONE;
}
