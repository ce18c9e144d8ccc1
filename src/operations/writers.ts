import * as z from 'zod';
import { ask } from '../engine/ask.ts';
import { composeConfigJson, inspectVolume } from '../engine/commands.ts';
import { observe } from '../engine/observe.ts';
import { runningOneOffs } from '../engine/one-off.ts';
import { SetupError } from '../errors.ts';
import { dataVolume, engineVolume, schemaService } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { composeCommand } from '../stack/words.ts';
import { fileSystemOf } from '../system/files.ts';
import type { Workbench } from './execute.ts';
import { placeOf } from './place.ts';

/** Services of the program that keep data, which has one writer. */
function keepers({ services }: Stack): readonly string[] {
  return Object.keys(services).filter((name) => services[name]?.data !== null);
}

const Volumes = z.array(z.object({ Driver: z.string(), Options: z.record(z.string(), z.string()).nullish() }));

/** File systems on another machine, or in a process: the shared memory of a write-ahead log does not work across them. */
const ELSEWHERE = /^(nfs\d?|cifs|smb\d?|smbfs|9p|ceph|glusterfs|fuse\b.*|sshfs|afs)$/;

/** How the kernel numbers file systems on another machine, for what is bound from a folder. */
const ELSEWHERE_NUMBERS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
  [0x5346414f, 'afs'],
]);

/** Why a volume is no place for SQLite, in words; undefined: it is one. */
async function unfit(
  { Driver, Options }: z.infer<typeof Volumes>[number],
  diskOf: typeof fileSystemOf,
): Promise<string | undefined> {
  if (Driver !== 'local') return `is kept by the volume driver ${Driver}: ${NO_LOG}`;
  const { type = '', device = '' } = Options ?? {};
  if (/^(tmpfs|ramfs)$/.test(type)) return 'is in memory: a restart of the machine empties it';
  const number = device.startsWith('/') ? await diskOf(device) : undefined;
  const name = ELSEWHERE.test(type) ? type : ELSEWHERE_NUMBERS.get(number ?? 0);
  return name === undefined ? undefined : `is on a network file system (${name}): ${NO_LOG}`;
}

const NO_LOG = "SQLite's write-ahead log does not work there";

/**
 * Data with a write-ahead log lies on a disk of the engine's machine: SQLite loses or damages it anywhere else.
 * @throws SetupError exit 4 `volume-not-local`.
 */
export async function checkDataVolumes(
  { runner, stack }: Pick<Workbench, 'runner' | 'stack'>,
  diskOf = fileSystemOf,
): Promise<void> {
  for (const service of keepers(stack)) {
    const volume = engineVolume(stack, dataVolume(service));
    const { exitCode, stdout } = await runner.run(inspectVolume(volume));
    if (exitCode !== 0 || stdout.trim() === '') continue;
    const [found] = Volumes.parse(JSON.parse(stdout));
    const why = found && (await unfit(found, diskOf));
    if (why === undefined) continue;
    throw new SetupError('needs-you', `The data volume ${volume} ${why}.`, {
      code: 'volume-not-local',
      next: [
        'Copy its data away, remove the volume and make a local one of that name with the data: docker volume create ' +
          volume,
      ],
    });
  }
}

const Mount = z.object({ type: z.string(), source: z.string().optional(), read_only: z.boolean().optional() });
const Config = z.object({
  services: z.record(z.string(), z.object({ volumes: z.array(Mount).optional() })),
  volumes: z.record(z.string(), z.object({ name: z.string().optional() }).nullable()).optional(),
});

/** Nobody was given the data of a service since the operation began. @throws SetupError exit 4 `second-writer`. */
export async function refuseBesideData(bench: Pick<Workbench, 'runner' | 'stack'>): Promise<void> {
  const services = keepers(bench.stack);
  if (services.length > 0) await refuseBeside(bench, services);
}

/** Programs that `run` has given the data of a service. */
async function refuseBeside(bench: Pick<Workbench, 'runner' | 'stack'>, services: readonly string[]): Promise<void> {
  const beside = (await runningOneOffs(bench.runner, bench.stack.id)).filter(({ service }) =>
    services.some((name) => name === service || schemaService(name) === service),
  );
  if (beside.length === 0) return;
  const names = beside.map(({ container, service }) => `${container} (${service})`).join(', ');
  throw new SetupError('needs-you', `Another program has the data that is to be written: the container ${names}.`, {
    code: 'second-writer',
    next: ['Wait for it to end, or end it, then run the command again.'],
  });
}

/**
 * No other service writes where a service keeps its data, by the Compose files as an operator has them: one that only a
 * profile starts is there to be started as well.
 * @throws SetupError exit 4 `second-writer`.
 */
export async function checkWriters(bench: Pick<Workbench, 'runner' | 'stack' | 'dir'>): Promise<void> {
  const { stack } = bench;
  const { services, volumes = {} } = Config.parse(
    JSON.parse(await ask(bench.runner, composeConfigJson(await placeOf(bench), '*'))),
  );
  await refuseBesideData(bench);
  for (const owner of keepers(stack)) {
    const volume = engineVolume(stack, dataVolume(owner));
    for (const [name, { volumes: mounts = [] }] of Object.entries(services)) {
      if (name === owner || name === schemaService(owner)) continue;
      const writes = mounts.some(
        ({ source, read_only }) => source !== undefined && !read_only && (volumes[source]?.name ?? source) === volume,
      );
      if (!writes) continue;
      throw new SetupError('needs-you', `${name} can write to the data of ${owner}: SQLite has one writer.`, {
        code: 'second-writer',
        next: [`Mount the volume ${dataVolume(owner)} with :ro in ${name}, or give ${name} a volume of its own.`],
      });
    }
  }
}

/**
 * A program that is given the data of a service does not run beside that service, nor beside another such program.
 * @throws SetupError exit 4 `second-writer`.
 */
export async function refuseSecondWriter(
  { runner, stack }: Pick<Workbench, 'runner' | 'stack'>,
  service: string,
): Promise<void> {
  if (stack.services[service]?.data == null) return;
  const { containers } = await observe(runner, stack.id);
  const compose = composeCommand(stack);
  if (containers.some(({ service: name, state }) => name === service && state !== 'exited' && state !== 'created')) {
    throw new SetupError(
      'needs-you',
      `${service} runs and writes to its data; a second program would write beside it.`,
      {
        code: 'second-writer',
        next: [
          `Stop it, which stops what it does: ${compose} stop ${service}`,
          `Run the command again, then: ${compose} start ${service}`,
        ],
      },
    );
  }
  await refuseBeside({ runner, stack }, [service]);
}
