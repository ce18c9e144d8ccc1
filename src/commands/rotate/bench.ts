import { checkEngine } from '../../engine/check.ts';
import { createDesk, type DeskOfOperation } from '../../flow/rotation/desk.ts';
import type { RotationBench } from '../../operations/rotation/index.ts';
import type { Secret } from '../../secret.ts';
import type { Stack } from '../../stack/schema.ts';
import { clock, now } from '../../system/clock.ts';
import { environment } from '../../system/process.ts';
import { benchOf } from '../bench.ts';
import type { Context } from '../context.ts';
import type { RotateFlags } from '../rotate.ts';
import { chainsBefore } from '../secrets/chain-before.ts';
import { withChains } from './chains.ts';

/** What a rotation works with, and where it meets the person. */
export interface Bench {
  readonly bench: RotationBench;
  readonly desk: DeskOfOperation;
  readonly abort: AbortController;
}

/** The bench of one run. @throws SetupError where the engine does not answer. */
export async function rotationBench(
  context: Context,
  stack: Stack,
  { check, manualDone }: Pick<RotateFlags, 'check' | 'manualDone'>,
): Promise<Bench> {
  const { remote } = await checkEngine(context.runner);
  const abort = new AbortController();
  const desk = createDesk({
    who: manualDone ? 'said-before' : context.interactive ? 'person' : 'nobody',
    // A question of the plain face cannot be taken back when something is seen to be done.
    polls: context.face.kind === 'ink',
    clock,
    signal: abort.signal,
  });
  const tools = benchOf(context, stack, { signal: abort.signal, remote, otherAccount: false });
  const told: { readonly name: string; readonly value: Secret; readonly chain: number }[] = [];
  const chainOf = (name: string, value: Secret) =>
    told.findLast((each) => each.name === name && each.value.reveal() === value.reveal())?.chain;
  const bench: RotationBench = {
    ...tools,
    openStore: async () => withChains(stack, await tools.openStore(), chainOf),
    async check(name, values, from) {
      if (check === false) return undefined;
      const [{ checkCredential }, http] = await Promise.all([
        import('../../secrets/check/check.ts'),
        httpFrom(context, from),
      ]);
      const ports = { http, now, env: environment() };
      const kept = { get: async (each: string) => (await tools.openStore()).get(each) };
      const chains = await chainsBefore(stack, name, kept, values, ports);
      const verdict = await checkCredential(stack, name, values, { ...ports, chains });
      const value = values.get(name);
      if (value && verdict?.chain !== undefined) told.push({ name, value, chain: verdict.chain });
      return verdict;
    },
    manual: (_id, items, checked, options) => desk.manual(items, checked, options),
  };
  return { bench, desk, abort };
}

async function httpFrom({ runner }: Context, from: 'here' | { readonly container: string }) {
  if (from === 'here') return (await import('../../system/http.ts')).directHttp;
  return (await import('../../engine/tunnel.ts')).containerHttp(runner, from.container);
}
