import { renderDockerfile } from '../artifacts/dockerfile.ts';
import { SetupError } from '../errors.ts';
import { requireStack } from '../flow/repository.ts';
import type { Stack } from '../stack/schema.ts';
import { environment } from '../system/process.ts';
import { terminalFacts } from '../system/terminal.ts';
import { glyphs } from '../ui/glyphs.ts';
import { sideBySide, type Titled } from '../ui/side-by-side.ts';

type Strategy = Stack['build']['strategy'];

/** The Dockerfile that a stack has with this strategy. @throws SetupError where it cannot be built that way. */
function dockerfile(stack: Stack, strategy: Strategy): Titled {
  if (strategy === 'nix' && !stack.build.nix) {
    throw new SetupError('usage', 'The repository has no flake that builds it, so there is no Dockerfile with Nix.', {
      code: 'no-flake',
      next: ['See the other one: trading-setup build --print-dockerfile cargo-chef'],
    });
  }
  const chosen = stack.build.strategy === strategy ? ', the one that is chosen' : '';
  return { title: `${strategy}${chosen}`, text: renderDockerfile({ ...stack, build: { ...stack.build, strategy } }) };
}

/** Prints the Dockerfile of one strategy as it would be written, or those of both beside each other. */
export async function printDockerfiles(dir: string, which: Strategy | true): Promise<void> {
  const stack = await requireStack(dir);
  if (which !== true || !stack.build.nix) {
    process.stdout.write(dockerfile(stack, which === true ? 'cargo-chef' : which).text);
    return;
  }
  const { columns, unicode } = terminalFacts(environment());
  const looked = process.stdout.isTTY ? columns : undefined;
  const [nix, chef] = [dockerfile(stack, 'nix'), dockerfile(stack, 'cargo-chef')];
  process.stdout.write(`${sideBySide(nix, chef, looked, glyphs(unicode).column)}\n`);
}
