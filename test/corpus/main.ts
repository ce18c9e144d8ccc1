import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { detect } from '../../src/detect/detect.ts';
import { cargo, cargoTruth } from './cargo.ts';
import { compare, type Row, type Verdict } from './compare.ts';
import { readCrates } from './crates.ts';
import type { Expectation } from './expectation.ts';
import { prepareFixture } from './prepare.ts';
import { type Report, reportCrate, reportWorkspace } from './published.ts';

/** Kinds of facts of which none may be wrong. */
const NEVER_WRONG = ['binaries', 'lockfile'];

/** Runs the whole corpus; the exit code is 1 where a binary or lock state is wrong, or anything could not be looked at. */
export async function main(here: string, scratch: string): Promise<number> {
  const home = join(scratch, 'home');
  mkdirSync(home);
  const version = cargo(['--version']);
  if (!version.ok) {
    console.error(`corpus: ${version.text.trim()}. Install Rust with rustup, or name cargo in the variable CARGO`);
    return 1;
  }
  const trouble: string[] = [];
  const fixtures = await fixtureReports(join(here, '../fixtures/detect'), scratch, trouble);
  personal(home);
  const crates = await crateReports(here, scratch, home, trouble);
  print('fixtures', fixtures);
  print('published crates, by cargo and git', crates);
  const wrong = [...fixtures, ...crates].flatMap(({ name, rows }) =>
    rows
      .filter(({ kind, verdict }) => verdict === 'wrong' && NEVER_WRONG.includes(kind))
      .map(({ detail }) => `${name}: ${detail}`),
  );
  for (const line of trouble) console.error(`corpus: ${line}`);
  const verdict = `${wrong.length} wrong for binaries and lock state, ${trouble.length} could not be looked at`;
  console.log(`\ncorpus: ${fixtures.length} fixtures, ${crates.length} states of published crates; ${verdict}`);
  return wrong.length + trouble.length === 0 ? 0 : 1;
}

/** From here on this is a person whose home is empty: git's configuration of the real one must not count. */
function personal(home: string): void {
  process.env.HOME = home;
  process.env.GIT_CONFIG_NOSYSTEM = '1';
  delete process.env.XDG_CONFIG_HOME;
  delete process.env.GIT_CONFIG_GLOBAL;
}

async function fixtureReports(folder: string, scratch: string, trouble: string[]): Promise<Report[]> {
  const reports: Report[] = [];
  const before = process.env.HOME;
  for (const name of readdirSync(folder).sort()) {
    const into = join(scratch, 'fixture');
    const prepared = prepareFixture(join(folder, name), into);
    personal(prepared.home);
    const rows = compare(await detect(prepared.folder), prepared.expectation.expect);
    process.env.HOME = before;
    trouble.push(...againstCargo(name, prepared.folder, prepared.expectation));
    reports.push({ name, rows });
    rmSync(into, { recursive: true });
  }
  return reports;
}

/** An expectation that cargo contradicts is a mistake of ours. */
function againstCargo(name: string, folder: string, { expect, cargoRefuses }: Expectation): string[] {
  const truth = cargoTruth(join(folder, expect.folder ?? ''));
  if ('refusal' in truth) {
    if (cargoRefuses !== undefined && truth.refusal.includes(cargoRefuses)) return [];
    return [`the fixture ${name} is refused by cargo: ${truth.refusal.replace(/\s+/g, ' ')}`];
  }
  if (cargoRefuses !== undefined) return [`the fixture ${name} should be refused by cargo and is not`];
  const plain = (
    items: readonly { package: string; bin: string; path: string; requiredFeatures?: string[] | undefined }[],
  ) => items.map((item) => `${item.package} ${item.bin} ${item.path} ${(item.requiredFeatures ?? []).join()}`).sort();
  const base = expect.folder === undefined ? '' : `${expect.folder}/`;
  const said = plain(truth.binaries.map((item) => ({ ...item, path: join(base, item.path) })));
  const due = expect.binaries && plain(expect.binaries);
  // Several starts below the top: cargo knows one of them at a time.
  const differs =
    due !== undefined && (base === '' ? due.join() !== said.join() : said.some((line) => !due.includes(line)));
  return differs ? [`the fixture ${name} expects ${due.join('; ')} and cargo says ${said.join('; ')}`] : [];
}

async function crateReports(here: string, scratch: string, home: string, trouble: string[]): Promise<Report[]> {
  const { crates, workspaces } = readCrates(here);
  const folder = join(scratch, 'crates');
  const reports: Report[] = [];
  const attempt = async (name: string, work: () => Promise<readonly Report[]>): Promise<void> => {
    try {
      reports.push(...(await work()));
    } catch (error) {
      trouble.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (const crate of crates) await attempt(crate.name, () => reportCrate(crate, folder, home));
  for (const made of workspaces) await attempt(made.name, async () => [await reportWorkspace(made, crates, folder)]);
  return reports;
}

function print(title: string, reports: readonly Report[]): void {
  const width = Math.max(...reports.map(({ name }) => name.length)) + 2;
  console.log(`\n${title}`);
  for (const { name, rows, refused } of reports) {
    const text = refused === undefined ? kinds(rows) : `no truth: cargo refuses it (${refused.slice(0, 90)})`;
    console.log(`  ${name.padEnd(width)}${text}`);
    for (const { kind, verdict, detail } of rows)
      if (verdict !== 'right') console.log(`    ${verdict} ${kind}: ${detail}`);
  }
  const rows = reports.flatMap((report) => report.rows);
  const all = [...new Set(rows.map(({ kind }) => kind))].sort();
  console.log(`\n  ${'fact'.padEnd(14)}${'right'.padStart(7)}${'wrong'.padStart(7)}${'unknown'.padStart(9)}`);
  for (const kind of [...all, 'all']) {
    const of = (verdict: Verdict): number =>
      rows.filter((row) => (kind === 'all' || row.kind === kind) && row.verdict === verdict).length;
    console.log(
      `  ${kind.padEnd(14)}${String(of('right')).padStart(7)}${String(of('wrong')).padStart(7)}${String(of('unknown')).padStart(9)}`,
    );
  }
}

/** e.g. `binaries 3, lockfile 1/2`: right, of all where not all are. */
function kinds(rows: readonly Row[]): string {
  return [...new Set(rows.map(({ kind }) => kind))]
    .map((kind) => {
      const all = rows.filter((row) => row.kind === kind);
      const right = all.filter(({ verdict }) => verdict === 'right').length;
      return `${kind} ${right === all.length ? right : `${right}/${all.length}`}`;
    })
    .join(', ');
}
