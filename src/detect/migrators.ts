import { type Package, resolveFolder } from './cargo/manifest.ts';
import { type Code, isDead } from './code.ts';
import type { Evidence } from './facts.ts';
import { type Literal, mask } from './rust/lexer.ts';
import { functionAt, type Program, sourcesWith } from './rust/program.ts';
import { lineAt, type RustSource } from './rust/source.ts';
import type { Workspace } from './workspace.ts';

/** A place where code applies migrations. */
export interface Migrator {
  /** Of the SQL files, relative to the repository. */
  readonly folder: string;
  /** They are compiled into the program; else it reads them when it runs. */
  readonly isEmbedded: boolean;
  readonly evidence: Evidence;
}

const CALL = /\b(?:migrate|embed_migrations)\s*!\s*\(|\bMigrator\s*::\s*new\s*\(/g;

/** Where programs apply migrations while they run; a migrator that only tests use is none. */
export function migratorsIn(packages: readonly Package[], code: Code): readonly Migrator[] {
  const { program } = code;
  return sourcesWith(program, ['migrate', 'embed_migrations', 'Migrator']).flatMap((source) => {
    const folder = packages.find(({ name }) => name === program.packageOf.get(source))?.folder ?? '';
    return [...source.code.matchAll(CALL)].flatMap((match): Migrator[] => {
      const within = functionAt(program, source, match.index);
      if (within === undefined ? !isUsed(code, source, match.index) : isDead(code, within)) return [];
      const stated = migratorAt(source.code, source.literals, match.index, match[0], folder);
      return stated === undefined
        ? []
        : [{ ...stated, evidence: { file: source.path, line: lineAt(source, match.index) } }];
    });
  });
}

/** `static MIGRATOR: Migrator = migrate!();` counts where code that runs names it. */
function isUsed(code: Code, source: RustSource, offset: number): boolean {
  const { program } = code;
  const before = source.code.slice(Math.max(0, offset - 300), offset);
  const name = /\b(?:static|const)\s+(\w+)\s*:[^;=]*=[^;{}]*$/.exec(before)?.[1];
  return name === undefined || code.binaries.length === 0 || isNamed(code, program, name);
}

function isNamed(code: Code, program: Program, name: string): boolean {
  return sourcesWith(program, [name]).some((each) =>
    [...each.code.matchAll(new RegExp(`\\b${name}\\b`, 'g'))].some(({ index }) => {
      const within = functionAt(program, each, index);
      return within !== undefined && !isDead(code, within);
    }),
  );
}

function migratorAt(
  code: string,
  literals: readonly Literal[],
  at: number,
  call: string,
  folder: string,
): Pick<Migrator, 'folder' | 'isEmbedded'> | undefined {
  const open = at + call.length;
  const stated = literals.find(({ start }) => start >= open && start < open + 200);
  const between = stated === undefined ? '' : code.slice(open, stated.start);
  const isEmbedded = call.includes('!');
  const isArgument = stated !== undefined && (isEmbedded ? /^\s*$/ : /^[\w\s:(&.]*$/).test(between);
  // A migrator that is told its folder by a variable says nothing of it.
  if (!isEmbedded && !isArgument) return undefined;
  return { folder: resolveFolder(isEmbedded ? folder : '', isArgument ? stated.value : 'migrations'), isEmbedded };
}

const OF_TESTS = /\b(?:migrate|embed_migrations)\s*!\s*\(|\bsqlx\s*::\s*test\b/g;
const MAX_FILES = 4000;

/** Where tests apply migrations: their code is no part of the program, so it is searched here. */
export function migratorsOfTests(workspace: Workspace, packages: readonly Package[]): readonly Migrator[] {
  const using = packages.filter(({ dependencies }) => dependencies.some(({ name }) => name === 'sqlx'));
  const folders = using.map(({ folder }) => folder).sort((a, b) => b.length - a.length);
  const isBelow = (file: string, folder: string) => folder === '' || file.startsWith(`${folder}/`);
  const files = workspace.files.filter((file) => file.endsWith('.rs')).slice(0, MAX_FILES);
  for (const file of files) {
    const folder = folders.find((each) => isBelow(file, each));
    if (folder === undefined) continue;
    const bytes = workspace.bytes(file);
    if (!bytes.includes('migrate!') && !bytes.includes('sqlx::test')) continue;
    const { code, literals } = mask(bytes);
    const [match] = code.matchAll(OF_TESTS);
    if (match === undefined) continue;
    const isMacro = match[0].includes('!');
    const path = isMacro
      ? migratorAt(code, literals, match.index, match[0], folder)?.folder
      : resolveFolder(folder, 'migrations');
    const line = code.slice(0, match.index).split('\n').length;
    if (path !== undefined) return [{ folder: path, isEmbedded: isMacro, evidence: { file, line } }];
  }
  return [];
}
