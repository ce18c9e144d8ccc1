import { observe } from '../engine/observe.ts';
import { SetupError } from '../errors.ts';
import { planDeploy } from '../operations/plan.ts';
import { checkPorts, checkSecrets, unlockSecrets } from '../operations/preflight.ts';
import { takeSnapshot } from '../operations/snapshot.ts';
import { printPlan } from '../operations/step.ts';
import { holdsTradingKey } from '../stack/design/secrets.ts';
import type { Stack } from '../stack/schema.ts';
import { accessOf, PLAIN } from '../stack/words.ts';
import { type CommonFlags, type Context, withStack } from './context.ts';
import { operate } from './operate.ts';
import { showBoard } from './status.ts';

export interface DeployFlags extends CommonFlags {
  readonly newVolumes?: boolean;
  readonly dryRun?: boolean;
}

/** The first start of something that can trade with real money is a person's act, never a script's. */
async function confirmLive(context: Context, stack: Stack): Promise<void> {
  if (stack.mode !== 'live' || !holdsTradingKey(stack)) return;
  const { containers } = await observe(context.runner, stack.id);
  if (containers.some(({ state }) => state === 'running')) return;
  const typed = context.interactive
    ? await context.face.askText(`This trades with real money. Type LIVE to start ${stack.name}`)
    : undefined;
  if (typed?.trim() === 'LIVE') return;
  throw new SetupError('needs-you', 'The stack is LIVE and holds a trading key; nobody has confirmed its start.', {
    code: 'live-unconfirmed',
    next: [
      'Run trading-setup deploy on a terminal and type LIVE.',
      'Or trade on paper: trading-setup init --set mode=paper',
    ],
  });
}

/** Builds, delivers, starts and waits until healthy; then shows the board where somebody looks at it. */
export async function deployStack(context: Context, stack: Stack, flags: DeployFlags): Promise<void> {
  const { runner, dir } = context;
  if (flags.dryRun) {
    return context.face.say(printPlan(planDeploy(stack, await takeSnapshot(runner, stack, dir), flags.newVolumes)));
  }
  await confirmLive(context, stack);
  await operate(
    context,
    stack,
    'deploy',
    async (bench) => {
      await checkSecrets(bench);
      await checkPorts(bench);
      const steps = planDeploy(stack, await takeSnapshot(runner, stack, dir), flags.newVolumes);
      await unlockSecrets(bench);
      return steps;
    },
    { truth: `${stack.name} runs and every service is healthy.`, next: accessOf(stack, PLAIN) },
  );
  if (context.interactive && context.face.kind === 'ink') await showBoard(context, stack);
}

export async function deploy(flags: DeployFlags): Promise<void> {
  const context = await withStack(flags);
  await deployStack(context, context.stack, flags);
}
