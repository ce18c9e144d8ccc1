import type { OnConflict } from '../flow/decide.ts';
import type { DraftFile } from '../flow/draft-file.ts';
import type { Setup } from '../flow/setup.ts';
import { readRepository } from './ahead.ts';
import { type CommonFlags, type Context, makeContext } from './context.ts';
import { giveUp } from './give-up.ts';
import { draftOf, prepare } from './init-prepare.ts';

export interface InitFlags extends CommonFlags {
  readonly answers?: string;
  readonly set: readonly string[];
  readonly dryRun?: boolean;
  /** `--no-start` */
  readonly start: boolean;
  /** `keep` or `replace` for all, `PATH=keep|replace|merge` for one. */
  readonly onConflict?: readonly string[];
  readonly allowExposed?: boolean;
}

/** A setup as a person left it, and with what flags say of conflicts. */
async function open(
  context: Context,
  flags: InitFlags,
  given: OnConflict | undefined,
  draft: Promise<DraftFile | undefined>,
): Promise<Setup> {
  const [setup, file] = await Promise.all([prepare(context, flags), draft]);
  // Only where a person can go on with it.
  if (context.interactive) await file?.follow(setup);
  if (given) setup.heed((await import('../flow/decide.ts')).decidedBy(given));
  return setup;
}

/** `init`: detect, ask, review, write; then offers to deploy. */
export async function init(flags: InitFlags): Promise<void> {
  const given = flags.onConflict?.length
    ? (await import('../flow/decide.ts')).parseOnConflict(flags.onConflict)
    : undefined;
  const context = await makeContext(flags, readRepository);
  const keeping = draftOf(context, flags);
  const opening = open(context, flags, given, keeping);
  if (flags.dryRun) {
    const { dryRun } = await import('./init-report.ts');
    return dryRun(context, await opening, flags.allowExposed === true);
  }
  const quit = context.interactive && (await context.face.review(opening)) === 'quit';
  const { confirmExposure, decideConflicts, heedFlags, NOTHING_WRITTEN, START_AGAIN } = await import(
    './init-confirm.ts'
  );
  if (quit) {
    const isKept = await (await keeping)?.settled();
    const draft = isKept ? ' Your answers are kept as a draft, without secrets.' : '';
    giveUp(NOTHING_WRITTEN + draft, isKept ? 'Go on with them: trading-setup init' : START_AGAIN);
  }
  const setup = await opening;
  await setup.observed;
  const byFlag = await heedFlags(setup, given);
  const isTyped = await confirmExposure(context, setup.stack(), flags.allowExposed === true);
  const [{ finishSetup }, report, { startNow }, { ALLOW_EXPOSED }] = await Promise.all([
    import('../flow/finish.ts'),
    import('./init-report.ts'),
    import('./init-start.ts'),
    import('../flow/asked.ts'),
  ]);
  const decisions = await decideConflicts(context, setup, byFlag);
  const entered = [...setup.entered().keys()];
  if (entered.length > 0) await (await import('./secrets/entry.ts')).refuseUnfinished(setup.stack(), entered);
  const finished = await finishSetup(context.dir, setup, context.openStore, decisions.decide);
  if (entered.length > 0) await (await import('./secrets/chain-before.ts')).forgetChains(finished.stack, entered);
  await (await keeping)?.drop();
  report.reportWritten(context, finished, decisions);
  if (!context.interactive) report.sayStrategy(context, setup);
  if (!context.interactive) report.sayWarnings(context, setup);
  report.sayMissing(context, finished.stack);
  const confirmed = isTyped ? ` ${ALLOW_EXPOSED}` : '';
  context.face.say(`The same without questions: ${setup.getState().equivalent}${confirmed}`);
  await startNow(context, finished.stack, flags);
}
