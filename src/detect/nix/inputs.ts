import type { NixFact } from '../facts.ts';
import { shownUrl } from '../git/url.ts';
import type { Workspace } from '../workspace.ts';
import type { Nix } from './parse.ts';
import type { Attribute, Follower } from './scope.ts';

type Input = NixFact['inputs'][number];

/** Arguments of `outputs` that are no inputs. */
const NO_INPUT = new Set(['self', 'inputs', 'args']);

/** The inputs of a flake, those that only the arguments of its outputs name too, and whether `flake.lock` holds each. */
export function inputsOf(
  workspace: Workspace,
  file: string,
  top: readonly Attribute[],
  outputs: Attribute | undefined,
  follower: Follower,
): readonly Input[] {
  const stated = top.filter(({ name }) => name === 'inputs').flatMap((each) => follower.attributes(each));
  const named = outputs?.value.kind === 'lambda' ? outputs.value.formals : [];
  const implied = named.filter((name) => !NO_INPUT.has(name));
  const names = [...new Set([...stated.map(({ name }) => name), ...implied])].filter((name) => /^[\w'-]+$/.test(name));
  const locked = lockedInputs(workspace.text(file.replace(/nix$/, 'lock')));
  return names.slice(0, MAX_INPUTS).map((name) => {
    const url = stated
      .filter((each) => each.name === name)
      .flatMap((each) => (each.value.kind === 'text' ? [each.value.value] : urlOf(each, follower)))[0];
    return { name, ...(url !== undefined && { url: shownUrl(url) }), locked: locked.has(name) };
  });
}

const MAX_INPUTS = 200;

function urlOf(input: Attribute, follower: Follower): string[] {
  return follower
    .attributes(input)
    .filter(({ name }) => name === 'url')
    .flatMap(({ value }: { readonly value: Nix }) => (value.kind === 'text' ? [value.value] : []));
}

/** Inputs of the root of a lock file that lead to something locked. */
function lockedInputs(text: string): ReadonlySet<string> {
  const lock = asObject(parsed(text));
  const nodes = asObject(lock.nodes);
  const root = asObject(nodes[typeof lock.root === 'string' ? lock.root : 'root']);
  const found = Object.entries(asObject(root.inputs)).filter(
    // A list follows an input of another one, which is locked there.
    ([, node]) => Array.isArray(node) || (typeof node === 'string' && 'locked' in asObject(nodes[node])),
  );
  return new Set(found.map(([name]) => name));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap ? { ...value } : {};
}
