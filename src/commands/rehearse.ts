import { PassThrough } from 'node:stream';
import { detect } from '../detect/detect.ts';
import { prepareSetup } from '../flow/initialise.ts';
import { hostAtHand } from '../host/at-hand.ts';
import { afterPaint } from '../system/clock.ts';
import { packageRoot } from '../system/package-root.ts';
import { inkFace } from '../ui/ink/face.tsx';
import type { Terminal } from '../ui/terminal.ts';
import { version } from '../version.ts';

const CTRL_C = '\u0003';
const SIZE = { columns: 80, rows: 24, isTTY: true };

/** A terminal that nobody sits at. */
function emptyTerminal(): Terminal & { readonly leave: () => void } {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => input,
    ref: () => input,
    unref: () => input,
  });
  const output = Object.assign(new PassThrough(), SIZE);
  output.resume();
  return {
    leave: () => void input.write(CTRL_C),
    // Of a stream of a terminal only what is here is used.
    input: input as unknown as NodeJS.ReadStream,
    output: output as unknown as NodeJS.WriteStream,
    looks: { unicode: true, colour: true },
    titles: true,
    remote: false,
    now: () => 0,
    onExit: () => () => undefined,
    onInterrupt: () => () => undefined,
    onSuspend: () => ({ suspend: () => undefined, forget: () => undefined }),
  };
}

/**
 * Goes the way to the first screen once, on the bundled sample and an empty terminal, so that what was compiled for it
 * can be kept. Asks nobody, starts no program and writes nothing.
 */
export async function rehearse(): Promise<void> {
  const dir = `${packageRoot()}/templates/sample`;
  const opening = prepareSetup(
    { dir, sets: [], interactive: true },
    {
      version,
      readRepository: detect,
      hostAtHand: hostAtHand({}, 'linux'),
      observeHost: () => new Promise(() => undefined),
      lookAtPorts: async () => new Map(),
      namesKept: async () => [],
    },
  );
  const terminal = emptyTerminal();
  const painted = opening.then(afterPaint).then(terminal.leave);
  await Promise.all([inkFace(terminal).review(opening), painted]);
}
