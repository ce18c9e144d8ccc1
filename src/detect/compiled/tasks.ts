import { certain, guess, likely } from '../belief.ts';
import { resolveFolder } from '../cargo/manifest.ts';
import type { TaskFact } from '../facts.ts';
import { type Flake, type FlakeOutput, madeBy, textsIn } from '../nix/flake.ts';
import { readToml, stringAt } from '../toml.ts';
import type { Workspace } from '../workspace.ts';

/** Words of a script that makes files which a compiler reads. */
const MAKES =
  /\bforge\s+(?:build|b|compile|bind|soldeer)\b|\b(?:npm|pnpm|yarn|bun)\s+(?:ci|install|i|build|run\s+[\w:-]*(?:build|compile|generate|codegen|bundle)[\w:-]*)\b|\bhardhat\s+compile\b|\bsolc\s|\bwasm-pack\s+build\b|\bprotoc\s|\babigen\s/;
/** Names of such tasks. */
const NAMED = /art[ei]facts?|(?:^|[-_])abis?(?:$|[-_])|codegen|prep(?:are)?(?=[A-Z_-])/i;
/** Functions that make a script; what is built with cargo is no task, whatever its phases run. */
const SCRIPT = /^(?:write\w*|mkTask|mkApp|mkShellScript|shellApplication|runCommand\w*|mkScript)$/i;
const BUILD_SCRIPT = /^(?:[\w-]+:)?(?:build|compile|generate|codegen|bundle|prepare)(?::[\w-]+)?$/;
const MAX_TASKS = 50;

/** What makes files that the compiler reads: apps and packages of the flake, npm scripts, and foundry. */
export function detectTasks(workspace: Workspace, flake: Flake | undefined): readonly TaskFact[] {
  const foundry = foundryFolders(workspace);
  const makesOf = (folder: string): string[] => [inFolder(folder, foundry.get(folder)?.out ?? 'out')];
  return [
    ...(flake === undefined ? [] : nixTasks(workspace, flake, makesOf)),
    ...npmTasks(workspace),
    ...[...foundry].map(([folder, { file }]): TaskFact => {
      const command = folder === '.' ? 'forge build' : `forge build --root ${folder}`;
      return { kind: 'forge', name: 'build', command, folder, makes: makesOf(folder), ...certain({ file, line: 1 }) };
    }),
  ].slice(0, MAX_TASKS);
}

function nixTasks(workspace: Workspace, flake: Flake, makesOf: (folder: string) => string[]): TaskFact[] {
  const tasks = flake.outputs
    .filter(({ fact }) => fact.kind !== 'shell')
    .flatMap(({ fact, made }): TaskFact[] => {
      const { name, kind, evidence } = fact;
      if (kind !== 'app' && !SCRIPT.test(madeBy(made, flake.follower))) return [];
      const script = scriptOf(workspace, flake, made);
      const isSure = MAKES.test(script);
      if (!isSure && !NAMED.test(name)) return [];
      const folders = foldersIn(script);
      const built = /\bforge\s+(?:build|b|compile)\b/.test(script)
        ? folders.flatMap(makesOf)
        : outputsIn(script, folders);
      const makes = [...new Set(built)];
      const command = name === 'default' ? 'nix run' : `nix run .#${name}`;
      const folder = folders.length === 1 ? (folders[0] ?? '.') : '.';
      return [
        { kind: 'nix', name, command, folder, makes, ...(isSure || makes.length > 0 ? likely : guess)(evidence) },
      ];
    });
  // An app and a package of the same name are the same task.
  return tasks.filter(({ name }, at) => tasks.findIndex((each) => each.name === name) === at);
}

const MAX_SCRIPT = 64 * 1024;

/** What a task runs: texts of the flake, and scripts of the repository that it names. */
function scriptOf(workspace: Workspace, flake: Flake, made: FlakeOutput['made']): string {
  const { texts, files } = textsIn(made, flake.follower);
  const folder = folderOf(flake.fact.file);
  const named = [...new Set(files)]
    .map((file) => inFolder(folder, file))
    .filter((file) => /\.(?:sh|bash|nu|py)$/.test(file));
  return [...texts, ...named.slice(0, 10).map((file) => workspace.text(file).slice(0, MAX_SCRIPT))].join('\n');
}

