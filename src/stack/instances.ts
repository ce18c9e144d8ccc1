import { credentialFor } from '../catalog/credentials/index.ts';
import type { RepoFacts } from '../detect/facts.ts';
import { SetupError } from '../errors.ts';
import type { PortHolder } from '../host/facts.ts';
import { nextFree } from './design/ports.ts';
import type { Finding } from './inspect.ts';
import { makerOf } from './instance-maker.ts';
import { isMap, type Loose, mapAt, readAs, usedBy, without } from './loose.ts';
import { dataVolume, engineVolume, secretsIn } from './names.ts';
import { saidIn } from './said.ts';
import { FEW_TIMES, Service, type Stack } from './schema.ts';

/** What instances are made with. */
export interface InstanceInput {
  readonly facts: RepoFacts;
  /** Who has ports of the engine's machine. */
  readonly holders: readonly PortHolder[];
  /** The stack as it was before this change; absent for a new one. */
  readonly saved?: Stack | undefined;
}

/** The list as it is asked for; undefined: there is none, or one that the schema has to judge. */
function wantedIn({ instances }: Loose): readonly string[] | undefined {
  if (instances === null) return [];
  if (!Array.isArray(instances)) return undefined;
  return instances.every((name) => typeof name === 'string') ? instances : undefined;
}

/** A service that needs nothing of another one. */
function isWhole(value: unknown): boolean {
  return Service.safeParse(value, FEW_TIMES).success;
}

/** The service that the others are made from. */
function modelOf(services: Loose, saved: Stack | undefined): string {
  const [first = ''] = saved?.instances ?? Object.keys(saved?.services ?? services);
  return first;
}

/** A name belongs to volumes and secrets: what is there under it cannot be found under another one. */
function refuseRenaming(gone: readonly string[], added: readonly string[], instances: readonly string[]): void {
  if (gone.length === 0 || added.length === 0) return;
  const left = instances.filter((name) => !added.includes(name));
  // Where more are added than go, those that go are some of them under the name that they have: not one trader more.
  const spare = added.length > gone.length ? gone.length : 0;
  throw new SetupError(
    'usage',
    `${gone.join(', ')} would be gone and ${added.join(', ')} new: an instance cannot be renamed, because its name is that of its data and its secrets.`,
    {
      code: 'instance-renamed',
      next: [
        `Keep it and add the other: --set instances='[${[...left, ...gone, ...added.slice(spare)].join(', ')}]'`,
        ...(left.length > 0 ? [`Or remove it first, its data is kept: --set instances='[${left.join(', ')}]'`] : []),
      ],
    },
  );
}

/**
 * A stack in which every named instance is a service, before it is validated. One without a service of its own is made
 * from one of the same venue, else from the first: the same program with its own data, secrets and port. What is no
 * longer named is taken out. Pure; a stack that has what it names comes back as it is.
 * @throws SetupError `instance-renamed`.
 */
export function withInstances(value: unknown, input: InstanceInput): unknown {
  const wanted = isMap(value) ? wantedIn(value) : undefined;
  if (!isMap(value) || !wanted) return value;
  const { saved } = input;
  if (wanted.length === 0 && !saved?.instances) return without(value, 'instances');
  const services = mapAt(value, 'services');
  const model = modelOf(services, saved);
  // None means one: the first stays what it is.
  const names = wanted.length === 0 ? (saved?.instances ?? []).slice(0, 1) : [...new Set(wanted)];
  const before = saved ? (saved.instances ?? (services[model] === undefined ? [] : [model])) : [];
  const gone = before.filter((name) => !names.includes(name));
  const added = names.filter((name) => !isWhole(services[name]));
  refuseRenaming(gone, added, names);
  const pattern = services[model] ?? saved?.services[model];
  const out = new Set(saved ? gone : names.includes(model) ? [] : [model]);
  const maker = makerOf(value, { ...input, names, added, pattern });
  const made = names.map((name) => [name, added.includes(name) ? maker.make(name) : services[name]] as const);
  const others = Object.entries(services).filter(([name]) => !names.includes(name) && !out.has(name));
  const next: Loose = {
    ...value,
    services: Object.fromEntries([...made, ...others]),
    secrets: { ...mapAt(value, 'secrets'), entries: maker.entries() },
  };
  const { instances: _, ...rest } = pointed(next, out, names, input);
  const whole = wanted.length === 0 ? rest : { ...rest, instances: wanted };
  const left = withoutUnused(
    whole,
    [...out].map((name) => services[name] ?? saved?.services[name]),
  );
  return published(left, names, input);
}

/** What pointed at a service that is out points at an instance: the login at the one that has the broker's key. */
function pointed(stack: Loose, out: ReadonlySet<string>, names: readonly string[], { facts, saved }: InstanceInput) {
  const [first] = names;
  if (first === undefined || out.size === 0) return stack;
  const services = mapAt(stack, 'services');
  const entries = mapAt(mapAt(stack, 'secrets'), 'entries');
  const said = saidIn(facts);
  const logsIn = (secret: string) =>
    credentialFor(readAs(entries[secret], secret), said)?.provider.credentials.some(
      ({ lifetime }) => lifetime?.since === 'login',
    );
  const withLogin = names.find((name) => usedBy(services[name]).some(logsIn));
  const point = (value: unknown, to: string) => (typeof value === 'string' && out.has(value) ? to : value);
  const { ports, secrets, adopt } = stack;
  const moved: Record<string, unknown> = { ...stack };
  if (isMap(ports) && isMap(ports.api)) {
    moved.ports = { ...ports, api: { ...ports.api, service: point(ports.api.service, first) } };
  }
  if (isMap(secrets) && isMap(secrets.commands)) {
    const commands = Object.entries(secrets.commands).map(([name, command]) => [
      name,
      isMap(command)
        ? { ...command, service: point(command.service, name === 'login' ? (withLogin ?? first) : first) }
        : command,
    ]);
    moved.secrets = { ...secrets, commands: Object.fromEntries(commands) };
  }
  if (isMap(adopt) && isMap(adopt.sqlite)) {
    // What an instance that is out had taken over is in its own volume, and is nobody else's.
    const left = Object.entries(adopt.sqlite).filter(([service]) => !saved || !out.has(service));
    const files = left.map(([service, path]) => [point(service, first), path]);
    moved.adopt = { ...adopt, sqlite: Object.fromEntries(files) };
  }
  return moved;
}

