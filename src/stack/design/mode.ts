import { networkOf } from '../../catalog/networks.ts';
import type { EndpointFact, RepoFacts, SwitchFact } from '../../detect/facts.ts';
import { SetupError } from '../../errors.ts';
import type { Stack } from '../schema.ts';
import { overrideOf } from './configuration.ts';
import { tradingKeys } from './secrets.ts';
import { standIn, type Told, toldLive, toldTo } from './told.ts';

export interface ChosenMode {
  readonly mode: Stack['mode'];
  /** The evidence, one sentence. */
  readonly reason: string;
  /** There is evidence; LIVE for want of any is not proven. */
  readonly proven: boolean;
}

type Running = Pick<Stack, 'services' | 'secrets'>;
type Service = Stack['services'][string];

/** PAPER is shown only on evidence; anything else is LIVE. */
export function chooseMode(facts: RepoFacts, stack: Running): ChosenMode {
  const trading = tradingKeys(stack);
  const [keys] = trading.values();
  const file = keyFile(facts);
  if (!keys && file) return { mode: 'live', reason: file, proven: true };
  if (!keys) return { mode: 'paper', reason: 'No service is given a key that can place orders.', proven: true };
  const said = toldTo(stack, [...trading.keys()]);
  const told = toldLive(said);
  const on = facts.switches.find((fact) => isOnFor(facts, fact, stack, [...trading.keys()]));
  // A switch between networks is off where the stack names the other one; a dry run is one wherever it leads.
  if (on && (told === undefined || (told.by === 'address' && !BETWEEN_NETWORKS.test(on.name)))) {
    const { file, line } = on.evidence;
    return { mode: 'paper', reason: `${on.name} is ${on.paper} (${file}:${line}).`, proven: true };
  }
  const live = facts.endpoints.find(({ testnet }) => !testnet);
  if (live) {
    const { file, line } = live.evidence;
    return { mode: 'live', reason: `${live.url} is no test network (${file}:${line}).`, proven: true };
  }
  if (told) {
    const what = told.known ? 'is no test network' : 'is not known to be a test network';
    return { mode: 'live', reason: `${told.what} ${what} (${told.path}).`, proven: told.known };
  }
  const test = facts.endpoints.find((endpoint) => isSetFor(facts, endpoint, stack, [...trading.keys()]));
  if (test) return onTestNetwork(facts, test, standIn(said, overriding(facts)));
  return {
    mode: 'live',
    reason: `A service is given ${keys[0]}, and nothing says that it trades on paper.`,
    proven: false,
  };
}

const BETWEEN_NETWORKS = /test_?net|main_?net|network|sandbox|demo/i;

/** The evidence for a test network holds where nothing else is told, and where its venue is known. */
function onTestNetwork(facts: RepoFacts, test: EndpointFact, instead: Told | undefined): ChosenMode {
  const place = ({ evidence: { file, line } }: EndpointFact): string => `${file}:${line}`;
  if (instead) {
    const reason = `${instead.path} stands in for ${test.url} (${place(test)}), and is not known to be a test network.`;
    return { mode: 'live', reason, proven: false };
  }
  const doubtful = facts.endpoints.find(({ url }) => !networkOf(url).known);
  if (doubtful) {
    const reason = `${doubtful.url} looks like a test network, of a venue that is not known (${place(doubtful)}).`;
    return { mode: 'live', reason, proven: false };
  }
  return { mode: 'paper', reason: `All endpoints are test networks, e.g. ${test.url} (${place(test)}).`, proven: true };
}

