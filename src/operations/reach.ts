import type { ReachPlan } from '../health/reach-script.ts';
import { basesFor } from '../secrets/check/bases.ts';
import { knownIn } from '../secrets/check/subject.ts';
import { composeServices, secretsIn } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';

/** Variables that hold where a browser is sent, and not what the program calls. */
const NOT_CALLED = /REDIRECT|CALLBACK/;
/** Variables that stand in the place of a provider's own address. */
const STANDS_IN = /^(?:\w+_)?(?:BASE|API|REST|HTTP)_URL$/;
const WEB = /\b(?:https?|wss?):\/\/[^\s"'`<>{}),;\\]+/g;
/** Names of variables that hold an address. */
const ADDRESS_NAME = /(?:^|_)(?:URLS?|URIS?|ENDPOINTS?|RPC)(?:_|$)/;
const CONFIG = /\.(?:toml|ya?ml|json)$/;

/** What each program of the stack is told of addresses outside of it. Pure; what its secrets hold is read in its container. */
export function reachPlans(stack: Stack): readonly ReachPlan[] {
  const own = composeServices(stack);
  return Object.entries(stack.services).map(([service, { environment, args, secrets }]) => {
    const called = Object.entries(environment).filter(([name]) => !NOT_CALLED.test(name));
    const told = [...called.map(([, value]) => value), ...args].flatMap((text) => text.match(WEB) ?? []);
    const standsIn = called.some(([name, value]) => STANDS_IN.test(name) && /^https?:/.test(value));
    const known = standsIn ? [] : providerAddresses(stack, service);
    const addresses = [...told, ...known].flatMap((url) => addressOf(url) ?? []);
    const isFirst = (at: number) =>
      addresses.findIndex(({ host, port }) => host === addresses[at]?.host && port === addresses[at]?.port) === at;
    return {
      service,
      addresses: addresses.filter(({ host }, at) => isFirst(at) && !isNear(host) && !own.includes(host)),
      skip: Object.keys(secrets).filter((name) => NOT_CALLED.test(name)),
      own,
      files: stack.build.assets.filter((path) => CONFIG.test(path)),
      hidden: Object.entries(secrets).some(([name, template]) => isHidden(name, template)),
    };
  });
}

/** Whether a secret is an address by its name, and not one of the stack itself, such as its database. */
function isHidden(name: string, template: string): boolean {
  return ADDRESS_NAME.test(name) && !NOT_CALLED.test(name) && !/^(?!https?:|wss?:)\w+:/.test(template);
}

/** Where the providers are whose credentials a service reads, as the catalogue has it. */
function providerAddresses(stack: Stack, service: string): readonly string[] {
  const own = stack.services[service];
  if (!own) return [];
  const names = Object.values(own.secrets).flatMap(secretsIn);
  const providers = new Set(names.flatMap((name) => knownIn(stack, name)?.provider ?? []));
  // Other services may be told other networks.
  const alone = { ...stack, services: { [service]: own } };
  return [...providers].flatMap((provider) => {
    // PAPER may be a test network, or a dry run on the real one: what the program was not told is not guessed.
    if (stack.mode === 'paper' && provider.hosts.testnet.length > 0) return [];
    if (provider.api !== undefined) return basesFor(provider, alone, {})[0]?.url ?? [];
    return provider.hosts.live.slice(0, 1).map((host) => `https://${host}`);
  });
}

function addressOf(url: string): ReachPlan['addresses'][number] | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  const tls = protocol === 'https:' || protocol === 'wss:';
  const host = hostname.replace(/^\[|\]$/g, '');
  return /^[\w.:-]+$/.test(host) ? { host, port: Number(port) || (tls ? 443 : 80), tls } : undefined;
}

/** The container itself. */
function isNear(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '0.0.0.0' || host === '::1';
}