/** Without the secrets that only services read that are out; their values stay in the store. */
function withoutUnused(stack: Loose, out: readonly unknown[]): Loose {
  const secrets = mapAt(stack, 'secrets');
  const used = new Set(Object.values(mapAt(stack, 'services')).flatMap(usedBy));
  const lost = new Set(out.flatMap(usedBy).filter((name) => !used.has(name)));
  const entries = Object.entries(mapAt(secrets, 'entries')).filter(([name]) => !lost.has(name));
  return lost.size === 0 ? stack : { ...stack, secrets: { ...secrets, entries: Object.fromEntries(entries) } };
}

/** The API of each further instance on a port of this machine that nobody has. */
function published(stack: Loose, names: readonly string[], { holders, saved }: InstanceInput): Loose {
  const { ports } = stack;
  if (!isMap(ports) || !isMap(ports.api)) return stack;
  const { instances, ...api } = ports.api;
  const decided = isMap(instances) ? instances : {};
  const others = names.filter((name) => name !== api.service);
  // One that was further and is the first now brings its port along.
  const own = typeof api.service === 'string' ? decided[api.service] : undefined;
  const taken = [own ?? api.host, ports.tui, ...Object.values(decided)].filter((port) => typeof port === 'number');
  const strangers = holders.filter((holder) => holder.stack === undefined || holder.stack !== saved?.id);
  const chosen: Record<string, unknown> = {};
  for (const name of others) {
    const port = decided[name] ?? nextFree(strangers, (taken[0] ?? 1) + 1, taken);
    if (typeof port === 'number') taken.push(port);
    chosen[name] = port;
  }
  const first = { ...api, ...(own === undefined ? {} : { host: own }) };
  const all = others.length === 0 ? first : { ...first, instances: chosen };
  return { ...stack, ports: { ...ports, api: all } };
}

/** What each instance has of its own, a sentence each, for a person who decides about them. */
export function instanceWords(stack: Stack): readonly string[] {
  return (stack.instances ?? []).flatMap((name) => {
    const service = stack.services[name];
    if (!service) return [];
    const secrets = [...new Set(Object.values(service.secrets).flatMap(secretsIn))];
    const port = stack.ports.api?.service === name ? stack.ports.api.host : stack.ports.api?.instances?.[name];
    const has = [
      ...(service.data === null ? [] : [`its data in ${engineVolume(stack, dataVolume(name))}`]),
      ...(secrets.length === 0 ? [] : [`the secrets ${secrets.join(', ')}`]),
      ...(port === undefined ? [] : [`the web API on port ${port}`]),
    ];
    return [`${name} has ${has.length === 0 ? 'nothing of its own' : has.join('; ')}.`];
  });
}

/** What is left of instances that are out, with the volumes by name: nobody deletes them. */
export function removedWords(stack: Stack, saved: Stack | undefined): readonly string[] {
  const out = (saved?.instances ?? []).filter((name) => !stack.services[name]);
  return out.map((name) => {
    const kept =
      saved?.services[name]?.data == null
        ? ''
        : ` Its data stays in the volume ${engineVolume(stack, dataVolume(name))}; when it is named again, it has that data again, and secrets to be set anew.`;
    return `${name} is no instance any more: the next deploy stops it and empties its secret volume.${kept}`;
  });
}

/** What is contradictory about instances. */
export function instanceFindings({ instances = [], services, ports, adopt }: Stack): readonly Finding[] {
  const error = (path: string, message: string): Finding => ({ level: 'error', path, message });
  const twice = instances.find((name, at) => instances.indexOf(name) !== at);
  const sources = Object.entries(adopt?.sqlite ?? {});
  const shared = sources.find(([, path], at) => sources.findIndex(([, other]) => other === path) !== at);
  const strangers = Object.keys(ports.api?.instances ?? {}).filter(
    (name) => !instances.includes(name) || name === ports.api?.service,
  );
  return [
    ...(twice === undefined ? [] : [error('instances', `${twice} is named twice`)]),
    ...instances
      .filter((name) => !services[name])
      .map((name) => error('instances', `there is no service ${name}: trading-setup init makes it`)),
    ...instances
      .filter((name) => services[name]?.database)
      .map((name) =>
        error(
          'instances',
          `${name} works on the PostgreSQL database, which instances would share: each needs data of its own`,
        ),
      ),
    ...(shared ? [error(`adopt.sqlite.${shared[0]}`, 'another service takes over the same data')] : []),
    ...strangers.map((name) => error(`ports.api.instances.${name}`, `${name} is no further instance`)),
  ];
}
