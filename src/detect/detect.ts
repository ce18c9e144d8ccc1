import path from 'node:path';
import { readProject } from './cargo/members.ts';
import { nativeLibraries } from './cargo/native.ts';
import { type Code, readCode } from './code.ts';
import { detectConfig } from './config.ts';
import { detectDatabases, withDatabases, withSecretUrls } from './databases.ts';
import { detectEndpoints } from './endpoints.ts';
import { allEnvReads, detectEnv } from './env/env.ts';
import { detectExisting } from './existing.ts';
import type { Belief, RepoFacts, SubcommandFact } from './facts.ts';
import { detectLogin, detectPorts } from './network.ts';
import { detectRoutes } from './routes.ts';
import { servicesOf, signalsOf } from './services.ts';
import { detectSql } from './sql.ts';
import { detectSubcommands } from './subcommands/subcommands.ts';
import { detectToolchain } from './toolchain.ts';
import { judgeFacts } from './warnings.ts';
import { type WalkLimits, Workspace } from './workspace.ts';

/** Reads everything there is to know from a repository; it writes nothing and runs nothing. */
export async function detect(root: string, options?: Partial<WalkLimits>): Promise<RepoFacts> {
  return detectIn(await Workspace.open(root, options));
}

/** The same for a workspace that is already open. */
export function detectIn(workspace: Workspace): RepoFacts {
  const project = readProject(workspace);
  const code = readCode(workspace, project);
  const reads = allEnvReads(code.program);
  const variables = detectEnv(code, reads);
  const config = detectConfig(workspace, code);
  const databases = detectDatabases(project.packages, variables, config.files);
  const env = withSecretUrls(variables, databases);
  const subcommands = detectSubcommands(code).map((followed) => withDatabases(followed, databases, reads));
  const { warnings: sqlWarnings, ...sql } = detectSql(workspace, project.packages, code);
  const services = servicesOf(subcommands, env);
  const facts = {
    version: 1 as const,
    root: workspace.root,
    name: systemName(workspace.root, code, subcommands),
    workspace: { kind: project.kind, members: project.members },
    binaries: code.binaries,
    lockfile: workspace.lockState('Cargo.lock'),
    toolchain: detectToolchain(workspace, project.root, project.packages),
    nativeLibraries: nativeLibraries(workspace, project.packages),
    subcommands,
    services,
    signals: signalsOf(services),
    env,
    config,
    ports: detectPorts(code, config.files, env),
    databases,
    ...sql,
    routes: detectRoutes(code),
    apiLogin: detectLogin(code),
    endpoints: detectEndpoints(code, config.files, env),
    existing: detectExisting(workspace),
    reasons: {
      name: unsaid('likely'),
      lockfile: unsaid('certain'),
      workspace: unsaid('certain'),
      apiLogin: unsaid('likely'),
    },
  };
  const cutOff = workspace.truncated
    ? [{ code: 'too-many-files', message: 'the repository has more files than are looked at' }]
    : [];
  return { ...facts, warnings: [...cutOff, ...project.warnings, ...sqlWarnings, ...judgeFacts(facts)] };
}

function unsaid(confidence: Belief['confidence']): Belief {
  return { confidence, over: [] };
}

/** After the daemon's binary, else the only or first one, else the folder. */
function systemName(root: string, { binaries }: Code, subcommands: readonly SubcommandFact[]): string {
  const daemon = subcommands.find(({ kind }) => kind === 'daemon')?.binary ?? binaries[0]?.bin;
  return [daemon, path.basename(root)].map((name) => slug(name ?? '')).find((name) => name !== '') ?? 'trading';
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
}
