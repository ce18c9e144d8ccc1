import { providerOfHost } from '../../catalog/credentials/index.ts';
import { hostOf, networkOf, saysLive } from '../../catalog/networks.ts';
import type { Stack } from '../schema.ts';

/** What the stack itself tells a program: a variable, a template of a secret, an argument. */
export interface Told {
  /** Of the variable, or of the flag without its dashes; empty for an argument without one. */
  readonly name: string;
  readonly value: string;
  /** Its place in trading-setup.yaml. */
  readonly path: string;
}

/** What the stack says of where orders go. */
export interface ToldNetwork {
  /** The address, or the words that say it, e.g. `NETWORK=mainnet`. */
  readonly what: string;
  readonly path: string;
  /** The venue is known, and with it the network; or it was said in so many words. */
  readonly known: boolean;
  readonly by: 'address' | 'words';
}

/** This machine, a service beside it, or every address: orders go to none of them by themselves. */
const NEAR = /^(?:localhost|[\w-]+|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/;
/** As programs read them: in any case, and without the slashes too. A list goes on behind a comma. */
const ADDRESSES = /(?<![a-z0-9+.-])(?:https?|wss?):(?=[\\/]|[\w@-]+[.@])(?:(?!,\w+:)[^\s"'`{}<>|]){1,300}/gi;
const WORDS = /[^\s"'`{}<>|=,;()]{3,300}/g;
/** Names of addresses, and those under which something else than a venue is reached. */
const ADDRESS_NAME = /(?:^|_)(?:URLS?|URI|ENDPOINTS?|RPC|WSS?|HOST|API_BASE|DOMAIN)(?:_|$)/;
const NO_VENUE =
  /DATABASE|(?:^|_)DB(?:_|$)|POSTGRES|(?:^|_)PG|MYSQL|MONGO|INFLUX|CLICKHOUSE|REDIS|KAFKA|(?:^|_)NATS|AMQP|MQTT|SQLITE|SMTP|MAIL|OTEL|OTLP|SENTRY|METRICS|TELEMETRY|WEBHOOK|SLACK|DISCORD|TELEGRAM/;
/** A port, a listener, the stack's own database, an address of something that is no web. */
const ELSEWISE =
  /^(?:\d*|(?:0\.0\.0\.0|127\.[\d.]+|localhost|database|\[::1?\])(?::\d+)?|(?!(?:https?|wss?):)[a-z][a-z0-9+.-]*:\/\/.*)$/i;

/** An address, a host with its domain or its port, or what a secret makes of it. */
const PLACE = /(?:https?|wss?):|^(?:[\w-]+\.)+[a-z]{2,}(?:[:/]|$)|^[\w.-]+:\d+(?:\/|$)|\$\{/i;
/** Names whose whole value is one of these; others may be settings of a connection. */
const WHOLE = /(?:^|_|-)(?:URLS?|URI|ENDPOINTS?|RPC|HOST|DOMAIN)$/i;

/** Everything that these services are told, in the order of trading-setup.yaml. */
export function toldTo({ services }: Pick<Stack, 'services'>, names: readonly string[]): readonly Told[] {
  return names.flatMap((service) => {
    const { environment = {}, secrets = {}, args = [] } = services[service] ?? {};
    const path = `services.${service}`;
    return [
      ...Object.entries(environment).map(([name, value]) => ({ name, value, path: `${path}.environment.${name}` })),
      ...Object.entries(secrets).map(([name, value]) => ({ name, value, path: `${path}.secrets.${name}` })),
      ...argumentsIn(args).map((argument) => ({ ...argument, path: `${path}.args` })),
    ];
  });
}

const SAID = /^(?:true|false|yes|no|on|off|[01])$/i;

/** `--flag value`, `--flag=value`, `--flag`, and words that stand alone. */
function argumentsIn(args: readonly string[]): readonly Omit<Told, 'path'>[] {
  return args.flatMap((arg, at) => {
    if (!arg.startsWith('-')) return [{ name: '', value: arg }];
    const [, name = '', inside] = /^-+([^=]*)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    if (inside !== undefined) return [{ name, value: inside }];
    const next = args[at + 1] ?? '-';
    // What stands behind a flag may be its value, or not.
    const value = next.startsWith('-') ? [] : [{ name, value: next }];
    return SAID.test(next) ? value : [{ name, value: 'true' }, ...value];
  });
}

/** What the stack says that may be the real network: an address elsewhere, a host of a venue, or a word for it. */
export function toldLive(told: readonly Told[]): ToldNetwork | undefined {
  const all = told.flatMap((each) => [...addresses(each), ...hosts(each), ...words(each)]);
  return all.find(({ known }) => known) ?? all[0];
}

function addresses({ value, path }: Told): readonly ToldNetwork[] {
  return addressesIn(value).flatMap((url) => {
    if (NEAR.test(hostOf(url) ?? '.')) return [];
    const { testnet, known } = networkOf(url);
    return testnet && known ? [] : [{ what: url, path, known, by: 'address' as const }];
  });
}

function addressesIn(value: string): readonly string[] {
  return value.match(ADDRESSES) ?? [];
}

/** Hosts without a scheme: of a live venue under any name, of anybody under the name of an address. */
function hosts({ name, value, path }: Told): readonly ToldNetwork[] {
  const isAddress = isAddressName(name) && !ELSEWISE.test(value);
  return (value.match(WORDS) ?? []).flatMap((word) => {
    if (/^(?:https?|wss?):/i.test(word)) return [];
    const url = `https://${word}`;
    const host = hostOf(url) ?? '';
    const provider = providerOfHost(host);
    const isHost = isAddress && /^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$/.test(host);
    if (provider ? provider.testnet : !isHost || networkOf(url).known) return [];
    return [{ what: word, path, known: provider !== undefined, by: 'address' as const }];
  });
}

function words({ name, value, path }: Told): readonly ToldNetwork[] {
  // `{network="mainnet"}`: a table of the config file in one variable.
  const inline = [...value.matchAll(/([\w-]+)\s*[=:]\s*"?([\w:.-]+)/g)].map(
    ([, key = '', said = '']) => [key, said] as const,
  );
  return [[name, value.trim()] as const, ...inline]
    .filter(([key, said]) => saysLive(key, said))
    .map(([key, said]) => ({
      what: key === '' ? said : `${key}=${said}`,
      path,
      // What is called production may be the machine.
      known: key !== '' && !/^prod/i.test(said),
      by: 'words' as const,
    }));
}

function isAddressName(name: string): boolean {
  const upper = name.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  return ADDRESS_NAME.test(upper) && !NO_VENUE.test(upper);
}

/**
 * Something told in the place of an address, and not known to lead to a test network: what the repository sets there
 * is no longer in force.
 * @param overrides variables that surely override such an address, each with the words by which a table in one of
 * them names it.
 */
export function standIn(told: readonly Told[], overrides: ReadonlyMap<string, readonly string[]>): Told | undefined {
  return told.find(({ name, value }) => {
    const keys = overrides.get(name);
    const isSure = keys !== undefined && (!value.startsWith('{') || keys.some((key) => value.includes(key)));
    const isMeant = isSure || (isAddressName(name) && (WHOLE.test(name) || PLACE.test(value)) && !ELSEWISE.test(value));
    return isMeant && !isTest(value);
  });
}

/** Every address in it is one of a known test network, and there is one. */
function isTest(value: string): boolean {
  const found = addressesIn(value);
  const urls = found.length > 0 ? found : [`https://${value}`];
  return urls.every((url) => {
    const { testnet, known } = networkOf(url);
    return testnet && known;
  });
}
