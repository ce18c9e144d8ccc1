import { planDown } from '../operations/plan.ts';
import { type CommonFlags, withStack } from './context.ts';
import { operate } from './operate.ts';

/** `down`: stops the services; data and secrets stay in their volumes. */
export async function down(flags: CommonFlags): Promise<void> {
  const context = await withStack(flags);
  await operate(context, context.stack, 'down', async () => planDown(), {
    truth: 'Stopped. Data and secrets are kept in their volumes; positions at a venue stay as they are.',
    next: ['Start again: trading-setup deploy'],
  });
}
