import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { Runner } from '../system/run.ts';
import { listedVolumes, ownContainers, ownVolumes } from './belongings.ts';
import { type ContainerRow, listedContainers } from './containers.ts';
import type { ProcessFact, Sought, SystemFacts } from './facts.ts';
import { openersOf } from './openers.ts';
import { findProcesses, readProcesses, type SeenProcess } from './processes.ts';
import { findSqlite } from './sqlite.ts';
import { findUnits, readUnits, type UnitFolder, unitFolders } from './units.ts';

/** This machine, as far as it is looked at; tests give their own. */
export interface Here {
  readonly self: number;
  readonly home: string;
  readonly proc?: string;
  readonly units?: readonly UnitFolder[];
}

/** This machine as it is. */
export function thisMachine(): Here {
  return { self: process.pid, home: homedir() };
}

/** A process in a container that the engine knows is told of as that container. */
function outside(seen: readonly SeenProcess[], rows: readonly ContainerRow[]): readonly ProcessFact[] {
  const known = new Set(rows.map(({ ID }) => ID));
  return seen.flatMap(({ fact, container, nested }) => {
    if (container !== undefined && known.has(container)) return [];
    if (container === undefined && !nested) return [fact];
    // Perhaps our own service in an engine that hides it: shown, and not counted on.
    return [
      {
        ...fact,
        evidence: { ...fact.evidence, what: `${fact.evidence.what}, in a container`, confidence: 'guess' as const },
      },
    ];
  });
}

/**
 * What already belongs to a repository on this machine and on its engine. Reads files and asks the engine two
 * questions; runs nothing and changes nothing.
 */
export async function observeSystem(
  runner: Pick<Runner, 'run'>,
  wanted: Promise<Sought> | Sought,
  machine: Here,
  listed: Promise<readonly ContainerRow[]> = listedContainers(runner),
): Promise<SystemFacts> {
  // Begun before it is known what is looked for: reading the repository takes as long.
  const reading = Promise.all([
    readProcesses(machine.self, machine.proc),
    readUnits(machine.units ?? unitFolders(machine.home)),
    listed,
    listedVolumes(runner),
  ]);
  const given = await wanted;
  const sought = { ...given, root: await realpath(given.root).catch(() => given.root) };
  const [table, unitFiles, rows, volumeRows] = await reading;
  const [seen, volumes] = await Promise.all([findProcesses(sought, table), ownVolumes(volumeRows, rows, sought)]);
  const units = findUnits(sought, unitFiles);
  const processes = outside(seen, rows);
  const containers = ownContainers(rows, sought);
  const mounts = rows
    .filter(({ Names }) => containers.some(({ name }) => name === Names))
    .flatMap(({ Mounts }) => Mounts.split(',').filter((mount) => mount.startsWith('/')));
  const sqlite = await findSqlite(sought, { processes, mounts, proc: machine.proc }, (path) =>
    openersOf(path, runner, machine.self, machine.proc),
  );
  return { running: { processes, units, containers }, existing: { volumes, sqlite } };
}
