import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { docker } from '../engine/commands.ts';
import type { Runner } from '../system/run.ts';
import { type ContainerRow, hasLabel, labelOf, PROJECT, stackOf, WORKING_DIR } from './containers.ts';
import type { ContainerFact, Sought, VolumeFact } from './facts.ts';
import { asProgram, nameConfidence, startedBy, wordsOf } from './match.ts';

const Volume = z.object({ Name: z.string(), Labels: z.string().default('') });

/** A volume as `docker volume ls` lists it. */
export type VolumeRow = z.infer<typeof Volume>;

/** Images whose containers keep a PostgreSQL data folder in a volume. */
const POSTGRES = /(^|[/])(postgres|postgresql|timescaledb|timescaledb-ha|timescaledb-postgis|pgvector|postgis)(:|@|$)/;
/** Names under which people keep one. */
const DATABASE_NAME = /(^|[-_.])(db|database|pg|pgdata|postgres|postgresql|timescale|timescaledb)([-_.]|data|$)/i;

/** What our own stacks say of each service of the program; the others of a stack have no key. */
const MODE = 'trading-setup.mode';

/** `registry:5000/bots/algo-trade:1.2` → `algo-trade`. */
function imageName(image: string): string {
  return basename(image.replace(/@.*$/, '').replace(/:[^/:]*$/, ''));
}

/** Names that Compose gives to the images that it builds for a project: the program, under whatever entry point. */
function isBuiltFor(image: string, project: string | undefined): boolean {
  return project !== undefined && [`${project}-`, `${project}_`].some((start) => imageName(image).startsWith(start));
}

function containerFact(row: ContainerRow, sought: Sought): ContainerFact | undefined {
  const { Names: name, Image: image, Labels: labels } = row;
  const project = labelOf(labels, PROJECT);
  const ofFolder = hasLabel(labels, WORKING_DIR, sought.root);
  // `docker ps` puts the whole command line into quotes.
  const started =
    startedBy(wordsOf(row.Command), sought) ??
    (sought.binaries.includes(imageName(image))
      ? asProgram(imageName(image), wordsOf(row.Command), sought)
      : undefined);
  if (!started && !ofFolder) return undefined;
  const stack = stackOf(labels);
  const runs = started ? `it runs ${started.program}` : '';
  const own = ofFolder ? 'its Compose project is of this folder' : '';
  return {
    name,
    image,
    running: row.State !== 'exited' && row.State !== 'created' && row.State !== 'dead',
    ...(project === undefined ? {} : { project }),
    ...(stack === undefined ? {} : { stack }),
    ...(started ? { program: started.program } : {}),
    ...(started?.subcommand ? { subcommand: started.subcommand } : {}),
    trades: stack === undefined ? (started?.trades ?? isBuiltFor(image, project)) : hasLabel(labels, MODE, 'live'),
    volumes: row.Mounts.split(',').filter((mount) => mount !== '' && !mount.startsWith('/')),
    evidence: {
      where: `container ${name}`,
      what: [own, runs].filter(Boolean).join(', and '),
      confidence: ofFolder ? 'certain' : nameConfidence(started?.program ?? ''),
    },
  };
}

/** Containers of the engine that belong to the repository, stopped ones too. */
export function ownContainers(rows: readonly ContainerRow[], sought: Sought): readonly ContainerFact[] {
  return rows.flatMap((row) => containerFact(row, sought) ?? []);
}

/** The project names that Compose would give to a Compose file in this folder. */
async function projectsOf(root: string): Promise<readonly string[]> {
  const files = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
  const texts = await Promise.all(files.map((name) => readFile(join(root, name), 'utf8').catch(() => '')));
  const named = texts.flatMap((text) => /^name:\s*["']?([a-z0-9][a-z0-9_-]*)/m.exec(text)?.[1] ?? []);
  const folder = basename(root)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
  return [...named, folder].filter((name) => name !== '');
}

function volumeFact(
  name: string,
  project: string,
  { projects, rows, root }: { projects: ReadonlySet<string>; rows: readonly ContainerRow[]; root: string },
): VolumeFact {
  const mountedBy = rows.filter(({ Mounts }) => Mounts.split(',').includes(name));
  const server = mountedBy.find(({ Image }) => POSTGRES.test(Image));
  const looks = DATABASE_NAME.test(name.startsWith(`${project}_`) ? name.slice(project.length + 1) : name);
  const ofFolder = projects.has(project)
    ? `the project ${project} is of ${root}`
    : `${project} is what Compose calls ${root}`;
  return {
    name,
    project,
    holds: server || (looks && mountedBy.length === 0) ? 'database' : 'unknown',
    evidence: {
      where: `volume ${name}`,
      what: server ? `${ofFolder}, and ${server.Image} keeps its data there` : ofFolder,
      confidence: server && projects.has(project) ? 'certain' : projects.has(project) || server ? 'likely' : 'guess',
    },
  };
}

/** Every volume that a Compose project has made; none where no engine answers. */
export async function listedVolumes(runner: Pick<Runner, 'run'>): Promise<readonly VolumeRow[]> {
  const list = docker('volume', 'ls', '--format', '{{json .}}', '--filter', `label=${PROJECT}`);
  const { exitCode, stdout } = await runner.run(list);
  if (exitCode !== 0) return [];
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => Volume.parse(JSON.parse(line)));
}

/** Volumes of the earlier Compose projects of the repository; those of our stacks are none. */
export async function ownVolumes(
  volumes: readonly VolumeRow[],
  rows: readonly ContainerRow[],
  sought: Sought,
): Promise<readonly VolumeFact[]> {
  const byName = await projectsOf(sought.root);
  const ofFolder = rows.filter(({ Labels }) => hasLabel(Labels, WORKING_DIR, sought.root));
  const projects = new Set(ofFolder.flatMap(({ Labels }) => labelOf(Labels, PROJECT) ?? []));
  return volumes.flatMap(({ Name, Labels }) => {
    const project = labelOf(Labels, PROJECT) ?? '';
    if (stackOf(Labels) !== undefined || !(projects.has(project) || byName.includes(project))) return [];
    return [volumeFact(Name, project, { projects, rows, root: sought.root })];
  });
}
