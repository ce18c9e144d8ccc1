import type { Runner } from '../system/run.ts';
import { ask } from './ask.ts';
import { importImage, inspectImage } from './commands.ts';

/** An image without a single file: containers of it are never started, they only hold a name or a volume. */
export const EMPTY_IMAGE = 'trading-setup/empty:1';

/** A tar archive without entries: two blocks of zeros. */
const EMPTY_TAR = Buffer.alloc(1024);

/** Makes the empty image where the engine lacks it; works offline and before any build. */
export async function ensureEmptyImage(runner: Pick<Runner, 'run'>): Promise<string> {
  const { exitCode } = await runner.run(inspectImage(EMPTY_IMAGE));
  if (exitCode !== 0) await ask(runner, importImage(EMPTY_IMAGE, EMPTY_TAR));
  return EMPTY_IMAGE;
}
