import { planBuild } from '../operations/plan.ts';
import { checkArtifacts } from '../operations/preflight.ts';
import { checkSources } from '../operations/sources.ts';
import { type CommonFlags, makeContext, withStack } from './context.ts';
import { operate } from './operate.ts';

export interface BuildFlags extends CommonFlags {
  readonly progress?: 'tui' | 'plain' | 'json';
  /** `true`: both. */
  readonly printDockerfile?: 'cargo-chef' | 'nix' | true;
}

/** `build`: the images, with live progress. */
export async function build(flags: BuildFlags): Promise<void> {
  if (flags.printDockerfile) {
    const { dir } = await makeContext({ ...flags, plain: true });
    return (await import('./dockerfiles.ts')).printDockerfiles(dir, flags.printDockerfile);
  }
  const context = await withStack({
    ...flags,
    json: flags.json === true || flags.progress === 'json',
    plain: flags.plain === true || flags.progress === 'plain',
  });
  await operate(
    context,
    context.stack,
    'build',
    async (bench) => {
      await checkArtifacts(bench);
      await checkSources(bench);
      return planBuild();
    },
    {
      truth: 'The images are built; what runs was not touched.',
      next: ['Start them: trading-setup deploy'],
    },
  );
}
