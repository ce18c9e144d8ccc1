import { endContainer } from '../engine/commands.ts';
import type { VolumePlan } from '../stack/names.ts';
import { adoptDatabase, checkDatabaseSource } from './adopt-database.ts';
import { scratchName } from './adopt-run.ts';
import { readSource, refuseOpen } from './adopt-source.ts';
import { adoptSqlite } from './adopt-sqlite.ts';
import { checkCopy } from './adopted.ts';
import type { Workbench } from './execute.ts';
import type { Adoption, Step } from './step.ts';

/** What is to be taken over, and the volume on the engine that gets it. */
export interface Taking {
  readonly volume: string;
  /** The text that marks the volume as filled. */
  readonly mark: string;
  readonly adopt: Adoption;
}

/** Ends what an earlier run left filling the volume, so that it is looked at as it stays. */
export async function endEarlier({ runner }: Pick<Workbench, 'runner'>, volume: string): Promise<void> {
  await runner.run(endContainer(scratchName(volume)));
}

/**
 * Fills an empty volume with what was there before; yields what it is at, in words.
 * @returns what its source was like, where that can go on beside the copy unseen.
 */
export async function* adoptInto(
  bench: Workbench,
  plan: VolumePlan,
  { adopt, ...taking }: Taking,
): AsyncGenerator<string, string | undefined> {
  if (adopt.kind === 'sqlite') return yield* adoptSqlite(bench, plan, { ...taking, adopt });
  yield* adoptDatabase(bench, plan, { ...taking, adopt });
  return undefined;
}

/** Before a build of minutes: what is to be taken over is there, and nobody writes to it. @throws SetupError exit 4. */
export async function checkAdoptions(bench: Workbench, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step.kind !== 'volume' || !step.adopt) continue;
    const { adopt, plan } = step;
    if (step.filledFrom !== undefined) await checkCopy(bench, step);
    else if (adopt.kind === 'sqlite')
      await refuseOpen(bench, plan.service, await readSource(bench.dir, plan.service, adopt.path));
    else await checkDatabaseSource(bench, adopt.volume);
  }
}
