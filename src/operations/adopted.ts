import { SetupError } from '../errors.ts';
import { markOf, readSource, refuseOpen } from './adopt-source.ts';
import type { Workbench } from './execute.ts';
import { filledVolumes, rememberVolume, startedOn } from './snapshot.ts';
import type { Step } from './step.ts';

/**
 * What a volume was filled from is what it was then: a service that starts on a copy that is behind trades on positions
 * that are not true any more. @throws SetupError exit 4 `adopt-stale`, `adopt-open`, `adopt-missing`.
 */
export async function checkCopy(
  bench: Pick<Workbench, 'dir' | 'whoHasOpen'>,
  { plan: { service }, name, adopt, filledFrom }: Extract<Step, { kind: 'volume' }>,
): Promise<void> {
  if (adopt?.kind !== 'sqlite') return;
  const source = await readSource(bench.dir, service, adopt.path);
  await refuseOpen(bench, service, source);
  if (markOf(source) === filledFrom) return;
  throw new SetupError(
    'needs-you',
    `${source.path} was written to after it had been copied to the volume ${name}, on which ${service} has not started yet.`,
    {
      code: 'adopt-stale',
      next: [
        `Take over what it is now: docker volume rm ${name}, then trading-setup deploy`,
        `Or go on with the copy, without what came since: trading-setup init --set adopt.sqlite.${service}=null`,
      ],
    },
  );
}

/**
 * From its first start on a volume is ahead of what it was filled from. Written down before the start, because a run
 * that is killed in it may have started the service.
 * @returns to be called where the start failed: takes it back for what has not started.
 */
export async function takeIntoUse({
  runner,
  stack,
  dir,
}: Pick<Workbench, 'runner' | 'stack' | 'dir'>): Promise<() => Promise<void>> {
  const filled = await filledVolumes(dir);
  for (const volume of filled.keys()) await rememberVolume(dir, volume, 'known');
  return async () => {
    const started = await startedOn(runner, stack, [...filled.keys()]);
    for (const [volume, from] of filled) if (!started.has(volume)) await rememberVolume(dir, volume, 'filled', from);
  };
}
