import { networkOf } from '../../catalog/networks.ts';
import type { Stack } from '../schema.ts';

/** An address that the stack itself gives a service. */
export interface ToldAddress {
  readonly url: string;
  /** Its place in trading-setup.yaml. */
  readonly path: string;
  /** The venue is known, and with it the network. */
  readonly known: boolean;
}

/** This machine, a service beside it, or every address: orders go to none of them. */
const NEAR = /^(?:localhost|[\w-]+|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/i;
const ADDRESSES = /\b(?:https?|wss?):\/\/[^\s"'}]{1,300}/g;

/** An address elsewhere, given to one of these services, that is not known to be one of a test network. */
export function toldElsewhere(
  { services }: Pick<Stack, 'services'>,
  names: readonly string[],
): ToldAddress | undefined {
  return names
    .flatMap((name) =>
      Object.entries(services[name]?.environment ?? {}).flatMap(([variable, value]) =>
        (value.match(ADDRESSES) ?? []).map((url) => ({ url, path: `services.${name}.environment.${variable}` })),
      ),
    )
    .filter(({ url }) => !NEAR.test(/^\w+:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]+)/.exec(url)?.[1] ?? ''))
    .map((told) => ({ ...told, ...networkOf(told.url) }))
    .find(({ testnet }) => !testnet);
}
