import type { HostEvidence, SystemFacts } from './facts.ts';
import { containerWords, processWords, sqliteWords, unitWords } from './words.ts';

function block(title: string, rows: readonly (readonly [text: string, evidence: HostEvidence])[]): readonly string[] {
  const lines = rows.map(([text, { what, confidence }]) => `  ${text}\n      ${what} (${confidence})`);
  return lines.length === 0 ? [] : [title, ...lines];
}

/** What already belongs to the repository, as `inspect` shows it; empty where nothing does. */
export function printSystem({ running, existing }: SystemFacts): string {
  return [
    ...block(
      'Running processes',
      running.processes.map((fact) => [processWords(fact), fact.evidence]),
    ),
    ...block(
      'Units',
      running.units.map((fact) => [`${unitWords(fact)}; ${fact.path}`, fact.evidence]),
    ),
    ...block(
      'Containers',
      running.containers.map((fact) => [
        `${containerWords(fact)}, ${fact.running ? 'running' : 'stopped'}${fact.stack === undefined ? '' : `, of the stack ${fact.stack}`}`,
        fact.evidence,
      ]),
    ),
    ...block(
      'Volumes',
      existing.volumes.map((fact) => [`${fact.name}${fact.holds === 'database' ? ', a database' : ''}`, fact.evidence]),
    ),
    ...block(
      'SQLite databases',
      existing.sqlite.map((fact) => [sqliteWords(fact), fact.evidence]),
    ),
  ].join('\n');
}
