import { type Believed, certain, guess, likely } from '../belief.ts';
import type { Package } from '../cargo/manifest.ts';
import type { BuildEnvFact } from '../facts.ts';
import { closeOf, lineAt, literalsIn, type RustSource, readSource, splitList } from '../rust/source.ts';
import { stringAt } from '../toml.ts';
import type { Workspace } from '../workspace.ts';
import { pathFrom } from './paths.ts';

/** A file that something reads while compiling. */
export interface AskedFile extends Believed {
  readonly path: string;
  readonly by: string;
}

/** Calls that look at a file; the path is their first argument. */
const READS =
  /\b(?:Path\s*::\s*new|PathBuf\s*::\s*from|fs\s*::\s*(?:read|read_to_string|metadata|copy)|File\s*::\s*open|compile_protos|include_str\s*!|include_bytes\s*!)\s*\(/g;
const WATCHES = /cargo::?rerun-if-changed=([^"\n]{1,500})/;
const ENVIRONMENT = /\benv\s*::\s*var(?:_os)?\s*\(/g;
/** What cargo itself tells a build script. */
const OF_CARGO =
  /^(?:CARGO(?:_.*)?|OUT_DIR|TARGET|HOST|PROFILE|RUSTC(?:_.*)?|RUSTDOC|NUM_JOBS|OPT_LEVEL|DEBUG|DEP_.*|PATH|HOME|DOCS_RS)$/;
const MAX_CALLS = 300;

interface Script {
  readonly source: RustSource;
  readonly folder: string;
  readonly constants: ReadonlyMap<string, string>;
}

function scriptsOf(workspace: Workspace, packages: readonly Package[]): Script[] {
  return packages.flatMap(({ folder, toml }): Script[] => {
    const stated = stringAt(toml.table, 'package', 'build') ?? 'build.rs';
    const file = pathFrom(folder, stated);
    if (file === undefined || !workspace.has(file)) return [];
    const source = readSource(file, workspace.text(file));
    return [{ source, folder, constants: constantsIn(source) }];
  });
}

/** `const NAME: &str = "…";` */
function constantsIn(source: RustSource): ReadonlyMap<string, string> {
  return new Map(
    [...source.code.matchAll(/\b(?:const|static)\s+(\w+)\s*:\s*&[^=;]{0,80}=\s*(?=r?#*")/g)].flatMap((match) => {
      const start = match.index + match[0].length;
      const text = literalsIn(source, start, start + 1)[0]?.value;
      return text === undefined ? [] : [[match[1] ?? '', text] as const];
    }),
  );
}

/** Files that build scripts look for, and those that they only watch. */
export function askedByScripts(workspace: Workspace, packages: readonly Package[]): AskedFile[] {
  return scriptsOf(workspace, packages).flatMap((script) => {
    const read = readsOf(script);
    const known = new Set(read.map(({ path }) => path));
    return [...read, ...watchedBy(workspace, script).filter(({ path }) => !known.has(path))];
  });
}

function readsOf({ source, folder, constants }: Script): AskedFile[] {
  return [...source.code.matchAll(READS)].slice(0, MAX_CALLS).flatMap((match): AskedFile[] => {
    const [first] = splitList(source, match.index + match[0].length - 1);
    const stated = first && textOf(source, first, constants);
    if (stated === undefined) return [];
    const beside = /^include/.test(match[0]) ? folderOf(source.path) : folder;
    const path = fileIn(beside, stated);
    return path === undefined ? [] : [{ path, by: 'build.rs', ...placed(source, match.index, likely) }];
  });
}

/** What is only watched may as well not be there; what is there is worth a word. */
function watchedBy(workspace: Workspace, { source, folder, constants }: Script): AskedFile[] {
  return source.literals.flatMap(({ value, start }): AskedFile[] => {
    const stated = WATCHES.exec(value)?.[1];
    const named = stated?.replace(/\{(\w+)\}/g, (_, name: string) => constants.get(name) ?? '\0');
    const path = named === undefined ? undefined : fileIn(folder, named);
    if (path === undefined || !workspace.has(path)) return [];
    return [{ path, by: 'build.rs', ...placed(source, start, guess) }];
  });
}

/** A file that is no Rust; a folder, or what has no ending, may be one that is only looked into. */
function fileIn(folder: string, stated: string): string | undefined {
  const path = pathFrom(folder, stated);
  if (path === undefined || !/\/?[^/.][^/]*\.[A-Za-z][A-Za-z0-9]{0,11}$/.test(path)) return undefined;
  return /\.rs$|(?:^|\/)(?:Cargo\.(?:toml|lock)|\.git\/.*)$|[\s{}*?]/.test(path) ? undefined : path;
}

/** A text, a constant, or the folder of the package joined with one of these. */
function textOf(
  source: RustSource,
  [start, end]: readonly [number, number],
  constants: ReadonlyMap<string, string>,
): string | undefined {
  const code = source.code.slice(start, end).trim();
  const literal = literalsIn(source, start, end)[0]?.value;
  if (/^&?\s*r?#*"/.test(code)) return literal;
  if (/^(?:std\s*::\s*)?concat\s*!/.test(code) && /CARGO_MANIFEST_DIR/.test(literal ?? ''))
    return literalsIn(source, start, end)[1]?.value.replace(/^\/+/, '');
  const name = /^&?\s*(\w+)(?:\s*\.\s*(?:as_str|to_string|clone)\s*\(\s*\))?$/.exec(code)?.[1];
  return name === undefined ? undefined : constants.get(name);
}

/** Variables that build scripts ask for. */
export function scriptEnv(workspace: Workspace, packages: readonly Package[]): BuildEnvFact[] {
  return scriptsOf(workspace, packages).flatMap(({ source, constants }) =>
    [...source.code.matchAll(ENVIRONMENT)].slice(0, MAX_CALLS).flatMap((match): BuildEnvFact[] => {
      const open = match.index + match[0].length - 1;
      const [first] = splitList(source, open);
      const name = first && textOf(source, first, constants);
      if (name === undefined || !/^\w{1,120}$/.test(name) || OF_CARGO.test(name)) return [];
      const close = closeOf(source, open);
      const required = /^\s*(?:\?|\.\s*(?:unwrap|expect)\s*\()/.test(source.code.slice(close + 1, close + 60));
      return [{ name, required, ...placed(source, match.index, certain) }];
    }),
  );
}

function placed(source: RustSource, offset: number, believed: (evidence: Believed['evidence']) => Believed): Believed {
  return believed({ file: source.path, line: lineAt(source, offset) });
}

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}
