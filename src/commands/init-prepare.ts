import type { DraftFile } from '../flow/draft-file.ts';
import type { Setup } from '../flow/setup.ts';
import { afterPaint, now } from '../system/clock.ts';
import { environment, platform, workingFolder } from '../system/process.ts';
import { version } from '../version.ts';
import { readRepository } from './ahead.ts';
import type { Context } from './context.ts';
import type { InitFlags } from './init.ts';

/**
 * Reads the repository, and looks at the machine when what was read is on the screen. Its modules are loaded after the
 * first screen was drawn: a person who sees that the program is at work waits gladly.
 */
export async function prepare(context: Context, flags: InitFlags): Promise<Setup> {
  const { runner, dir, interactive } = context;
  if (interactive) await afterPaint();
  const [{ prepareSetup }, { hostAtHand }, { askedFlags }] = await Promise.all([
    import('../flow/initialise.ts'),
    import('../host/at-hand.ts'),
    import('../flow/asked.ts'),
  ]);
  const { answers } = flags;
  // The folder by its own name where it was named; another may have been found above.
  const asked = askedFlags({ ...flags, dir: flags.dir === undefined ? undefined : dir }, workingFolder());
  return prepareSetup(
    { dir, sets: flags.set, interactive, asked, ...(answers === undefined ? {} : { answers }) },
    {
      version,
      readRepository,
      hostAtHand: hostAtHand(environment(), platform()),
      async observeHost(wanted, handedOut) {
        // Programs are started for it, which would hold up what a person is waiting to see.
        if (interactive) await handedOut.then(afterPaint);
        const [{ observeHost }, { thisMachine }, { probeKeychain }] = await Promise.all([
          import('../host/observe.ts'),
          import('../host/system.ts'),
          import('../secrets/keychain.ts'),
        ]);
        // The review says by itself what is looked at.
        const slow = interactive ? {} : { tell: (text: string) => context.face.say(text) };
        return observeHost(runner, wanted, () => probeKeychain(), thisMachine(), slow);
      },
      lookAtPorts: async (ports) => (await import('../host/ports.ts')).portHolders(ports),
      namesKept: async (stack) => (await context.openStore(stack)).names(),
    },
  );
}

/**
 * Where an unfinished wizard of this repository is remembered; a run that writes drops it, whoever was asked. Where there
 * is none to take up, its modules are loaded when the first screen is painted.
 */
export async function draftOf({ dir }: Context, { dryRun }: InitFlags): Promise<DraftFile | undefined> {
  if (dryRun) return undefined;
  const [{ stateFile }, { fileMode }] = await Promise.all([
    import('../system/folders.ts'),
    import('../system/files.ts'),
  ]);
  const path = stateFile('drafts', dir, environment());
  const isThere = (await fileMode(path)) !== undefined;
  let made: Promise<DraftFile> | undefined;
  const draft = () => {
    made ??= import('../flow/draft-file.ts').then(({ draftFile }) => draftFile(path, now));
    return made;
  };
  let following: Promise<void> | undefined;
  return {
    async follow(setup) {
      if (isThere) return (await draft()).follow(setup);
      following = afterPaint().then(async () => (await draft()).follow(setup));
      // Whoever asks what became of it is told.
      following.catch(() => undefined);
    },
    async settled() {
      await following;
      return (await draft()).settled();
    },
    async drop() {
      await following;
      return (await draft()).drop();
    },
  };
}
