import { SetupError } from '../errors.ts';
import type { Stack } from '../stack/schema.ts';

/**
 * Refuses to start as PAPER what is not any more: the sources may name another network since the files were written, and
 * a LIVE start is a person's act.
 * @throws SetupError exit 4
 */
export async function requireTrueMode(dir: string, stack: Stack): Promise<void> {
  if (stack.mode === 'live') return;
  const [{ detect }, { chooseMode }] = await Promise.all([
    import('../detect/detect.ts'),
    import('../stack/design/mode.ts'),
  ]);
  const { mode, reason } = chooseMode(await detect(dir), stack);
  if (mode === 'paper') return;
  throw new SetupError('needs-you', `trading-setup.yaml says PAPER, and the repository does not any more: ${reason}`, {
    code: 'mode-changed',
    next: ['Look at it and write it anew: trading-setup init. A LIVE start is then confirmed on a terminal.'],
  });
}
