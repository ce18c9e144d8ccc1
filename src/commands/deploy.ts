import { SetupError } from '../errors.ts';
import { printSystem } from '../host/print.ts';
import { checkAdoptions } from '../operations/adopt.ts';
import type { Workbench } from '../operations/execute.ts';
import { startsLiveTrading } from '../operations/live.ts';
import { planDeploy } from '../operations/plan.ts';
import { checkArtifacts, checkPorts, checkSecrets, unlockSecrets, unreadPort } from '../operations/preflight.ts';
import { checkSameKeys } from '../operations/same-key.ts';
import { type Snapshot, takeSnapshot } from '../operations/snapshot.ts';
import { checkSources } from '../operations/sources.ts';
import { printPlan } from '../operations/step.ts';
import { checkTraders, refuseOtherTrader, requireAnswer } from '../operations/traders.ts';
import { checkVariables } from '../operations/variables.ts';
import { checkDataVolumes, checkWriters } from '../operations/writers.ts';
import type { Stack } from '../stack/schema.ts';
import { accessOf, PLAIN } from '../stack/words.ts';
import { type CommonFlags, type Context, withStack } from './context.ts';
import { giveUp } from './give-up.ts';
import { operate } from './operate.ts';
import { showBoard } from './status.ts';
import { requireTrueMode } from './true-mode.ts';

export interface DeployFlags extends CommonFlags {
  readonly newVolumes?: boolean;
  readonly dryRun?: boolean;
  /** What runs beside this stack trades on another account. */
  readonly otherAccount?: boolean;
}

/** The first start of something that can trade with real money is a person's act, never a script's. */
async function confirmLive(context: Context, bench: Workbench): Promise<void> {
  if (!(await startsLiveTrading(bench))) return;
  requireAnswer(bench);
  const { name } = bench.stack;
  const typed = context.interactive
    ? await context.face.askText(`This trades with real money. Type LIVE to start ${name}`)
    : undefined;
  if (typed?.trim() === 'LIVE') return;
  if (typed === undefined && context.interactive) giveUp();
  throw new SetupError('needs-you', 'The stack is LIVE and is given a trading key; nobody has confirmed its start.', {
    code: 'live-unconfirmed',
    next: ['Run trading-setup deploy on a terminal and type LIVE.'],
  });
}

function isFirst({ volumes, known }: Snapshot): boolean {
  return volumes.size === 0 && known.size === 0;
}

/** Before the first deploy: what belongs to this system already, running or kept. */
async function announce({ runner, dir, face }: Context, stack: Stack): Promise<void> {
  const { observeBelongings } = await import('./belongings.ts');
  const already = printSystem(await observeBelongings(runner, dir, stack));
  if (already !== '') face.say(`Already on this machine:\n${already}`);
}

/** Builds, delivers, starts and waits until healthy; then shows the board where somebody looks at it. */
export async function deployStack(context: Context, stack: Stack, flags: DeployFlags): Promise<void> {
  const { runner, dir } = context;
  if (flags.dryRun) {
    return context.face.say(printPlan(planDeploy(stack, await takeSnapshot(runner, stack, dir), flags.newVolumes)));
  }
  // The first looks take seconds, with nothing on the screen yet.
  if (context.interactive) context.face.say('Looking at the engine, the ports and what runs already.');
  await operate(
    context,
    stack,
    'deploy',
    async (bench) => {
      await checkArtifacts(bench);
      await checkSources(bench);
      await requireTrueMode(dir, stack);
      refuseOtherTrader(bench);
      await checkTraders(bench);
      const snapshot = await takeSnapshot(runner, stack, dir);
      if (isFirst(snapshot)) await announce(context, stack);
      await confirmLive(context, bench);
      checkVariables(stack);
      await checkSecrets(bench);
      for (const warning of await checkSameKeys(bench)) context.face.say(warning);
      await checkPorts(bench);
      for (const warning of await unreadPort(bench)) context.face.say(warning);
      await checkWriters(bench);
      await checkDataVolumes(bench);
      const steps = planDeploy(stack, snapshot, flags.newVolumes);
      await checkAdoptions(bench, steps);
      return unlockSecrets(bench, steps);
    },
    { truth: `${stack.name} runs and every service is healthy.`, next: accessOf(stack, PLAIN) },
    flags.otherAccount,
  );
  if (context.interactive && context.face.kind === 'ink') await showBoard(context, stack);
}

export async function deploy(flags: DeployFlags): Promise<void> {
  const context = await withStack(flags);
  await deployStack(context, context.stack, flags);
}