/** What a script writes to: what its tools are known for, and folders with the names of such. */
function outputsIn(script: string, folders: readonly string[]): string[] {
  const named = [
    ...script.matchAll(/(?:^|[\s"'=])(?:\.\/)?((?:[\w@.-]+\/)+(?:out|artifacts|abis?|dist))(?=[/\s"'$;]|$)/gm),
  ];
  const known = outputsOf(script).map((out) => inFolder(folders[0] ?? '.', out));
  return [...known, ...named.map((match) => inFolder('.', match[1] ?? ''))].filter((path) => !path.startsWith('..'));
}

/** Folders that a script goes into before it builds; the top where it says nothing. */
function foldersIn(script: string): string[] {
  const named = [
    ...script.matchAll(/(?:^|[\s;&|("'])(?:cd|pushd)\s+(?:--\s+)?["']?(?:\.\/)?([\w@][\w./@+-]*)/g),
    ...script.matchAll(/\s(?:--root|--prefix|-C|--cwd|--dir)[=\s]\s*["']?(?:\.\/)?([\w@][\w./@+-]*)/g),
  ].map((match) => resolveFolder('', match[1] ?? ''));
  const inside = [...new Set(named)].filter((folder) => folder !== '' && !folder.startsWith('..'));
  return inside.length === 0 ? ['.'] : inside;
}

/** Folders that a command writes to, as far as it says so or its tool is known for it. */
function outputsOf(script: string): string[] {
  const stated = /(?:--out-?dir|--outdir|--out|-o|--dist-dir)[=\s]\s*["']?(?:\.\/)?([\w@][\w./@+-]*)/.exec(script)?.[1];
  if (stated !== undefined) return [stated];
  if (/\bforge\s+(?:build|b|compile)\b/.test(script)) return ['out'];
  if (/\bhardhat\s+compile\b/.test(script)) return ['artifacts'];
  if (/\bvite\s+build\b|\bwebpack\b|\bparcel\s+build\b|\bastro\s+build\b/.test(script)) return ['dist'];
  if (/\breact-scripts\s+build\b|\bsvelte-kit\b/.test(script)) return ['build'];
  return /\bwasm-pack\s+build\b/.test(script) ? ['pkg'] : [];
}

/** Scripts of package.json that build; those of somebody else's libraries are left out. */
function npmTasks(workspace: Workspace): TaskFact[] {
  const files = workspace.files.filter((file) => /(?:^|\/)package\.json$/.test(file) && !isOfOthers(workspace, file));
  return files.slice(0, MAX_TASKS).flatMap((file) => {
    const text = workspace.text(file);
    const folder = folderOf(file);
    return scriptsOf(text).flatMap(([name, script]): TaskFact[] => {
      if (!BUILD_SCRIPT.test(name)) return [];
      const command = folder === '.' ? `npm run ${name}` : `npm --prefix ${folder} run ${name}`;
      const line = text.slice(0, Math.max(0, text.indexOf(JSON.stringify(name)))).split('\n').length;
      const makes = outputsOf(script).map((out) => inFolder(folder, out));
      return [{ kind: 'npm', name, command, folder, makes, ...certain({ file, line }) }];
    });
  });
}

function scriptsOf(text: string): (readonly [name: string, script: string])[] {
  try {
    const parsed: unknown = JSON.parse(text);
    const scripts = typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : undefined;
    if (typeof scripts !== 'object' || scripts === null) return [];
    return Object.entries(scripts).flatMap(([name, script]) =>
      typeof script === 'string' ? [[name, script] as const] : [],
    );
  } catch {
    return [];
  }
}

/** Folders with a foundry.toml, and where their artefacts go; libraries of libraries are left out. */
function foundryFolders(workspace: Workspace): ReadonlyMap<string, { readonly file: string; readonly out: string }> {
  const files = workspace.files.filter((file) => /(?:^|\/)foundry\.toml$/.test(file));
  const own = files.filter(
    (file) => !files.some((other) => other !== file && file.startsWith(`${folderOf(other)}/lib/`)),
  );
  const ofOthers = (file: string) =>
    /(?:^|\/)lib\/.*\/lib\//.test(file) || (files.includes('foundry.toml') && file.startsWith('lib/'));
  return new Map(
    own
      .filter((file) => !ofOthers(file))
      .map((file) => {
        const out = stringAt(readToml(workspace.text(file)).table, 'profile', 'default', 'out') ?? 'out';
        return [folderOf(file), { file, out }];
      }),
  );
}

function isOfOthers(workspace: Workspace, file: string): boolean {
  return (
    /(?:^|\/)(?:lib|vendor|third_party)\//.test(file) ||
    workspace.git.submodules().some(({ path }) => file.startsWith(`${path}/`))
  );
}

function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '.' : file.slice(0, slash);
}

function inFolder(folder: string, path: string): string {
  return resolveFolder(folder === '.' ? '' : folder, path) || '.';
}
