import { observe } from '../engine/observe.ts';
import { tradingKeys } from '../stack/design/secrets.ts';
import { secretsIn } from '../stack/names.ts';
import { readDelivery } from './deliver.ts';
import type { Workbench } from './execute.ts';

/** Whether a service runs now, as LIVE, made with these variables: then a person has confirmed it before. */
async function isConfirmed(bench: Workbench, service: string, variables: readonly string[]): Promise<boolean> {
  const { containers } = await observe(bench.runner, bench.stack.id);
  const running = containers.find((container) => container.service === service && container.state === 'running');
  if (running?.labels['trading-setup.mode'] !== 'live') return false;
  const delivery = await readDelivery(bench.runner, bench.stack, service);
  // A push fills the volume and starts nothing: what counts is what this container was made with.
  if (running.labels['trading-setup.secrets'] !== String(delivery?.revision)) return false;
  return variables.every((variable) => delivery?.paths.includes(`env/${variable}`));
}

/**
 * Whether this deploy would start something that holds a key for real money and was not running like that before.
 * Reads names of secrets only: nobody is asked for a passphrase.
 */
export async function startsLiveTrading(bench: Workbench): Promise<boolean> {
  const { stack } = bench;
  const holders = tradingKeys(stack);
  if (stack.mode !== 'live' || holders.size === 0) return false;
  const kept = new Set(await (await bench.openStore()).names());
  for (const [service, keys] of holders) {
    const held = keys.filter((name) => kept.has(name));
    const templates = Object.entries(stack.services[service]?.secrets ?? {});
    const variables = templates
      .filter(([, text]) => held.some((name) => secretsIn(text).includes(name)))
      .map(([name]) => name);
    if (held.length > 0 && !(await isConfirmed(bench, service, variables))) return true;
  }
  return false;
}
