import { planDown } from '../operations/plan.ts';
import { readUnfinished, type Unfinished } from '../operations/rotation/index.ts';
import { journalOf } from './bench.ts';
import { type CommonFlags, withStack } from './context.ts';
import { operate } from './operate.ts';

/** `down`: stops the services; data and secrets stay in their volumes. */
export async function down(flags: CommonFlags): Promise<void> {
  const context = await withStack(flags);
  // A damaged journal must not keep anybody from stopping what trades.
  const unfinished = await readUnfinished(journalOf(context.stack)).catch(() => undefined);
  await operate(context, context.stack, 'down', async () => planDown(), {
    truth: 'Stopped. Data and secrets are kept in their volumes; positions at a venue stay as they are.',
    next: afterDown(unfinished),
  });
}

/** A deploy is refused until the rotation is over. */
export function afterDown(unfinished: Unfinished | undefined): readonly string[] {
  const names = unfinished === undefined || unfinished.direction === 'waiting' ? [] : unfinished.names;
  return [
    ...(names.length === 0 ? [] : [`Finish the rotation of ${names.join(', ')}: trading-setup rotate --resume`]),
    'Start again: trading-setup deploy',
  ];
}
