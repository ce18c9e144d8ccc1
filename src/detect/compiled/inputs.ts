import { type Believed, certain } from '../belief.ts';
import type { Package } from '../cargo/manifest.ts';
import type { Code } from '../code.ts';
import type { CompileInputFact, TaskFact, WarningFact } from '../facts.ts';
import { sourcesWith } from '../rust/program.ts';
import { closeOf, lineAt, literalsIn, type RustSource, splitList } from '../rust/source.ts';
import type { Workspace } from '../workspace.ts';
import { type AskedFile, askedByScripts } from './build-script.ts';
import { Presences, pathFrom } from './paths.ts';

/** Macros that read a file while compiling, and whether its path is that of the package's folder or of the source file. */
const MACROS: readonly (readonly [name: string, base: 'package' | 'file', fits: RegExp])[] = [
  ['sol', 'package', /\.(?:json|abi|sol)$/i],
  ['abigen', 'package', /\.(?:json|abi|sol)$/i],
  ['include_str', 'file', /(?<!\.rs)$/],
  ['include_bytes', 'file', /(?<!\.rs)$/],
  ['include', 'file', /(?<!\.rs)$/],
  ['include_dir', 'package', /./],
  ['query_file', 'package', /\.sql$/i],
  ['query_file_as', 'package', /\.sql$/i],
  ['query_file_scalar', 'package', /\.sql$/i],
];
const CALL = new RegExp(`\\b(${MACROS.map(([name]) => name).join('|')})\\s*!\\s*[({[]`, 'g');
const ATTRIBUTE = /#\s*!?\s*\[\s*(sol\s*\(|folder\s*=)/g;
/** More than any repository of a person has. */
const MAX_INPUTS = 500;

/** Files that are read while the program is compiled, each once: by its macros and by its build scripts. */
export function detectCompileInputs(
  workspace: Workspace,
  packages: readonly Package[],
  { program }: Code,
): readonly AskedFile[] {
  const folders = new Map(packages.map(({ name, folder }) => [name, folder]));
  const read = sourcesWith(program, ['folder', ...MACROS.map(([name]) => name)]).flatMap((source) => {
    const folder = folders.get(program.packageOf.get(source) ?? '') ?? '';
    return [...byMacro(source, folder), ...byAttribute(source, folder)];
  });
  const all = [...read, ...askedByScripts(workspace, packages)];
  return all.filter(({ path }, at) => all.findIndex((each) => each.path === path) === at).slice(0, MAX_INPUTS);
}

function byMacro(source: RustSource, folder: string): AskedFile[] {
  return [...source.code.matchAll(CALL)].flatMap((match): AskedFile[] => {
    const [, base, fits] = MACROS.find(([name]) => name === match[1]) ?? [];
    const open = match.index + match[0].length - 1;
    const parts = splitList(source, open).slice(0, 8);
    const stated = parts.map(([start, end]) => statedPath(source, start, end)).findLast((each) => each !== undefined);
    if (stated === undefined || fits?.test(stated.text) !== true) return [];
    const beside = base === 'file' ? source.path.slice(0, Math.max(0, source.path.lastIndexOf('/'))) : folder;
    const path = pathFrom(stated.isAtPackage ? folder : beside, stated.text);
    return path === undefined ? [] : [{ path, by: `${match[1]}!`, ...at(source, match.index, certain) }];
  });
}

/** `#[sol(…, "x.json")]`, and `#[folder = "dist/"]` of rust-embed. */
function byAttribute(source: RustSource, folder: string): AskedFile[] {
  return [...source.code.matchAll(ATTRIBUTE)].flatMap((match): AskedFile[] => {
    const isFolder = match[1]?.startsWith('folder') === true;
    if (isFolder && !/\b(?:RustEmbed|rust_embed|Embed)\b/.test(source.code)) return [];
    const open = match.index + match[0].indexOf('[');
    const texts = literalsIn(source, open, closeOf(source, open)).map(({ value }) => value);
    const text = texts.find((each) => (isFolder ? each !== '' : /\.(?:json|abi|sol)$/i.test(each)));
    const path = text === undefined ? undefined : pathFrom(folder, text.replace(/^\$CARGO_MANIFEST_DIR\/?/, ''));
    return path === undefined
      ? []
      : [{ path, by: isFolder ? 'RustEmbed' : 'sol!', ...at(source, match.index, certain) }];
  });
}

