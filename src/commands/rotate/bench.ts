import { checkEngine } from '../../engine/check.ts';
import { createDesk, type DeskOfOperation } from '../../flow/rotation/desk.ts';
import type { RotationBench } from '../../operations/rotation/index.ts';
import type { Stack } from '../../stack/schema.ts';
import { clock, now } from '../../system/clock.ts';
import { environment } from '../../system/process.ts';
import { benchOf } from '../bench.ts';
import { readChains } from '../chains.ts';
import type { Context } from '../context.ts';
import type { RotateFlags } from '../rotate.ts';

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
  const bench: RotationBench = {
    ...benchOf(context, stack, { signal: abort.signal, remote, otherAccount: false }),
    async check(name, values, from) {
      if (check === false) return undefined;
      const [{ checkCredential }, http] = await Promise.all([
        import('../../secrets/check/check.ts'),
        httpFrom(context, from),
      ]);
      const chains = await readChains(stack);
      return checkCredential(stack, name, values, { http, now, env: environment(), chains });
    },
    manual: (_id, items, checked, options) => desk.manual(items, checked, options),
  };
  return { bench, desk, abort };
}

async function httpFrom({ runner }: Context, from: 'here' | { readonly container: string }) {
  if (from === 'here') return (await import('../../system/http.ts')).directHttp;
  return (await import('../../engine/tunnel.ts')).containerHttp(runner, from.container);
}
