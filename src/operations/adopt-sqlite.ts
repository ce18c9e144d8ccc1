import { verbatim } from '../artifacts/templates.ts';
import { buildFromText, removeImage, runScratch } from '../engine/commands.ts';
import { cancelled, engineError } from '../engine/errors.ts';
import { SetupError } from '../errors.ts';
import { imageOf, type VolumePlan } from '../stack/names.ts';
import { runAdoption, scratchName } from './adopt-run.ts';
import { isUnchanged, markOf, readSource, refuseOpen, sendSource, sourceChanged } from './adopt-source.ts';
import type { Workbench } from './execute.ts';
import type { Adoption } from './step.ts';

/**
 * Debian's sqlite3 in an image that nothing else uses: the program's own image does not grow. It goes when the copy is
 * made. Its base is the one that the program's image has as well.
 */
function toolImage(base: string, { uid, gid }: Pick<VolumePlan, 'uid' | 'gid'>): string {
  return `FROM ${base}
RUN apt-get update \\
 && apt-get install --yes --no-install-recommends sqlite3 \\
 && rm -rf /var/lib/apt/lists/* \\
 && install --directory --owner ${uid} --group ${gid} --mode 0700 /incoming
`;
}

/** The image with sqlite3 could not be made, e.g. because the Debian mirror is not reached. */
function toolMissing(stderr: string): SetupError {
  const { kind, code, next, output } = engineError(stderr, 'make an image with sqlite3');
  return new SetupError(kind, 'The image with sqlite3, which copies the database, could not be built.', {
    code,
    next,
    output,
  });
}

/**
 * Copies an SQLite database of this machine into an empty volume, with everything that is committed and not yet folded
 * into its file. The volume's mark is its last act: an interruption leaves it unmarked, and the next run begins anew.
 * @returns what the database was like when it was copied.
 */
export async function* adoptSqlite(
  bench: Workbench,
  plan: VolumePlan,
  {
    volume,
    mark,
    adopt,
  }: { readonly volume: string; readonly mark: string; readonly adopt: Extract<Adoption, { kind: 'sqlite' }> },
): AsyncGenerator<string, string> {
  const { runner, stack, dir, signal } = bench;
  const { service, uid, gid } = plan;
  await refuseOpen(bench, service, await readSource(dir, service, adopt.path));
  const image = imageOf(stack, 'adopt');
  const labels = { 'trading-setup.stack': stack.id };
  yield 'preparing sqlite3';
  const built = await runner.run(buildFromText(image, toolImage(stack.build.runtimeImage, plan), labels), { signal });
  if (signal.aborted) throw cancelled(`taking over ${adopt.path}`);
  if (built.exitCode !== 0) throw toolMissing(built.stderr);
  // Looked at again: the tool may have taken a while.
  const source = await readSource(dir, service, adopt.path);
  let changed = false;
  const unchanged = async () => {
    await refuseOpen(bench, service, source);
    changed = !(await isUnchanged(source));
    return !changed;
  };
  const command = runScratch({
    name: scratchName(volume),
    image,
    script: verbatim('adopt-sqlite.sh'),
    args: [source.name, adopt.file, mark],
    user: `${uid}:${gid}`,
    labels,
    volumes: [`${volume}:/volume`, '/incoming'],
    tmpfs: [`/tmp:uid=${uid},gid=${gid},mode=0700`],
    capabilities: [],
  });
  const sent = sendSource(source, { uid, gid, mode: 0o600 }, unchanged);
  // Its end is told by the script; without a listener it would end this process.
  const trouble: { error?: Error } = {};
  sent.on('error', (error) => {
    trouble.error = error;
  });
  try {
    yield* runAdoption(bench, { ...command, stdin: sent }, source.path);
  } catch (error) {
    if (trouble.error instanceof SetupError) throw trouble.error;
    throw changed ? sourceChanged(source) : error;
  }
  await runner.run(removeImage(image));
  return markOf(source);
}
