import * as z from 'zod';
import { ask } from '../engine/ask.ts';
import { composeConfigHash, inspectImage } from '../engine/commands.ts';
import type { ObservedContainer } from '../engine/observe.ts';
import { SetupError } from '../errors.ts';
import { composeServices, secretsRevision } from '../stack/names.ts';
import type { Workbench } from './execute.ts';
import { placeOf } from './place.ts';
import { checkArtifacts } from './preflight.ts';

const Images = z.array(z.object({ Id: z.string() })).min(1);

/**
 * These containers may be made anew: what comes back differs from what is there in its secrets alone. Another program,
 * mode, port or argument is for a deploy to start, which asks about it.
 * @param next what to do where they may not.
 * @throws SetupError `artifacts-stale`, `image-newer`, `config-not-deployed`.
 */
export async function mayRecreate(
  bench: Pick<Workbench, 'runner' | 'stack' | 'dir'>,
  containers: readonly ObservedContainer[],
  next: readonly string[],
): Promise<void> {
  await checkArtifacts(bench);
  const newer = await those(containers, (each) => isNewer(bench, each));
  if (newer !== undefined) {
    throw new SetupError('needs-you', `${newer} would come back from another image than the one that it runs.`, {
      code: 'image-newer',
      next,
    });
  }
  const other = await those(containers, (each) => isOther(bench, each));
  if (other === undefined) return;
  throw new SetupError('needs-you', `${other} would come back with settings that nobody has deployed yet.`, {
    code: 'config-not-deployed',
    next,
  });
}

/** The services of those for which it is true, in words; undefined: of none. */
async function those(
  containers: readonly ObservedContainer[],
  is: (container: ObservedContainer) => Promise<boolean>,
): Promise<string | undefined> {
  const found = await Promise.all(containers.map(async (each) => ((await is(each)) ? [each.service] : [])));
  const services = [...new Set(found.flat())];
  return services.length === 0 ? undefined : services.join(', ');
}

async function isNewer({ runner }: Pick<Workbench, 'runner'>, { image, imageId }: ObservedContainer): Promise<boolean> {
  const { exitCode, stdout } = await runner.run(inspectImage(image));
  const id = exitCode === 0 ? Images.parse(JSON.parse(stdout))[0]?.Id : undefined;
  return id !== imageId;
}

/** As Compose compares it, with the revision of the secrets that the container was made with. */
async function isOther(
  bench: Pick<Workbench, 'runner' | 'stack' | 'dir'>,
  { service, labels, configHash }: ObservedContainer,
): Promise<boolean> {
  if (!composeServices(bench.stack).includes(service)) return true;
  const revision = labels['trading-setup.secrets'];
  const variables = revision === undefined ? {} : { [secretsRevision(service)]: revision };
  const said = await ask(bench.runner, composeConfigHash(await placeOf(bench), service, variables));
  return said.trim().split(/\s+/).at(-1) !== configHash;
}
