import { SetupError } from '../../errors.ts';
import type { OperationEvent } from '../../events/operation.ts';
import type { Secret } from '../../secret.ts';
import { fingerprintKey } from '../../secrets/fingerprint.ts';
import type { SecretStore } from '../../secrets/store.ts';
import { readValues } from '../deliver.ts';
import { conduct, type Operation, type Task } from '../run.ts';
import { refuseApproved } from './do/manual.ts';
import { mayGoOn, stillThere } from './go-on.ts';
import { type Disk, disk, type Journal, JournalKeeper, readJournal } from './journal.ts';
import { judged } from './judged.ts';
import { conductor } from './machine.ts';
import { mayHaveEnded, replaceable } from './no-return.ts';
import { forwardSteps, undoSteps } from './plan.ts';
import type { Session } from './session.ts';
import { truthOrWhyNot } from './truth.ts';
import type { RotationBench } from './types.ts';
import { findValues, missing, valueGone } from './values.ts';

/** How a person wants an unfinished rotation to end. */
export interface Wish {
  /** Back to the old values. */
  readonly undo?: boolean;
  /** Values that are entered again, or other new ones for a rotation that cannot go back. */
  readonly values?: ReadonlyMap<string, Secret>;
}

/**
 * Finishes or undoes what an earlier run has left. @throws SetupError where there is nothing to finish, or no going back.
 * @param files what reads and writes the journal and `.env`.
 */
export function resumeRotation(bench: RotationBench, how: Wish = {}, files: Disk = disk): Promise<Operation> {
  return conduct('rotate', bench, async () => {
    const found = await readJournal(bench.journal, files);
    if (!found) throw nothingToResume();
    const store = await bench.openStore();
    const all = await readValues(bench.stack, store);
    const { itemsBefore } = await import('../../secrets/check/check.ts');
    const given = await judged(bench.stack, how.values ?? new Map(), all);
    const items = (name: string) => itemsBefore(bench.stack, name, new Map([...all, ...given]));
    const other = await redirected(await withOthers(found, given, store, items), store, { ...how, values: given });
    if (other.direction !== found.direction) {
      await refuseApproved({ bench, all, values: await findValues(store, found, given) }, found);
    }
    const journal = { ...other, ...(await stillThere(bench, other)) };
    const steps = journal.direction === 'undo' ? undoSteps(bench.stack, journal) : forwardSteps(bench.stack, journal);
    await mayGoOn(
      bench,
      journal,
      steps.filter(({ id }) => !journal.done.includes(id)),
    );
    const keeper = new JournalKeeper(bench.journal, found, files);
    await keeper.change(journal);
    const values = await findValues(store, journal, given);
    const key = await fingerprintKey(store);
    const session: Session = { bench, store, disk: files, journal: keeper, values, all, key, notes: { left: [] } };
    return conductor(session, steps, journal.direction === 'waiting' ? [] : [look(session)]);
  });
}

/** What is true, before anything is done about it. */
function look(session: Session): Task {
  const id = 'look';
  return {
    id,
    title: 'See what is true now',
    cause: `an earlier run ended at: ${session.journal.now.at ?? 'its beginning'}`,
    run: async function* (): AsyncGenerator<OperationEvent, void> {
      yield { type: 'step-progress', id, text: (await truthOrWhyNot(session)).join('\n') };
    },
  };
}

/** Another new value in the place of one that does not work: everything is done again with it. */
async function withOthers(
  journal: Journal,
  given: ReadonlyMap<string, Secret>,
  store: SecretStore,
  itemsOf: (name: string) => readonly string[],
): Promise<Journal> {
  const prints = new Map<string, string>();
  for (const [name, value] of given) prints.set(name, await store.fingerprint(value));
  const isOther = ({ name, newPrint, oldPrint }: Journal['secrets'][number]) =>
    prints.has(name) && prints.get(name) !== newPrint && prints.get(name) !== oldPrint;
  if (journal.direction !== 'forward' || journal.begun.includes('promote') || !journal.secrets.some(isOther))
    return journal;
  const fixed = journal.secrets.find((secret) => isOther(secret) && !replaceable(journal).includes(secret));
  if (fixed) throw readsTheData(fixed.name);
  const next = ([service, { old, new: number }]: [string, Journal['revisions'][string]]) =>
    [service, { old, new: number === old ? number : number + 1 }] as const;
  return {
    ...journal,
    secrets: journal.secrets.map((secret) => {
      const newPrint = prints.get(secret.name);
      if (newPrint === undefined || !isOther(secret)) return secret;
      const { expires: _, ...rest } = secret;
      return { ...rest, before: itemsOf(secret.name), newPrint };
    }),
    revisions: Object.fromEntries(Object.entries(journal.revisions).map(next)),
    done: [],
  };
}

/** Forward, unless it was going back, is told to, or has lost what it would go forward with. */
async function redirected(journal: Journal, store: SecretStore, { undo, values }: Wish): Promise<Journal> {
  if (journal.direction !== 'forward') {
    if (undo && journal.direction === 'waiting') throw noWayBack(journal);
    return requireOld(journal, store);
  }
  const lost = missing(journal, await findValues(store, journal, values), 'new');
  if (!undo && lost.length === 0) return journal;
  // Where a person was asked to end an old value, going back is for them to say.
  const isForThem = !undo && mayHaveEnded(journal).length > 0;
  if (journal.noReturn || isForThem) throw undo ? noWayBack(journal) : valueGone(lost, 'new');
  return requireOld({ ...journal, direction: 'undo' }, store);
}

async function requireOld(journal: Journal, store: SecretStore): Promise<Journal> {
  const lost = missing(journal, await findValues(store, journal), 'old');
  if (journal.direction === 'undo' && lost.length > 0) throw valueGone(lost, 'old');
  return journal;
}

/** Data is encrypted with the new key already: with a third one nobody could read it. */
function readsTheData(name: string): SetupError {
  return new SetupError('usage', `Data is encrypted with the new ${name} already; another one would not read it.`, {
    code: 'reencrypted',
    next: [
      'Finish it with the value that it has: trading-setup rotate --resume',
      `Then give another one: trading-setup rotate ${name}`,
    ],
  });
}

function noWayBack({ direction }: Journal): SetupError {
  const why =
    direction === 'waiting'
      ? 'the new values are in force, proven and current'
      : 'an old value has ended, or must not come back';
  return new SetupError('usage', `It cannot go back: ${why}.`, {
    code: 'rotation-forward-only',
    next: ['Finish it: trading-setup rotate --resume'],
  });
}

function nothingToResume(): SetupError {
  return new SetupError('needs-you', 'No rotation is unfinished.', {
    code: 'no-rotation',
    next: ['Begin one: trading-setup rotate NAME'],
  });
}
