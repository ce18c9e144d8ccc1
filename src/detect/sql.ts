import { type Believed, certain, likely } from './belief.ts';
import { type Package, resolveFolder } from './cargo/manifest.ts';
import type { Code } from './code.ts';
import type { Alternative, DatabaseFact, Evidence, MigrationFact, SqlxFact, WarningFact } from './facts.ts';
import { migratorsIn, migratorsOfTests } from './migrators.ts';
import { blank } from './rust/lexer.ts';
import { sourcesWith } from './rust/program.ts';
import { lineAt } from './rust/source.ts';
import type { Workspace } from './workspace.ts';

/** SQL of the repository: what sets a database up, what changes it later, and what the program brings itself. */
export interface SqlFacts {
  readonly migrations: readonly MigrationFact[];
  readonly hypertables: readonly ({ readonly name: string } & Believed)[];
  readonly warnings: readonly WarningFact[];
}

/** `V001__name.sql`, `0001_name.sql`, `20240101120000_name.sql`; a way back (`.down.sql`) is no step. */
const NUMBERED = /^[Vv]?(\d+)[_.-][^/]*(?<!\.down)\.sql$/;

/** Finds SQL files and embedded migrations; order is the order of application. */
export function detectSql(workspace: Workspace, packages: readonly Package[], code: Code): SqlFacts {
  const embedded = embeddedFolders(packages, code);
  const inEmbedded = (file: string): boolean => embedded.some(({ path }) => file.startsWith(`${path}/`));
  const files = workspace.files.filter((file) => file.endsWith('.sql') && !inEmbedded(file) && !isOfTests(file));
  const numbered = files.flatMap(numberedFile).sort(byFolderAndVersion);
  const setup = files.filter((file) => numberedFile(file).length === 0).flatMap((file) => setupScript(workspace, file));
  const server = [...setup, ...numbered];
  return {
    migrations: [...server, ...embedded],
    hypertables: server
      .flatMap(({ path }) => hypertables(path, workspace.text(path)))
      .filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index),
    warnings: numberingTrouble(numbered),
  };
}

function isOfTests(file: string): boolean {
  return /(?:^|\/)(?:tests?|examples|benches|fixtures)\//.test(file);
}

function embeddedFolders(packages: readonly Package[], code: Code): MigrationFact[] {
  return migratorsIn(packages, code).flatMap(({ folder, isEmbedded, evidence }): MigrationFact[] =>
    isEmbedded ? [{ kind: 'embedded', path: folder, ...certain(evidence) }] : [],
  );
}

/** diesel has a folder for each: `2024-01-01-000000_bots/up.sql`. */
const UP = /(?:^|\/)(\d[\d-]*)[_-][^/]*\/up\.sql$/;

function numberedFile(path: string): (MigrationFact & { readonly version: number })[] {
  const version = NUMBERED.exec(path.slice(path.lastIndexOf('/') + 1))?.[1] ?? UP.exec(path)?.[1]?.replaceAll('-', '');
  return version === undefined
    ? []
    : [{ kind: 'numbered', path, version: Number(version), ...certain({ file: path, line: 1 }) }];
}

function byFolderAndVersion(a: MigrationFact & { version: number }, b: MigrationFact & { version: number }): number {
  const [left, right] = [folderOf(a.path), folderOf(b.path)];
  if (left !== right) return left < right ? -1 : 1;
  return a.version - b.version || (a.path < b.path ? -1 : 1);
}

/** A script that creates something; queries kept in files are none. */
function setupScript(workspace: Workspace, path: string): MigrationFact[] {
  const sql = withoutComments(workspace.text(path));
  const at = sql.search(/\bCREATE\s+(?:TABLE|EXTENSION|SCHEMA|UNLOGGED\s+TABLE)\b/i);
  if (at < 0 || /(?:\.down|(?:^|\/)down)\.sql$/.test(path)) return [];
  return [{ kind: 'setup', path, ...likely({ file: path, line: sql.slice(0, at).split('\n').length }) }];
}

