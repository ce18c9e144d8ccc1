import type { DatabaseFact, EnvFact, RepoFacts, RouteFact, ServiceFact, SignalFact } from './facts.ts';
import { isService, type Runner, serviceName, textsOf } from './runners.ts';

/** Programs that would be a service: whatever runs on, or draws on a terminal. */
export function servicesOf(
  runners: readonly Runner[],
  env: readonly EnvFact[],
  databases: (runner: Runner) => readonly string[],
  routes: readonly RouteFact[],
): readonly ServiceFact[] {
  return runners.filter(isService).map((runner) => {
    const { binary, command, what } = runner;
    const name = serviceName(runners, runner);
    const { aliases: _, ...rest } = what;
    const opened = databases(runner);
    return {
      ...rest,
      name,
      binary,
      args: command === undefined ? [] : command.split(' '),
      env: env.filter(({ services, dead }) => !dead && services.includes(name)).map((variable) => variable.name),
      databases: opened,
      ...(what.kind === 'tui' && { works: worksOn(runner, opened, routes) }),
    };
  });
}

const CLIENT = /\breqwest\b|\bureq\b|\bconnect_async\b|\bhyper\s*::\s*Client\b|\bClient\s*::\s*(?:new|builder)\b/;
const LOCAL = /^(?:https?|wss?):\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\b/;

/** What a terminal program shows: the daemon's state by its API, its database, or a state of its own. */
function worksOn(
  runner: Runner,
  databases: readonly string[],
  routes: readonly RouteFact[],
): 'api' | 'database' | 'own-state' {
  if (runner.bodies.some((code) => CLIENT.test(code))) {
    const paths = routes.map(({ path }) => path.replace(/[:{<].*$/, '')).filter((path) => path.length > 1);
    const calls = textsOf(runner).some(
      (text) => LOCAL.test(text) || paths.some((path) => text.includes(path) && /^(?:\{|\/|https?:)/.test(text)),
    );
    if (calls) return 'api';
  }
  return databases.length > 0 ? 'database' : 'own-state';
}

/** Each signal once, with the services that handle it. */
export function signalsOf(services: RepoFacts['services']): readonly SignalFact[] {
  const names = [...new Set(services.flatMap(({ signals }) => signals))].sort();
  return names.flatMap((name) => {
    const handling = services.filter(({ signals }) => signals.includes(name));
    const [first] = handling;
    if (first === undefined) return [];
    const { evidence, confidence, over } = first;
    return [{ name, handledBy: handling.map((service) => service.name), evidence, confidence, over }];
  });
}

/** Databases with the services that open them. */
export function withOpeners(
  databases: readonly DatabaseFact[],
  services: readonly ServiceFact[],
  key: (fact: DatabaseFact) => string,
): DatabaseFact[] {
  return databases.map((fact) => ({
    ...fact,
    openedBy: services.filter((service) => service.databases.includes(key(fact))).map(({ name }) => name),
  }));
}
