import type { RepoFacts } from '../detect/facts.ts';
import { serviceOf } from './design/programs.ts';
import { designEntries } from './design/secrets.ts';
import { isMap, type Loose, mapAt, readAs, secretsInText, usedBy } from './loose.ts';
import { inCapitals } from './names.ts';
import { overlay } from './overlay.ts';
import { saidIn } from './said.ts';
import type { Stack } from './schema.ts';
import { isForInstance, tellsVenue, toldVenue, venueOf, venuesIn } from './venues.ts';

/** What an instance is made of. */
export interface Making {
  readonly facts: RepoFacts;
  /** The stack as it was before this change; absent for a new one. */
  readonly saved?: Stack | undefined;
  readonly names: readonly string[];
  /** Names of those that are made; the others are there. */
  readonly added: readonly string[];
  /** The service that they are made from; of a damaged stack whatever stands there. */
  readonly pattern: unknown;
}

/** A variable of a service, and the text with the secrets in it. */
type Given = readonly (readonly [variable: string, text: unknown])[];

/** Makes instances one after the other: each takes the names of secrets that those before it have not. */
export function makerOf(stack: Loose, { facts, names, added, pattern, saved }: Making) {
  const entries = new Map(Object.entries(mapAt(mapAt(stack, 'secrets'), 'entries')));
  const services = mapAt(stack, 'services');
  const there = names.filter((name) => !added.includes(name));
  const taken = new Set(there.flatMap((name) => usedBy(services[name])));
  const said = saidIn(facts);

  function nameFor(secret: string, instance: string): string {
    if (!taken.has(secret)) return secret;
    const entry = entries.get(secret);
    const plain = readAs(entry, secret);
    const own = `${plain}_${inCapitals(instance)}`;
    if (isMap(entry)) entries.set(own, overlay({ ...entry, as: plain }, entries.get(own) ?? {}));
    return own;
  }

  function venuesOf(given: Given): readonly string[] {
    return given.flatMap(([, text]) =>
      secretsInText(text).flatMap((secret) => venueOf(readAs(entries.get(secret), secret), said) ?? []),
    );
  }

  /** What the program reads of its venue, for an instance of one that no service is at any more. */
  function readAt(venue: string, service: Loose): Given {
    const { binary, args } = service;
    if (typeof binary !== 'string' || !Array.isArray(args)) return [];
    const words = args.filter((word) => typeof word === 'string');
    const known = serviceOf(facts, { binary, args: words });
    const program = { binary, args: words, ...(known && { service: known }) };
    const all = designEntries(facts, program, { database: false, gate: false, adopts: false });
    return Object.entries(all).flatMap(([name, entry]) => {
      if (venueOf(name, said) !== venue) return [];
      if (!entries.has(name)) entries.set(name, entry);
      return [[name, `\${${name}}`] as const];
    });
  }

  /** The credentials of an instance: those of the service that it is made from, and what others have beyond them. */
  function credentialsFor(instance: string, base: Loose, isAlike: boolean): Given {
    const others = isAlike ? [] : there.map((name) => mapAt(services, name));
    const givens = [base, ...others].flatMap((service): Given => Object.entries(mapAt(service, 'secrets')));
    const all = givens.filter(([variable], at) => givens.findIndex(([each]) => each === variable) === at);
    const among = { names, venues: venuesOf(all) };
    const kept = all.filter((each) => venuesOf([each]).every((venue) => isForInstance(venue, instance, among)));
    const missing = venuesIn(instance).filter((venue) => !among.venues.includes(venue));
    return [...kept, ...missing.flatMap((venue) => readAt(venue, base))];
  }

  return {
    make(instance: string): unknown {
      if (!isMap(pattern)) return services[instance];
      const alike = there.find((name) => venuesIn(name).some((venue) => instance.includes(venue)));
      const base = alike === undefined ? pattern : mapAt(services, alike);
      const secrets = credentialsFor(instance, base, alike !== undefined).map(([variable, text]) =>
        typeof text === 'string'
          ? ([variable, text.replace(/\$\{(\w+)/g, (_, secret: string) => `\${${nameFor(secret, instance)}`)] as const)
          : ([variable, text] as const),
      );
      for (const secret of usedBy({ secrets: Object.fromEntries(secrets) })) taken.add(secret);
      const environment = saved ? settingsOf(base, alike !== undefined) : mapAt(base, 'environment');
      const service = {
        ...base,
        environment: { ...environment, ...toldVenue(facts, base.binary, instance) },
        secrets: Object.fromEntries(secrets),
      };
      return overlay(service, services[instance] ?? {});
    },
    entries: () => Object.fromEntries(entries),
  };
}

/**
 * The settings of a service that another instance can have as well: not what a person had to say for this one, such as
 * which order it works on; where its database is, is the same place in a volume of its own.
 */
function settingsOf(service: Loose, isSameVenue: boolean): Loose {
  const { required } = service;
  const said: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.fromEntries(
    Object.entries(mapAt(service, 'environment')).filter(
      ([name, value]) =>
        (!said.includes(name) || String(value).startsWith('sqlite:')) && (isSameVenue || !tellsVenue(name)),
    ),
  );
}
