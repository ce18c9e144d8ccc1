import { certain, likely } from '../belief.ts';
import type { NixFact, NixOutputFact, WarningFact } from '../facts.ts';
import type { Workspace } from '../workspace.ts';
import { Holdings } from './holds.ts';
import { inputsOf } from './inputs.ts';
import { type Nix, parseNix } from './parse.ts';
import { type Attribute, Follower, isSystem, lastName, type Placed } from './scope.ts';

/** An output with what it is made of, for those who ask more of it. */
export interface FlakeOutput {
  readonly fact: NixOutputFact;
  readonly made: Placed;
}

/** The flake of a repository as it was read. */
export interface Flake {
  readonly fact: NixFact;
  readonly outputs: readonly FlakeOutput[];
  readonly follower: Follower;
  readonly warnings: readonly WarningFact[];
}

const KINDS: readonly (readonly [attribute: string, kind: NixOutputFact['kind'], legacy: boolean])[] = [
  ['packages', 'package', false],
  ['defaultPackage', 'package', true],
  ['apps', 'app', false],
  ['defaultApp', 'app', true],
  ['devShells', 'shell', false],
  ['devShell', 'shell', true],
];

/** Most outputs of a kind that are told. */
const MAX_OUTPUTS = 100;

/** Reads `flake.nix` of a folder; undefined where there is none. Nothing is evaluated. */
export function readFlake(workspace: Workspace, folder: string): Flake | undefined {
  const start = folder === '' ? '' : `${folder}/`;
  const file = [`flake.nix`, `${start}flake.nix`].find((each) => workspace.has(each));
  if (file === undefined) return undefined;
  const text = workspace.text(file);
  const { root, broken } = parseNix(text);
  const follower = new Follower();
  const lineAt = lines(text);
  const top = follower.attributes({ value: root, scope: undefined });
  const outputs = top.findLast(({ name }) => name === 'outputs');
  const inputs = inputsOf(workspace, file, top, outputs, follower);
  const urls = new Map(inputs.map(({ name, url }) => [name, url]));
  const found = outputs === undefined ? [] : outputsOf(outputs, follower);
  const isLinux = mayBeLinux(text);
  const facts = found.map(({ kind, legacy, attribute }): FlakeOutput => {
    const { name, at } = attribute;
    const holds = new Holdings(follower, urls).of(attribute);
    const unfit = isLinux && attribute.isLinux ? unfitAs(kind, attribute, follower) : ('other-system' as const);
    const fact = { kind, name, legacy, holds, ...(unfit && { unfit }), ...certain({ file, line: lineAt(at) }) };
    return { fact, made: attribute };
  });
  const evidence = { file, line: outputs === undefined ? 1 : lineAt(outputs.at) };
  return {
    fact: {
      file,
      outputs: facts.map(({ fact }) => fact),
      inputs,
      ...(broken === undefined && outputs !== undefined ? certain : likely)(evidence),
    },
    outputs: facts,
    follower,
    warnings: [...brokenFlake(file, broken, lineAt), ...unlocked(workspace, file, inputs)],
  };
}

interface Output {
  readonly kind: NixOutputFact['kind'];
  readonly legacy: boolean;
  readonly attribute: OfSystem;
}

/** An output under a system, or under none. */
interface OfSystem extends Attribute {
  readonly isLinux: boolean;
}

function outputsOf(outputs: Attribute, follower: Follower): Output[] {
  const root = withSelf(outputs, follower);
  const direct = follower.attributes(root);
  // flake-parts has a level of its own for what is the same on every system.
  const parts = direct.filter(({ name }) => name === 'perSystem' || name === 'flake');
  const all = [...direct, ...parts.flatMap((part) => follower.attributes(part))];
  const found = KINDS.flatMap(([name, kind, legacy]) =>
    linuxFirst(
      all
        .filter((attribute) => attribute.name === name)
        .flatMap((attribute) => (legacy ? oldStyle(attribute, follower) : newStyle(attribute, follower))),
    ).map((attribute) => ({ kind, legacy, attribute })),
  );
  const seen = new Set<string>();
  return found.filter(({ kind, attribute: { name } }) => {
    const key = `${kind} ${name}`;
    if (seen.has(key) || seen.size > MAX_OUTPUTS) return false;
    seen.add(key);
    return true;
  });
}

/** `self` is the outputs themselves. */
function withSelf({ value, scope }: Placed, follower: Follower): Placed {
  const names = new Map<string, Placed>();
  const own = { names, around: scope };
  const body = value.kind === 'lambda' ? value.body : value;
  const result = { value: body, scope: own };
  names.set('self', result);
  return follower.resolved(result) ?? result;
}

