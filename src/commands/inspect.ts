import { detect } from '../detect/detect.ts';
import { printFacts } from '../detect/print.ts';
import { type CommonFlags, makeContext } from './context.ts';

/** `inspect`: what was detected, with evidence; nothing is written. */
export async function inspect(flags: CommonFlags): Promise<void> {
  const { dir, face } = await makeContext({ ...flags, plain: true });
  const facts = await detect(dir);
  if (flags.json) process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
  else face.say(printFacts(facts));
}