/** Variables that override an address which the repository sets, with the last words of the keys that they override. */
function overriding(facts: RepoFacts): ReadonlyMap<string, readonly string[]> {
  const addresses = new Set(facts.endpoints.map(({ url }) => url));
  const keys = facts.config.files.flatMap(({ values }) =>
    Object.entries(values).flatMap(([key, { value }]) => (addresses.has(value) ? [key] : [])),
  );
  const byKey = keys.flatMap((key) => {
    const names = [
      overrideOf(facts, key, '')?.[0],
      ...facts.env.filter((fact) => fact.key === key).map(({ name }) => name),
    ];
    return names.flatMap((name) => (name === undefined ? [] : [[name, key.split('.').at(-1) ?? key] as const]));
  });
  const byDefault = facts.env.filter(({ default: url }) => url !== undefined && addresses.has(url));
  const all = new Map<string, readonly string[]>(byDefault.map(({ name }) => [name, []]));
  for (const [name, last] of byKey) all.set(name, [...(all.get(name) ?? []), last]);
  return all;
}

/** The program reads a key that we do not deliver, from a file or a wallet of its own, and knows a real network. */
function keyFile({ env, endpoints }: RepoFacts): string | undefined {
  const key = env.find(({ dead, name }) => !dead && KEY_FILE.test(name));
  const live = endpoints.find(({ testnet }) => !testnet);
  if (key === undefined || live === undefined) return undefined;
  const { file, line } = key.evidence;
  return `${key.name} (${file}:${line}) may name a key that can place orders, and ${live.url} is no test network.`;
}

const KEY_FILE = /(?:^|_)(?:KEY|WALLET|KEYSTORE|MNEMONIC|SIGNER)_?(?:PATH|FILE|DIR)$|(?:^|_)KEYSTORE$/;

/**
 * An address proves something only of the services that can trade: one that is set for the whole system, the default of
 * a variable that one of them reads, or one in the code of a program that does nothing else.
 */
function isSetFor(facts: RepoFacts, { by, env }: EndpointFact, stack: Running, trading: readonly string[]): boolean {
  if (by === 'config') return true;
  if (by === 'code') return facts.subcommands.length === 0 && facts.binaries.length === 1;
  const readers = facts.env.find(({ name }) => name === env)?.services ?? [];
  const programs = trading.flatMap((name) => {
    const service = stack.services[name];
    return facts.services.filter(
      ({ binary, args }) => binary === service?.binary && args.every((arg, at) => service.args[at] === arg),
    );
  });
  // Without a service that was told apart, the program is the whole binary.
  return programs.length === 0 || programs.some(({ name }) => readers.includes(name));
}

/** Every service that can trade has the switch on; one that only its name makes a switch proves nothing. */
function isOnFor(facts: RepoFacts, fact: SwitchFact, stack: Running, trading: readonly string[]): boolean {
  if (fact.confidence === 'guess') return false;
  return trading.every((name) => {
    const service = stack.services[name];
    return service !== undefined && same(valueFor(facts, fact, service), fact.paper);
  });
}

/** What a switch is for a service: as it is told, else as it is by itself; undefined where that lies in a store. */
function valueFor(
  facts: RepoFacts,
  { name, by, value }: SwitchFact,
  { environment, secrets, args }: Service,
): string | undefined {
  // A secret may hold anything, and the program's own value no longer counts.
  if (by === 'env') return secrets[name] === undefined ? (environment[name] ?? value) : undefined;
  if (by === 'key') {
    const variable = overrideOf(facts, name, '')?.[0];
    const variables = [variable, ...facts.env.filter(({ key }) => key === name).map((fact) => fact.name)];
    if (variables.some((each) => each !== undefined && secrets[each] !== undefined)) return undefined;
    const told = variable === undefined ? undefined : environment[variable];
    const last = name.split('.').at(-1) ?? '';
    const inline = told === undefined ? undefined : new RegExp(`\\b${last}\\s*=\\s*"?([\\w-]+)`).exec(told)?.[1];
    return inline ?? (told === undefined || told.includes('=') ? value : told);
  }
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return value;
  const inside = args[at]?.split('=')[1];
  const next = args[at + 1];
  return inside ?? (next === undefined || next.startsWith('-') ? 'true' : next);
}

const YES = /^(?:true|1|yes|on)$/i;
const NO = /^(?:false|0|no|off)$/i;

