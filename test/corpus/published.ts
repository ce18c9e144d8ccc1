import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { detect } from '../../src/detect/detect.ts';
import { Workspace } from '../../src/detect/workspace.ts';
import { cargoTruth } from './cargo.ts';
import { compare, type Row } from './compare.ts';
import { type Crate, fetchCrate, type MadeWorkspace, unpackCrate } from './crates.ts';
import { personIn, runGit } from './prepare.ts';

/** What was found in one repository. */
export interface Report {
  readonly name: string;
  readonly rows: readonly Row[];
  /** What cargo refuses, so that there is no truth to compare with. */
  readonly refused?: string;
}

/** A published crate: as it was published, as its author wrote it, and with its lock file in every state of git. */
export async function reportCrate(crate: Crate, scratch: string, home: string): Promise<readonly Report[]> {
  const name = `${crate.name} ${crate.version}`;
  const folder = join(scratch, crate.name);
  await unpackCrate(fetchCrate(crate), folder);
  const published = await reportFolder(name, folder, crate);
  // What the author wrote may need the workspace around it; what was published stands by itself.
  if (published.refused !== undefined) throw new Error(`cargo refuses it: ${published.refused}`);
  const locks = { name: `${name} (git)`, rows: await lockStates(folder, home) };
  const original = join(folder, 'Cargo.toml.orig');
  if (!existsSync(original)) return [published, locks];
  writeFileSync(join(folder, 'Cargo.toml'), readFileSync(original));
  return [published, locks, await reportFolder(`${name} (as written)`, folder)];
}

/** Real packages in one workspace. */
export async function reportWorkspace(made: MadeWorkspace, crates: readonly Crate[], scratch: string): Promise<Report> {
  const folder = join(scratch, `workspace-${made.name}`);
  const pinned = (name: string): Crate => {
    const crate = crates.find((other) => other.name === name);
    if (crate === undefined) throw new Error(`crates.json does not pin ${name}`);
    return crate;
  };
  if (made.root !== undefined) await unpackCrate(fetchCrate(pinned(made.root)), folder);
  for (const name of made.crates) await unpackCrate(fetchCrate(pinned(name)), join(folder, made.folder, name));
  appendFileSync(join(folder, 'Cargo.toml'), made.manifest);
  const report = await reportFolder(`workspace ${made.name}`, folder);
  if (report.refused !== undefined) throw new Error(`cargo refuses it: ${report.refused}`);
  return report;
}

async function reportFolder(name: string, folder: string, told?: Crate): Promise<Report> {
  const truth = cargoTruth(folder);
  const facts = await detect(folder);
  if ('refusal' in truth) return { name, rows: [], refused: lastLine(truth.refusal) };
  const rows = compare(facts, { binaries: [...truth.binaries], members: [...truth.members] });
  return { name, rows: [...rows, ...byReading(facts, told)] };
}

/** What a person found by reading must be found too; what else is found is not judged. */
function byReading(facts: Awaited<ReturnType<typeof detect>>, told: Crate | undefined): Row[] {
  const known = { env: facts.env.map(({ name }) => name), subcommands: facts.subcommands.map(({ name }) => name) };
  return (['env', 'subcommands'] as const).flatMap((kind) =>
    (told?.[kind] ?? []).map(({ name, says }) =>
      known[kind].includes(name)
        ? { kind, verdict: 'right' as const, detail: '' }
        : { kind, verdict: 'unknown' as const, detail: `${name} (${says}) was not found` },
    ),
  );
}

function lastLine(text: string): string {
  return (
    text
      .split('\n')
      .findLast((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

/** The lock file in each state, the truth from git itself. */
async function lockStates(crate: string, home: string): Promise<Row[]> {
  const states: readonly { readonly what: string; readonly make: (folder: string) => void }[] = [
    { what: 'all added', make: (folder) => runGit(folder, home, ['init -q', 'add -A']) },
    { what: 'nothing added', make: (folder) => runGit(folder, home, ['init -q']) },
    {
      what: 'ignored',
      make: (folder) => {
        appendFileSync(join(folder, '.gitignore'), '\n/*.lock\n');
        runGit(folder, home, ['init -q', 'add -A']);
      },
    },
    {
      what: 'ignored but added',
      make: (folder) => {
        appendFileSync(join(folder, '.gitignore'), '\nCargo.lock\n');
        runGit(folder, home, [
          'init -q',
          'add -A',
          ...(existsSync(join(folder, 'Cargo.lock')) ? ['add -f Cargo.lock'] : []),
        ]);
        runGit(folder, home, ['update-index --index-version 4']);
      },
    },
    {
      what: 'removed',
      make: (folder) => {
        rmSync(join(folder, 'Cargo.lock'), { force: true });
        runGit(folder, home, ['init -q', 'add -A']);
      },
    },
  ];
  const rows: Row[] = [];
  for (const { what, make } of states) {
    const folder = `${crate}.lock`;
    copyTop(crate, folder);
    make(folder);
    const found = (await Workspace.open(folder)).lockState('Cargo.lock');
    const due = lockTruth(folder, home);
    rows.push({
      kind: 'lockfile',
      verdict: found === due ? 'right' : 'wrong',
      detail: found === due ? '' : `${what}: git says ${due}, found ${found}`,
    });
    rmSync(folder, { recursive: true });
  }
  return rows;
}

/** The files at the top: what git does with the lock file hangs on nothing else. */
function copyTop(from: string, to: string): void {
  mkdirSync(to);
  const files = readdirSync(from, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files) copyFileSync(join(from, name), join(to, name));
}

function lockTruth(folder: string, home: string): string {
  if (gitSays(folder, home, ['ls-files', '--error-unmatch', 'Cargo.lock'])) return 'tracked';
  if (gitSays(folder, home, ['check-ignore', '-q', 'Cargo.lock'])) return 'ignored';
  // Neither: the next `git add` takes it, and a build from the folder has it.
  return existsSync(join(folder, 'Cargo.lock')) ? 'tracked' : 'absent';
}

function gitSays(folder: string, home: string, args: readonly string[]): boolean {
  try {
    execFileSync('git', args, { cwd: folder, env: personIn(home), stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