function hypertables(file: string, text: string): ({ readonly name: string } & Believed)[] {
  const sql = withoutComments(text);
  const called = sql.matchAll(/\bcreate_hypertable\s*\(\s*(?:relation\s*=>\s*)?'([^']+)'/gi);
  const declared = sql.matchAll(
    /\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([\w.]+)\s*\([^;]{0,20000}?\)\s*WITH\s*\(\s*(?:tsdb|timescaledb)\.hypertable\b/gi,
  );
  return [...called, ...declared].map((match) => ({
    name: match[1] ?? '',
    ...certain({ file, line: sql.slice(0, match.index).split('\n').length }),
  }));
}

const CHECKED = /\bquery(?:_as|_scalar|_file|_file_as|_file_scalar)?(?:_unchecked)?\s*!\s*[({[]/g;
const UNCHECKED = /\bquery(?:_as|_scalar|_with|_as_with)?\s*(?:::\s*<[^;{}()]{0,200}>\s*)?\(/g;

/** How sqlx is used: what is checked against a database while compiling needs one, or `.sqlx`. */
export function detectSqlx(workspace: Workspace, packages: readonly Package[], code: Code): SqlxFact | undefined {
  const { program } = code;
  const using = packages.flatMap(({ folder, dependencies }) =>
    dependencies.filter(({ name }) => name === 'sqlx').map(({ features }) => ({ folder, features })),
  );
  const [first] = using;
  if (first === undefined) return undefined;
  const sources = sourcesWith(program, ['sqlx']);
  const count = (pattern: RegExp): number =>
    sources.reduce((sum, { code }) => sum + [...code.matchAll(pattern)].length, 0);
  const checked = sources.find(({ code }) => code.search(CHECKED) >= 0);
  const folders = ['.sqlx', ...using.map(({ folder }) => (folder === '' ? '.sqlx' : `${folder}/.sqlx`))];
  const run = migratorsIn(packages, code);
  const tested = run.length > 0 ? [] : migratorsOfTests(workspace, packages);
  const [migrator] = [...run, ...tested];
  const folder = migrator?.folder ?? usualFolder(workspace, packages, using);
  const manifest = { file: first.folder === '' ? 'Cargo.toml' : `${first.folder}/Cargo.toml`, line: 1 };
  return {
    features: [...new Set(using.flatMap(({ features }) => features))].sort(),
    checked: count(CHECKED),
    unchecked: count(UNCHECKED),
    migrates: run.length > 0 ? 'run' : tested.length > 0 ? 'tests' : 'never',
    ...(folder !== undefined && { folder }),
    offline: folders.some((folder) => workspace.realFolder(folder) !== undefined) || workspace.has('sqlx-data.json'),
    ...certain(
      checked ? { file: checked.path, line: lineAt(checked, checked.code.search(CHECKED)) } : manifest,
      notRun(tested),
    ),
  };
}

function notRun(tested: readonly { readonly evidence: Evidence }[]): Alternative[] {
  const [first] = tested;
  return first === undefined
    ? []
    : [{ value: 'migrates when it runs', why: 'only tests apply the migrations', evidence: first.evidence }];
}

/** `migrations/` of a package with sqlx, or at the top, where sqlx's own files are in it. */
function usualFolder(
  workspace: Workspace,
  packages: readonly Package[],
  using: readonly { readonly folder: string }[],
): string | undefined {
  const folders = ['migrations', ...using.map(({ folder }) => resolveFolder(folder, 'migrations'))];
  const isDiesel = packages.some(({ dependencies }) => dependencies.some(({ name }) => name === 'diesel'));
  return isDiesel
    ? undefined
    : folders.find((folder) =>
        workspace.files.some(
          (file) => file.startsWith(`${folder}/`) && /^\d+_[^/]*\.sql$/.test(file.slice(folder.length + 1)),
        ),
      );
}

/** An SQLite database that nobody gives its tables: it works on the machine of whoever ran `sqlx migrate run` there. */
export function schemaTrouble(
  code: Code,
  sqlx: SqlxFact | undefined,
  databases: readonly Pick<DatabaseFact, 'kind'>[],
): WarningFact[] {
  if (sqlx?.folder === undefined || sqlx.migrates === 'run' || !databases.some(({ kind }) => kind === 'sqlite'))
    return [];
  const makesTables = sourcesWith(code.program, ['sqlx', 'rusqlite']).some(({ literals }) =>
    literals.some(({ value }) => /\bCREATE\s+TABLE\b/i.test(value)),
  );
  if (makesTables) return [];
  const who =
    sqlx.migrates === 'tests' ? `only its tests apply ${sqlx.folder}` : `nothing in the code applies ${sqlx.folder}`;
  return [
    {
      code: 'database-without-schema',
      message: `${who}: on an empty SQLite database the program finds no tables. Have them applied before it starts: services.NAME.migrations in trading-setup.yaml`,
      evidence: sqlx.over[0]?.evidence ?? sqlx.evidence,
    },
  ];
}

/** `query!` without `.sqlx` compiles only beside a database, and an image is built without one. */
export function sqlxTrouble(sqlx: SqlxFact | undefined): WarningFact[] {
  if (sqlx === undefined || sqlx.checked === 0 || sqlx.offline) return [];
  return [
    {
      code: 'sqlx-offline',
      message: `sqlx::query! needs a database while compiling, and there is no .sqlx folder: an image cannot be built. Run cargo sqlx prepare --workspace and commit .sqlx`,
      evidence: sqlx.evidence,
    },
  ];
}

/** Comments blanked, lines kept. */
function withoutComments(sql: string): string {
  return sql.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, blank).slice(0, MAX_SQL);
}

/** What is longer is a dump, not a script. */
const MAX_SQL = 512 * 1024;

/** Above this a version is a date, and gaps mean nothing. */
const LARGEST_SERIAL = 9999;

function numberingTrouble(numbered: readonly (MigrationFact & { version: number })[]): WarningFact[] {
  return numbered.flatMap((item, index) => {
    const before = numbered[index - 1];
    if (before === undefined || folderOf(before.path) !== folderOf(item.path)) return [];
    if (before.version === item.version)
      return [
        {
          code: 'migration-duplicate',
          message: `two migrations have the number ${item.version}: ${before.path} and ${item.path}`,
          evidence: item.evidence,
        },
      ];
    const missing = item.version - before.version - 1;
    if (missing < 1 || item.version > LARGEST_SERIAL) return [];
    const named =
      missing === 1
        ? `number ${before.version + 1} is missing`
        : `numbers ${before.version + 1} to ${item.version - 1} are missing`;
    return [
      { code: 'migration-gap', message: `${named} between ${before.path} and ${item.path}`, evidence: item.evidence },
    ];
  });
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
