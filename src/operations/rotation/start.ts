import { fingerprintKey } from '../../secrets/fingerprint.ts';
import { readValues } from '../deliver.ts';
import { conduct, type Operation } from '../run.ts';
import { beginning } from './begin.ts';
import { type Disk, disk, JournalKeeper } from './journal.ts';
import { judged } from './judged.ts';
import { conductor } from './machine.ts';
import { forwardSteps } from './plan.ts';
import { refuseImpossible, refuseUnfinished } from './refuse.ts';
import type { RotationBench, RotationRequest } from './types.ts';
import { findValues } from './values.ts';

/**
 * Puts new values in force, as one transaction: in the end each secret has one and the same value in the store, in the
 * volumes, in the database and in what runs. Errors before the first step are thrown here.
 * @param files what reads and writes the journal and `.env`.
 */
export function startRotation(bench: RotationBench, request: RotationRequest, files: Disk = disk): Promise<Operation> {
  return conduct('rotate', bench, async () => {
    await refuseUnfinished(bench, files);
    await refuseImpossible(bench, request);
    const store = await bench.openStore();
    const all = await readValues(bench.stack, store);
    const given = await judged(bench.stack, request.values, all);
    const journal = await beginning(bench, { ...request, values: given }, store, all);
    const values = await findValues(store, journal, given);
    const keeper = new JournalKeeper(bench.journal, journal, files);
    const key = await fingerprintKey(store);
    const session = { bench, store, disk: files, journal: keeper, values, all, key, notes: { left: [] } };
    return conductor(session, forwardSteps(bench.stack, journal));
  });
}
