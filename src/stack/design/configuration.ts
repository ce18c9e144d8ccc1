import type { DatabaseFact, RepoFacts } from '../../detect/facts.ts';

/**
 * The environment variable that overrides a key of the config file, and how its value is written.
 * figment: `PREFIX_A__B=value` where the code splits, else the whole table inline, `PREFIX_A={b="value"}`
 * (FACTS: figment merges it into the file's table).
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
  const inline = rest.reduceRight((inner, name) => `{${name}=${inner}}`, JSON.stringify(value));
  return [`${prefix.name}${table.toUpperCase()}`, inline];
}

/** The variable, and its value, by which a program is told where its database is. */
export function databaseVariable(
  facts: RepoFacts,
  fact: DatabaseFact,
  url: string,
): readonly [string, string] | undefined {
  return 'env' in fact.via ? [fact.via.env, url] : overrideOf(facts, fact.via.configKey, url);
}

const LOOPBACK = /^(localhost|127\.|\[?::1)/;

/** Overrides without which a program in a container would listen on its own loopback, where nobody reaches it. */
export function listenOverride(facts: RepoFacts): readonly [string, string] | undefined {
  const listening = facts.ports.find(({ host, key }) => key !== undefined && host !== undefined && LOOPBACK.test(host));
  if (!listening?.key) return undefined;
  return overrideOf(facts, listening.key.replace(/[^.]+$/, 'host'), '0.0.0.0');
}
