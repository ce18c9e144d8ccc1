import { planPush } from '../../operations/plan.ts';
import { unlockSecrets } from '../../operations/preflight.ts';
import { takeSnapshot } from '../../operations/snapshot.ts';
import { composeCommand } from '../../stack/words.ts';
import { type CommonFlags, withStack } from '../context.ts';
import { operate } from '../operate.ts';

/** `secrets push`: delivers the values to the engine again. */
export async function pushSecrets(flags: CommonFlags): Promise<void> {
  const context = await withStack(flags);
  const { runner, stack, dir } = context;
  await operate(
    context,
    stack,
    'push',
    async (bench) => {
      return unlockSecrets(bench, planPush(stack, await takeSnapshot(runner, stack, dir)));
    },
    {
      truth: 'The secrets are on the engine; running services read them at their next start.',
      next: [`${composeCommand(stack)} up -d`],
    },
  );
}
