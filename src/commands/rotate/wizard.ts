import { createRotation } from '../../flow/rotation/store.ts';
import { readValues } from '../../operations/deliver.ts';
import { previewRotation, startRotation } from '../../operations/rotation/index.ts';
import type { Secret } from '../../secret.ts';
import type { Kept } from '../../secrets/store.ts';
import type { Stack } from '../../stack/schema.ts';
import { now } from '../../system/clock.ts';
import type { Context } from '../context.ts';
import { giveUp } from '../give-up.ts';
import { conducted } from '../operate.ts';
import type { RotateFlags } from '../rotate.ts';
import { rotationBench } from './bench.ts';
import { agreeToReencrypt } from './reencrypt.ts';
import { made } from './values.ts';

/** `rotate` where a person can be asked: choose, enter, look at the plan, agree; nothing is changed before that. */
export async function rotateWithPerson(
  context: Context,
  stack: Stack,
  { kept, names, files }: { kept: readonly Kept[]; names: readonly string[]; files: ReadonlyMap<string, Secret> },
  flags: RotateFlags,
): Promise<void> {
  const { face } = context;
  const { bench, desk, abort } = await rotationBench(context, stack, flags);
  const { judge } = await import('../../secrets/check/check.ts');
  const rotation = createRotation({
    ...{ stack, kept, names, given: files },
    compromised: flags.compromised === true,
    acceptUnreadable: flags.acceptUnreadable ?? [],
    ports: {
      now,
      make: (name) => made(stack, name),
      judge: (name, values) => judge(stack, name, values),
      check: (name, values) => bench.check(name, values, 'here'),
      preview: (request) => previewRotation(bench, request),
    },
  });
  for (;;) {
    const answer = await face.rotate(rotation);
    if (answer === 'quit') giveUp('Nothing was changed.', 'Start again: trading-setup rotate');
    if (answer === 'agreed') break;
    // A passphrase is asked for while no screen owns the terminal.
    rotation.unlocked(await readValues(stack, await bench.openStore()));
  }
  await agreeToReencrypt(context, stack, rotation.agreed().values.keys(), flags);
  face.say('Looking at what runs; nothing is changed yet.');
  await conducted(context, abort, () => startRotation(bench, rotation.agreed()), desk);
}
