import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sought, UnitFact } from './facts.ts';
import { isUnder, nameConfidence, startedBy, wordsOf } from './match.ts';

/** A folder of unit files, and whose units they are. */
export interface UnitFolder {
  readonly path: string;
  readonly scope: UnitFact['scope'];
}

/** The folders that systemd itself reads, the operator's own first. */
export function unitFolders(home: string): readonly UnitFolder[] {
  const system = [
    '/etc/systemd/system',
    '/run/systemd/system',
    '/usr/local/lib/systemd/system',
    '/usr/lib/systemd/system',
  ];
  const user = [`${home}/.config/systemd/user`, `${home}/.local/share/systemd/user`, '/etc/systemd/user'];
  return [
    ...[...system, '/lib/systemd/system'].map((path) => ({ path, scope: 'system' }) as const),
    ...[...user, '/usr/lib/systemd/user'].map((path) => ({ path, scope: 'user' }) as const),
  ];
}

/** Larger ones are no unit files; a folder with more files than that is no folder of units. */
const MOST = { bytes: 64 * 1024, files: 2000 };

/** ExecStart lines of a unit, continued lines joined, without the signs that systemd puts before a path. */
function commandsOf(unit: string): readonly string[] {
  const lines = unit.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/);
  return lines.flatMap((line) => /^\s*ExecStart\s*=\s*[-@:+!|]*(.*)$/.exec(line)?.[1] ?? []);
}

function settingOf(unit: string, key: string): string | undefined {
  return new RegExp(`^\\s*${key}\\s*=\\s*[-~!]?(.*?)\\s*$`, 'm').exec(unit)?.[1];
}

function unitIn({ folder, name, text }: UnitText, enabled: ReadonlySet<string>, sought: Sought): UnitFact | undefined {
  const path = join(folder.path, name);
  for (const command of commandsOf(text)) {
    const started = startedBy(wordsOf(command), sought);
    if (!started) continue;
    const { path: word, ...program } = started;
    const inside = isUnder(word, sought.root) || isUnder(settingOf(text, 'WorkingDirectory') ?? '', sought.root);
    return {
      name,
      path,
      scope: folder.scope,
      enabled: enabled.has(name) || enabled.has(name.replace(/@\.service$/, '@')),
      ...program,
      evidence: {
        where: path,
        what: `ExecStart names ${program.program}${inside ? ', in the repository' : ''}`,
        confidence: inside ? 'certain' : nameConfidence(program.program),
      },
    };
  }
  return undefined;
}

/** Names in `*.wants/` and `*.requires/`: what is started with a target. An instance counts for its template. */
async function enabledIn(folder: string, entries: readonly string[]): Promise<readonly string[]> {
  const links = entries.filter((name) => /\.(wants|requires)$/.test(name)).map((name) => join(folder, name));
  const names = (await Promise.all(links.map((path) => readdir(path).catch(() => [])))).flat();
  return names.flatMap((name) => [name, name.replace(/@.*$/, '@')]);
}

interface UnitText {
  readonly folder: UnitFolder;
  readonly name: string;
  readonly text: string;
}

/** The units of this machine as they are written; can be read before it is known what is looked for. */
export interface UnitFiles {
  readonly units: readonly UnitText[];
  readonly enabled: ReadonlySet<string>;
}

async function unitText(folder: UnitFolder, name: string): Promise<UnitText> {
  const text = await readFile(join(folder.path, name), 'utf8').catch(() => '');
  return { folder, name, text: text.length > MOST.bytes ? '' : text };
}

export async function readUnits(folders: readonly UnitFolder[]): Promise<UnitFiles> {
  // /lib is a link to /usr/lib on most systems: the same folder is read once.
  const real = await Promise.all(
    folders.map(async (each) => [await realpath(each.path).catch(() => ''), each] as const),
  );
  const unique = [...new Map(real.filter(([path]) => path !== '').reverse()).values()].reverse();
  const listed = await Promise.all(
    unique.map(async (folder) => ({
      folder,
      entries: (await readdir(folder.path).catch(() => [])).slice(0, MOST.files),
    })),
  );
  const wanted = await Promise.all(listed.map(({ folder, entries }) => enabledIn(folder.path, entries)));
  const units = listed.flatMap(({ folder, entries }) =>
    entries.filter((name) => name.endsWith('.service')).map((name) => unitText(folder, name)),
  );
  return { units: await Promise.all(units), enabled: new Set(wanted.flat()) };
}

/** Units that start a program of the repository, from their files alone; nothing is run. */
export function findUnits(sought: Sought, { units, enabled }: UnitFiles): readonly UnitFact[] {
  return units.flatMap((unit) => unitIn(unit, enabled, sought) ?? []);
}
