import type { Evidence, RepoFacts } from './facts.ts';

function at(evidence: Evidence | undefined): string {
  return evidence ? `  (${evidence.file}:${evidence.line})` : '';
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function envLine({ name, required, default: fallback, secret, dead, evidence }: RepoFacts['env'][number]): string {
  const words = [
    dead ? 'read by dead code only' : required ? 'required' : 'optional',
    ...(secret ? ['secret'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
  ];
  return `${name}: ${words.join(', ')}${at(evidence)}`;
}

function databaseLine({ kind, via, url, evidence }: RepoFacts['databases'][number]): string {
  return `${kind} by ${'env' in via ? via.env : via.configKey}${url === undefined ? '' : `, default ${url}`}${at(evidence)}`;
}

/** The facts as text, one line each with where it was read. */
export function printFacts(facts: RepoFacts): string {
  return [
    `${facts.name}: ${facts.workspace.kind}, Cargo.lock ${facts.lockfile}`,
    ...section(
      'Binaries',
      facts.binaries.map(({ bin, package: from, evidence }) => `${bin} of package ${from}${at(evidence)}`),
    ),
    ...section(
      'Subcommands',
      facts.subcommands.map(
        ({ name, kind, signals, evidence }) =>
          `${name}: ${kind}, ${signals.join(' and ') || 'no signal'} handled${at(evidence)}`,
      ),
    ),
    ...section(
      'Ports',
      facts.ports.map(({ port, host, evidence }) => `${host ?? ''}:${port}${at(evidence)}`),
    ),
    ...section(
      'Routes',
      facts.routes.map(
        ({ method, path, mounted, evidence }) => `${method} ${path}${mounted ? '' : ' (never mounted)'}${at(evidence)}`,
      ),
    ),
    ...section('Databases', facts.databases.map(databaseLine)),
    ...section(
      'SQL',
      facts.migrations.map(({ kind, path }) => `${kind}: ${path}`),
    ),
    ...section('Environment', facts.env.map(envLine)),
    ...section(
      'Endpoints',
      facts.endpoints.map(({ url, testnet, evidence }) => `${url}${testnet ? ' (test network)' : ''}${at(evidence)}`),
    ),
    ...section(
      'Warnings',
      facts.warnings.map(({ message, evidence }) => `${message}${at(evidence)}`),
    ),
  ].join('\n');
}
