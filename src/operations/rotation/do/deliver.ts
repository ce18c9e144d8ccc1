import { deliverAs } from '../../deliver.ts';
import { writeRevisions } from '../../env-file.ts';
import { type Session, valuesOf } from '../session.ts';
import type { StepOf } from '../steps.ts';

/** Fills the volumes with the values of one side, under the revision of that side. */
export async function fillIn({ side, services }: StepOf<'deliver'>, session: Session): Promise<void> {
  const { bench, key, journal, disk } = session;
  const revisions = new Map(
    services.flatMap((service) => {
      const numbers = journal.now.revisions[service];
      return numbers ? [[service, numbers[side]] as const] : [];
    }),
  );
  await deliverAs(bench.runner, bench.stack, valuesOf(session, side), { key, revisions });
  await writeRevisions(bench.dir, revisions, disk.write);
}
