import type { Flag } from './clap/flags.ts';
import type { DatabaseFact, EnvFact, RepoFacts, RouteFact, ServiceFact, SignalFact } from './facts.ts';
import { isService, type Runner, serviceName, textsOf } from './runners.ts';

/** Programs that would be a service: whatever runs on, or draws on a terminal. */
export function servicesOf(
  runners: readonly Runner[],
  env: readonly EnvFact[],
  databases: (runner: Runner) => readonly string[],
  routes: readonly RouteFact[],
  flags: readonly Flag[],
): readonly ServiceFact[] {
  return runners.filter(isService).map((runner) => {
    const { binary, command, what } = runner;
    const name = serviceName(runners, runner);
    const { aliases: _, ...rest } = what;
    const opened = databases(runner);
    const own = env.filter(({ services, dead }) => !dead && services.includes(name));
    const works = what.kind === 'tui' ? worksOn(runner, opened, routes, addresses(runner, own, flags)) : undefined;
    return {
      ...rest,
      name,
      binary,
      args: command === undefined ? [] : command.split(' '),
      env: own.map((variable) => variable.name),
      databases: opened,
      ...(works !== undefined && { works }),
    };
  });
}

const CLIENT = /\breqwest\b|\bureq\b|\bconnect_async\b|\bhyper\s*::\s*Client\b|\bClient\s*::\s*(?:new|builder)\b/;
const LOCAL = /^(?:https?|wss?):\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\b/;

const ADDRESS = /^(?:https?|wss?):\/\//;

/** What its variables and options say by default, addresses among it. */
function addresses({ bodies }: Runner, env: readonly EnvFact[], flags: readonly Flag[]): readonly string[] {
  const options = flags.filter(({ name }) => bodies.some((code) => new RegExp(`\\b${name}\\b`).test(code)));
  return [...env, ...options].flatMap(({ default: value }) => value ?? []).filter((value) => ADDRESS.test(value));
}

/** What a terminal program shows: the daemon's state by its API, its database, or a state of its own; nothing where that cannot be told. */
function worksOn(
  runner: Runner,
  databases: readonly string[],
  routes: readonly RouteFact[],
  told: readonly string[],
): ServiceFact['works'] {
  const calls = runner.bodies.some((code) => CLIENT.test(code));
  const texts = calls ? [...textsOf(runner), ...told] : [];
  if (calls) {
    const paths = routes.map(({ path }) => path.replace(/[:{<].*$/, '')).filter((path) => path.length > 1);
    const isOurs = texts.some(
      (text) => LOCAL.test(text) || paths.some((path) => text.includes(path) && /^(?:\{|\/|https?:)/.test(text)),
    );
    if (isOurs) return 'api';
  }
  if (databases.length > 0) return 'database';
  // Whom it calls is told when it runs.
  return calls && !texts.some((text) => ADDRESS.test(text)) ? undefined : 'own-state';
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