function at(source: RustSource, offset: number, believed: (evidence: Believed['evidence']) => Believed): Believed {
  return believed({ file: source.path, line: lineAt(source, offset) });
}

interface Stated {
  readonly text: string;
  /** It begins with the folder of the package. */
  readonly isAtPackage: boolean;
}

/** A text, or a `concat!` of texts behind the folder of the package. */
function statedPath(source: RustSource, start: number, end: number): Stated | undefined {
  const code = source.code.slice(start, end);
  if (/^\s*r?#*"/.test(code)) {
    const text = literalsIn(source, start, end)[0]?.value ?? '';
    const inPackage = /^\$CARGO_MANIFEST_DIR\/?/.exec(text)?.[0];
    return { text: text.slice(inPackage?.length ?? 0), isAtPackage: inPackage !== undefined };
  }
  const concat = /^\s*(?:std\s*::\s*|core\s*::\s*)?concat\s*!\s*[({[]/.exec(code);
  if (concat === null) return undefined;
  const parts = splitList(source, start + concat[0].length - 1).map(([from, to]) => partOf(source, from, to));
  if (parts.some((part) => part === undefined)) return undefined;
  const isAtPackage = parts[0] === PACKAGE;
  const text = parts.map((part) => (part === PACKAGE ? '' : part)).join('');
  return { text: isAtPackage ? text.replace(/^\/+/, '') : text, isAtPackage };
}

/** Stands for the folder of the package; no path holds it. */
const PACKAGE = '\0';

function partOf(source: RustSource, start: number, end: number): string | undefined {
  const code = source.code.slice(start, end);
  const text = literalsIn(source, start, end)[0]?.value;
  if (/^\s*env\s*!/.test(code)) return text === 'CARGO_MANIFEST_DIR' ? PACKAGE : undefined;
  return /^\s*r?#*"/.test(code) ? text : undefined;
}

/** The files with whether they are there, and what makes them. */
export function judgeInputs(
  workspace: Workspace,
  asked: readonly AskedFile[],
  tasks: readonly TaskFact[],
): readonly CompileInputFact[] {
  if (asked.length === 0) return [];
  const presences = new Presences(workspace);
  return asked.map(({ path, by, ...believed }) => {
    const { present, tracked, submodule } = presences.of(path);
    const task = tracked ? undefined : taskFor(path, tasks)?.command;
    return {
      path,
      by,
      present,
      tracked,
      ...(submodule !== undefined && { submodule }),
      ...(task !== undefined && { task }),
      ...believed,
    };
  });
}

/** The task that fills a folder around the file, else one that works in such a folder, else the only one for artefacts. */
function taskFor(path: string, tasks: readonly TaskFact[]): TaskFact | undefined {
  const isIn = (folder: string) => folder === '.' || path === folder || path.startsWith(`${folder}/`);
  const filling = tasks.find(({ makes }) => makes.some(isIn));
  if (filling !== undefined) return filling;
  const working = tasks.filter(({ folder, makes }) => makes.length === 0 && folder !== '.' && isIn(folder));
  const [general, ...others] = tasks.filter(({ kind, makes }) => kind === 'nix' && makes.length === 0);
  return working[0] ?? (others.length === 0 ? general : undefined);
}

const MAX_NAMED = 3;

/** Files that the compiler will not find: one warning, with what makes the first. Missing submodules are told by themselves. */
export function missingInputs(
  inputs: readonly CompileInputFact[],
  submodules: readonly { readonly path: string; readonly checkedOut: boolean }[],
): WarningFact[] {
  const absent = new Set(submodules.filter(({ checkedOut }) => !checkedOut).map(({ path }) => path));
  const missing = inputs.filter(
    ({ present, tracked, submodule, confidence }) =>
      !present && confidence !== 'guess' && !(tracked && submodule !== undefined && absent.has(submodule)),
  );
  const [first] = missing;
  if (first === undefined) return [];
  const rest = missing.length - MAX_NAMED;
  const names = missing.slice(0, MAX_NAMED).map(({ path, by }) => `${path} (${by})`);
  const tasks = [...new Set(missing.flatMap(({ task }) => task ?? []))];
  const how = tasks.length === 0 ? 'Make it, or commit it' : `Run ${tasks.join(' and ')}`;
  return [
    {
      code: 'compile-input-missing',
      message: `the compiler reads ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}, which ${missing.length === 1 ? 'is' : 'are'} not there: it does not compile. ${how}`,
      evidence: first.evidence,
    },
  ];
}
