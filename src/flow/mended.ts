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
    case 'database-without-schema':
      return schema(stack);
    case 'sqlx-offline':
      return stack.build.checkedAgainst === undefined
        ? undefined
        : `query! is checked while compiling against a throw-away database with the migrations of ${stack.build.checkedAgainst}.`;
    case 'compile-input-missing':
      return made(facts, stack);
    default:
      return undefined;
  }
}

function schema({ services }: Stack): string | undefined {
  const brought = Object.entries(services).filter(([, { migrations }]) => migrations);
  const [[, first] = []] = brought;
  if (!first?.migrations) return undefined;
  const names = brought.map(([name]) => name).join(', ');
  const start = brought.length === 1 ? 'starts' : 'start';
  return `Nothing in the program applies the migrations in ${first.migrations.from}: they are applied before ${names} ${start}, on a copy first, in sqlx's own ledger.`;
}

/** With Nix its tasks run inside the build, and what they make need not be there. */
function made({ compileInputs, tasks }: RepoFacts, { build }: Stack): string | undefined {
  const missing = compileInputs.filter(({ present, tracked }) => !present && !tracked);
  const names = missing.map(({ task }) => tasks.find(({ kind, command }) => kind === 'nix' && command === task)?.name);
  const run = build.strategy === 'nix' ? (build.nix?.tasks ?? []) : [];
  if (missing.length === 0 || names.some((name) => name === undefined || !run.includes(name))) return undefined;
  return `What the compiler reads and git does not have is made inside the build: ${[...new Set(names)].join(', ')}.`;
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
