import { DEBIAN_IMAGE, RUST_VERSION, rustImage } from '../../catalog/images.ts';
import { packagesFor } from '../../catalog/native-libraries.ts';
import { CARGO_CHEF_VERSION } from '../../catalog/tools.ts';
import type { RepoFacts } from '../../detect/facts.ts';
import type { Origin } from '../../flow/types.ts';
import { detected, fallback } from '../origin.ts';
import type { Stack } from '../schema.ts';
import { designCheckedAgainst, designNeeds, designNix } from './strategy.ts';

function numbers(version: string): readonly number[] {
  return version.split('.').map(Number);
}

function newer(a: string, b: string): boolean {
  const [left, right] = [numbers(a), numbers(b)];
  const place = [0, 1, 2].find((index) => (left[index] ?? 0) !== (right[index] ?? 0));
  return place !== undefined && (left[place] ?? 0) > (right[place] ?? 0);
}

function exact(version: string): string {
  return version.split('.').length === 2 ? `${version}.0` : version;
}

/** rust-toolchain, else the larger of rust-version and our pinned stable. */
export function chooseRust(facts: RepoFacts): { readonly version: string; readonly origin: Origin } {
  const { channel, rustVersion, evidence } = facts.toolchain;
  if (channel && /^\d+\.\d+(\.\d+)?$/.test(channel)) return { version: exact(channel), origin: detected(evidence) };
  if (rustVersion && newer(rustVersion, RUST_VERSION))
    return { version: exact(rustVersion), origin: detected(evidence) };
  const asked = rustVersion ? `stable; the repository asks for ${rustVersion} or newer` : 'stable';
  return { version: RUST_VERSION, origin: fallback(asked) };
}

/** Config files that are read at run time: without what the compiler reads, nothing could be built. */
function configFiles(facts: RepoFacts, wanted: boolean): string[] {
  const compiled = facts.compileInputs.filter(({ confidence }) => confidence !== 'guess').map(({ path }) => path);
  return facts.config.files
    .filter((file) => file.private === wanted && !compiled.includes(file.path))
    .map(({ path }) => path);
}

/** How the images of these binaries are built. */
export function designBuild(facts: RepoFacts, wanted: readonly string[]): Stack['build'] {
  const system = facts.nativeLibraries.map((crate) => packagesFor(crate.name));
  const sorted = (names: readonly string[]) => [...new Set(names)].sort();
  const binaries = facts.binaries
    .filter(({ bin }) => wanted.includes(bin) || facts.helpers.some(({ binary }) => binary === bin))
    .map((binary) => ({ package: binary.package, bin: binary.bin }));
  const nix = designNix(facts, binaries);
  const needs = designNeeds(facts);
  const checkedAgainst = designCheckedAgainst(facts);
  return {
    strategy: nix ? 'nix' : 'cargo-chef',
    rustImage: rustImage(chooseRust(facts).version),
    runtimeImage: DEBIAN_IMAGE,
    cargoChef: CARGO_CHEF_VERSION,
    locked: facts.lockfile === 'tracked',
    binaries,
    buildPackages: sorted(system.flatMap(({ build }) => build)),
    runtimePackages: sorted(system.flatMap(({ runtime }) => runtime)),
    assets: configFiles(facts, false).filter((path) => !path.includes('example')),
    exclude: configFiles(facts, true),
    ...(nix ? { nix } : {}),
    ...(needs ? { needs } : {}),
    ...(checkedAgainst === undefined ? {} : { checkedAgainst }),
  };
}