function same(value: string | undefined, wanted: string): boolean {
  if (value === undefined) return false;
  if (YES.test(wanted)) return YES.test(value);
  return NO.test(wanted) ? NO.test(value) : value.toLowerCase() === wanted.toLowerCase();
}

/** Two networks of one venue that are both set. */
export interface Mixture {
  readonly live: EndpointFact;
  readonly test: EndpointFact;
}

/**
 * A test network and the real one of the same venue, both really set: in a config file or as the default of a variable,
 * and not told otherwise by the stack. Code that knows both and chooses is no mixture, and prices of another venue,
 * or of the venue's own data service, place no orders.
 */
export function mixedEndpoints(facts: RepoFacts, stack: Pick<Stack, 'services'>): Mixture | undefined {
  const told = Object.values(stack.services).map(({ environment }) => environment);
  const set = new Set([...keyValues(facts, told), ...variableValues(facts, told), ...told.flatMap(urlsOf)]);
  const chosen = facts.endpoints.filter(({ url }) => set.has(url) && !/^\w+:\/\/(?:[\w-]+\.)*data[.-]/.test(url));
  for (const live of chosen.filter(({ testnet }) => !testnet)) {
    const test = chosen.find((other) => other.testnet && venueOf(other.url) === venueOf(live.url));
    if (test) return { live, test };
  }
  return undefined;
}

type Environment = Readonly<Record<string, string>>;

function keyValues(facts: RepoFacts, told: readonly Environment[]): string[] {
  const [first] = facts.config.files;
  const known = new Set<string>();
  return facts.config.files.flatMap((file) =>
    Object.entries(file.values).flatMap(([key, { value }]) => {
      // Files build upon each other: only the first is surely in force.
      if (known.has(key) && file !== first) return [];
      known.add(key);
      const variable = overrideOf(facts, key, '')?.[0];
      const last = key.split('.').at(-1) ?? '';
      // Programs read VENUE_API_URL instead of `venue.api_url` by code of their own as well.
      const own = key.replace(/\W+/g, '_').toUpperCase();
      const isTold = told.some((environment) => {
        if (environment[own] !== undefined) return true;
        const text = variable === undefined ? undefined : environment[variable];
        return text !== undefined && (!text.startsWith('{') || text.includes(last));
      });
      return isTold ? [] : [value];
    }),
  );
}

function variableValues({ env }: RepoFacts, told: readonly Environment[]): string[] {
  return env.flatMap(({ name, dead, key, default: value }) => {
    if (dead || key !== undefined || value === undefined) return [];
    return told.some((environment) => environment[name] !== undefined) ? [] : [value];
  });
}

function urlsOf(environment: Environment): string[] {
  return Object.values(environment).flatMap((value) => value.match(/\b(?:https?|wss?):\/\/[^\s"'}]{1,300}/g) ?? []);
}

/** `api.hyperliquid-testnet.xyz` and `api.hyperliquid.xyz` are one venue. */
function venueOf(url: string): string {
  const labels = (/^\w+:\/\/([^/:?#]+)/.exec(url)?.[1] ?? '').toLowerCase().split('.');
  return (labels.at(-2) ?? '').replace(/[-_]?(?:testnet|sandbox|paper|demo|test|live|mainnet)[-_]?/g, '');
}

/** @throws SetupError where one venue is addressed on two networks: orders would go where nobody expects them. */
export function refuseMixture(facts: RepoFacts, stack: Pick<Stack, 'services'>): void {
  const mixture = mixedEndpoints(facts, stack);
  if (!mixture) return;
  const { live, test } = mixture;
  const place = ({ evidence: { file, line } }: EndpointFact): string => `${file}:${line}`;
  throw new SetupError(
    'usage',
    `${test.url} (${place(test)}) is a test network and ${live.url} (${place(live)}) is not: one system cannot trade in two worlds.`,
    {
      code: 'endpoints-mixed',
      next: [
        `Change one of the two places, then run trading-setup again.`,
        'Or set the variable that overrides it: --set services.app.environment.NAME=URL',
      ],
    },
  );
}