/** `packages.NAME`, or `packages.SYSTEM.NAME`. */
function newStyle(attribute: Attribute, follower: Follower): OfSystem[] {
  const all = follower.attributes(attribute).flatMap((each) => {
    const isLinux = isForLinux(each.name);
    return (isSystem(each.name) ? follower.attributes(each) : [each]).map((one) => ({ ...one, isLinux }));
  });
  return all.filter(({ name }) => /^[A-Za-z_][\w.+'-]*$/.test(name));
}

/** `devShell`, or `devShell.SYSTEM`: it has no name. */
function oldStyle(attribute: Attribute, follower: Follower): OfSystem[] {
  const systems = follower.attributes(attribute).filter(({ name }) => isSystem(name));
  const all = systems.length > 0 ? systems : [attribute];
  return all.map((each) => ({ ...each, name: 'default', isLinux: isForLinux(each.name) }));
}

/** Of outputs of one name the first counts. */
function linuxFirst(all: readonly OfSystem[]): readonly OfSystem[] {
  return all.toSorted((a, b) => Number(b.isLinux) - Number(a.isLinux));
}

/** A level that names a system names Linux; any other may stand for it. */
function isForLinux(name: string): boolean {
  return !isSystem(name) || name.startsWith('${') || name.endsWith('-linux');
}

/** A flake that names macOS and neither Linux nor a list of others that has it is for macOS only. */
function mayBeLinux(text: string): boolean {
  return (
    !/-darwin\b/.test(text) ||
    /-linux\b|DefaultSystem|defaultSystems|allSystems|flakeExposed|\bimport\s+(?:inputs\.)?systems\b/.test(text)
  );
}

/** Packages that are no program which could be copied into an image. */
function unfitAs(kind: NixOutputFact['kind'], made: Placed, follower: Follower): NixOutputFact['unfit'] {
  if (kind !== 'package') return undefined;
  const by = madeBy(made, follower);
  if (/^(?:build|stream)(?:Layered)?Image/.test(by)) return 'image';
  return /^(?:write[A-Z]\w*|mkTask|mkApp)$/.test(by) ? 'script' : undefined;
}

function brokenFlake(file: string, broken: number | undefined, lineAt: (offset: number) => number): WarningFact[] {
  if (broken === undefined) return [];
  return [
    {
      code: 'flake-broken',
      message: `${file} cannot be read whole: a bracket there is not closed, or closes nothing. Run nix flake show to see what Nix says`,
      evidence: { file, line: lineAt(broken) },
    },
  ];
}

/** Files of Nix without a flake: they can be used by hand, and say nothing that is locked. */
export function flakeMissing(workspace: Workspace): WarningFact[] {
  const file = ['shell.nix', 'default.nix'].find((each) => workspace.has(each));
  if (file === undefined) return [];
  const message = `there is ${file} and no flake.nix: images are built without Nix. With a flake they can be built in the same shell: nix flake init`;
  return [{ code: 'flake-missing', message, evidence: { file, line: 1 } }];
}

function unlocked(workspace: Workspace, file: string, inputs: NixFact['inputs']): WarningFact[] {
  const loose = inputs.filter(({ locked }) => !locked).map(({ name }) => name);
  if (loose.length === 0) return [];
  const lock = file.replace(/nix$/, 'lock');
  const message = workspace.has(lock)
    ? `${lock} does not lock ${loose.slice(0, 3).join(', ')}${loose.length > 3 ? ' and others' : ''}: a build of tomorrow may be another one. Run nix flake lock and commit ${lock}`
    : `there is no ${lock}: every build may use other versions. Run nix flake lock and commit ${lock}`;
  return [{ code: 'flake-unlocked', message, evidence: { file, line: 1 } }];
}

/** The line of an offset, counted from 1. */
function lines(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index);
  return (offset) => {
    const after = ends.findIndex((end) => end >= offset);
    return (after < 0 ? ends.length : after) + 1;
  };
}

/** The texts in a piece of Nix and the files that it names, e.g. the script of a task; the file's own names are followed. */
export function textsIn(
  { value, scope }: Placed,
  follower: Follower,
): { texts: readonly string[]; files: readonly string[] } {
  const texts: string[] = [];
  const files: string[] = [];
  const seen = new Set<Nix>();
  const look = (here: Placed, depth: number): void => {
    const { value: item, scope: names } = here;
    if (depth > 24 || texts.length > MAX_TEXTS || seen.has(item)) return;
    seen.add(item);
    const next = (each: Nix) => look({ value: each, scope: names }, depth + 1);
    if (item.kind === 'text') {
      texts.push(item.value);
      // An app names its program by an antiquotation: "${script}/bin/script".
      for (const [, name = ''] of item.value.matchAll(/\$\{([\w.'-]{1,80})/g)) {
        if (/^\.{0,2}\//.test(name)) continue;
        const own = follower.named(name.split('.'), names);
        if (own) look(own, depth + 1);
      }
      for (const [, file = ''] of item.value.matchAll(/\$\{\.\/([\w./+-]{1,200})\}/g)) files.push(file);
    } else if (item.kind === 'path') files.push(item.value.replace(/^\.\//, ''));
    else if (item.kind === 'set') for (const each of follower.attributes(here)) look(each, depth + 1);
    else if (item.kind === 'list') item.items.forEach(next);
    else if (item.kind === 'lambda') next(item.body);
    else if (item.kind === 'let') look({ value: item.body, scope: follower.inside(item.bindings, names) }, depth + 1);
    else if (item.kind === 'any') item.of.forEach(next);
    else if (item.kind === 'join') item.parts.forEach(next);
    else if (item.kind === 'call') [item.run, ...item.args].forEach(next);
    else if (item.kind !== 'unknown') {
      const own = follower.resolved(here);
      if (own && own.value !== item) look(own, depth + 1);
    }
  };
  look({ value, scope }, 0);
  return { texts, files };
}

const MAX_TEXTS = 200;

/** The function that makes an output, e.g. `writeShellScriptBin`. */
export function madeBy(made: Placed, follower: Follower): string {
  const { value } = follower.resolved(made) ?? made;
  if (value.kind === 'call') return lastName(value.run);
  return value.kind === 'let' ? madeBy({ value: value.body, scope: made.scope }, follower) : '';
}
