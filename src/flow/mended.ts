import type { RepoFacts, WarningFact } from '../detect/facts.ts';
import { databaseVariable, listenOverride } from '../stack/design/configuration.ts';
import type { Stack } from '../stack/schema.ts';

/** What the stack does about a warning of detection, in one sentence; undefined where it is left to the person. */
export function mended(facts: RepoFacts, stack: Stack, warning: WarningFact): string | undefined {
  switch (warning.code) {
    case 'listen-localhost':
      return listens(facts, stack, warning);
    case 'database-localhost':
      return connects(facts, stack, warning);
    case 'api-without-login':
      return stack.ports.api?.via === 'gate'
        ? 'The web API has no login of its own: it goes through the login, and pages from elsewhere are refused.'
        : undefined;
    default:
      return undefined;
  }
}

function listens(facts: RepoFacts, { services }: Stack, warning: WarningFact): string | undefined {
  const ports = facts.ports.filter((port) => isSame(port, warning));
  const { environment, before, after } = listenOverride({ ...facts, ports });
  const told = Object.values(services).find(
    ({ environment: given, args }) =>
      Object.entries(environment).every(([name, value]) => given[name] === value) &&
      [...before, ...after].every((word) => args.includes(word)),
  );
  const by = [...Object.keys(environment), ...[...before, ...after].slice(0, 1)];
  if (told === undefined || by.length === 0) return undefined;
  return `${ports[0]?.key ?? 'The program'} listens on ${ports[0]?.host}: in its container it is told otherwise (${by.join(', ')}).`;
}

function connects(facts: RepoFacts, { services }: Stack, warning: WarningFact): string | undefined {
  const fact = facts.databases.find((database) => isSame(database, warning));
  const [name] = (fact && databaseVariable(facts, fact, '')) ?? [];
  if (fact === undefined || name === undefined) return undefined;
  const isTold = Object.values(services).some(({ environment, secrets }) => name in environment || name in secrets);
  const key = 'env' in fact.via ? fact.via.env : 'configKey' in fact.via ? fact.via.configKey : 'The database';
  return isTold ? `${key} names this machine: the services are told where the database is (${name}).` : undefined;
}

function isSame({ evidence }: Pick<WarningFact, 'evidence'>, warning: WarningFact): boolean {
  return evidence?.file === warning.evidence?.file && evidence?.line === warning.evidence?.line;
}
