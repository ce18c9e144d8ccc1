import type { EnvFact, RepoFacts, ServiceFact, SignalFact, SubcommandFact } from './facts.ts';

/** Programs that would be a service: whatever runs on, or draws on a terminal. */
export function servicesOf(subcommands: readonly SubcommandFact[], env: readonly EnvFact[]): readonly ServiceFact[] {
  return subcommands
    .filter(({ kind }) => kind !== 'one-shot')
    .map(({ binary, name, ...what }) => ({
      ...what,
      name,
      binary,
      args: name.split(' '),
      env: env.filter(({ readBy, dead }) => !dead && readBy.includes(binary)).map((variable) => variable.name),
    }));
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
