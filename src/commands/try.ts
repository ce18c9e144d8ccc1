import { resolve } from 'node:path';
import { unpackSample } from '../flow/sample.ts';
import { workingFolder } from '../system/process.ts';
import { isInteractive } from '../system/terminal.ts';
import { type InitFlags, init } from './init.ts';

/** `try`: the bundled sample, then the wizard on it; without a terminal all defaults. */
export async function tryOut(folder: string, flags: InitFlags): Promise<void> {
  const dir = resolve(workingFolder(), folder);
  const how = await unpackSample(dir);
  process.stderr.write(`The sample trading workspace ${how === 'unpacked' ? 'was unpacked into' : 'is in'} ${dir}\n`);
  // Whoever tries it without a terminal wants to see it run: nothing of theirs is in it.
  await init({ ...flags, dir, yes: flags.yes === true || !isInteractive() });
}
