import path from 'node:path';
import { readProject } from './cargo/members.ts';
import { nativeLibraries } from './cargo/native.ts';
import { type Code, readCode } from './code.ts';
import { detectCompileInputs, judgeInputs, missingInputs } from './compiled/inputs.ts';
import { detectTasks } from './compiled/tasks.ts';
import { detectExisting } from './existing.ts';
import type { Belief, RepoFacts, ServiceFact } from './facts.ts';
import { detectSubmodules } from './git/submodules.ts';
import { flakeMissing, readFlake } from './nix/flake.ts';
import { detectProgram } from './program-facts.ts';
import { detectSql } from './sql.ts';
import { detectToolchain } from './toolchain.ts';
import { judgeFacts, judgeRepository } from './warnings.ts';
import { type WalkLimits, Workspace } from './workspace.ts';

/** Reads everything there is to know from a repository; it writes nothing and runs nothing. */
export async function detect(root: string, options?: Partial<WalkLimits>): Promise<RepoFacts> {
  return detectIn(await Workspace.open(root, options));
}

/** The same for a workspace that is already open. */
export function detectIn(workspace: Workspace): RepoFacts {
  const project = readProject(workspace);
  const code = readCode(workspace, project);
  const { loginReason, warnings: programWarnings, ...running } = detectProgram(workspace, project.packages, code);
  const { warnings: sqlWarnings, ...sql } = detectSql(workspace, project.packages, code);
  const start = project.root?.folder ?? '';
  const lockPath = start === '' ? 'Cargo.lock' : `${start}/Cargo.lock`;
  const lock = workspace.lockFact(lockPath);
  const flake = readFlake(workspace, start);
  const tasks = detectTasks(workspace, flake);
  const submodules = detectSubmodules(workspace);
  const compileInputs = judgeInputs(workspace, detectCompileInputs(workspace, project.packages, code), tasks);
  const facts = {
    version: 1 as const,
    root: workspace.root,
    name: systemName(workspace.root, code, running.services),
    workspace: { kind: project.kind, members: project.members, ...(start !== '' && { folder: start }) },
    binaries: code.binaries,
    lockfile: lock.state,
    toolchain: detectToolchain(workspace, start, project.packages),
    nativeLibraries: nativeLibraries(workspace, lockPath, project.packages),
    ...running,
    ...sql,
    ...(flake && { nix: flake.fact }),
    submodules,
    tasks,
    compileInputs,
    existing: detectExisting(workspace),
    reasons: {
      name: unsaid('likely'),
      lockfile: lock.reason,
      workspace: project.reason,
      apiLogin: loginReason,
    },
  };
  const cutOff = workspace.truncated
    ? [{ code: 'too-many-files', message: 'the repository has more files than are looked at' }]
    : [];
  return {
    ...facts,
    warnings: [
      ...cutOff,
      ...project.warnings,
      ...sqlWarnings,
      ...programWarnings,
      ...(flake?.warnings ?? flakeMissing(workspace)),
      ...missingInputs(compileInputs, submodules),
      ...judgeFacts(facts),
      ...judgeRepository(workspace, lockPath),
    ],
  };
}

function unsaid(confidence: Belief['confidence']): Belief {
  return { confidence, over: [] };
}

/** Names of binaries that say what they are in their package, and not which system it is. */
const GENERIC = new Set(['main', 'server', 'cli', 'app', 'bot', 'daemon', 'run']);

/**
 * After the daemon's binary, else the only or first one, else the folder. Where that name would fit any system, or is
 * that of one of several programs, after its package; after the folder where the package says no more.
 */
function systemName(root: string, { binaries }: Code, services: readonly ServiceFact[]): string {
  const running = ['daemon', 'worker'].flatMap((wanted) => services.filter(({ kind }) => kind === wanted));
  const daemon = running[0]?.binary ?? binaries[0]?.bin ?? '';
  const owner = binaries.find(({ bin }) => bin === daemon);
  const isOne = new Set(running.map(({ binary }) => binary)).size < 2;
  const saysMore = (name: string) => isOne && !GENERIC.has(name);
  // A package at the top was named for the whole.
  const byPackage = owner && (owner.path.startsWith('src/') || saysMore(owner.package)) ? owner.package : '';
  const own = saysMore(daemon) ? daemon : byPackage;
  return [own, path.basename(root), daemon].map(slug).find((name) => name !== '') ?? 'trading';
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
}
