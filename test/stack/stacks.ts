import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { detect } from '../../src/detect/detect.ts';
import type { RepoFacts } from '../../src/detect/facts.ts';
import type { HostFacts } from '../../src/host/facts.ts';
import { design } from '../../src/stack/design/design.ts';
import { type Overlay, overlay } from '../../src/stack/overlay.ts';
import { parseStack, toStack } from '../../src/stack/parse.ts';
import type { Stack } from '../../src/stack/schema.ts';

export const CASES = new URL('../fixtures/stacks/', import.meta.url).pathname;
export const SUFFIX = '5a3b1e';
export const WRITTEN_BY = '0.0.0-test';

/** A machine that is the same everywhere. */
export const HOST: HostFacts = {
  cpus: 8,
  memoryBytes: 16 * 1024 ** 3,
  keychain: { available: false, why: 'no keychain answers here' },
  holders: [],
};

/** What a case says beside its answers. */
interface Case {
  readonly about: string;
  /** A folder of this repository; absent: the whole trading-setup.yaml is given. */
  readonly repository?: string;
  readonly holders?: HostFacts['holders'];
  /** Laid over what is detected. */
  readonly facts?: Partial<RepoFacts>;
}

export function caseNames(): readonly string[] {
  return readdirSync(CASES).sort();
}

function readCase(name: string, file: string): string | undefined {
  try {
    return readFileSync(join(CASES, name, file), 'utf8');
  } catch {
    return undefined;
  }
}

/** Facts of a folder of this repository, as if it stood alone. */
export async function factsOf(folder: string): Promise<RepoFacts> {
  const place = await mkdtemp(join(tmpdir(), 'stack-'));
  try {
    const copy = join(place, basename(folder));
    await cp(new URL(`../../${folder}`, import.meta.url).pathname, copy, { recursive: true });
    await rename(join(copy, '_gitignore'), join(copy, '.gitignore')).catch(() => undefined);
    return await detect(copy);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** The stack that is designed from facts and decisions, validated. */
export function designed(facts: RepoFacts, decided: Overlay = {}, host: HostFacts = HOST): Stack {
  const input = { facts, host, decided, suffix: SUFFIX, writtenBy: WRITTEN_BY, interactive: false };
  return toStack(design(input).stack, 'the case');
}

/** The stack of a fixture folder. */
export async function stackOfCase(name: string): Promise<Stack> {
  const { repository, facts = {}, holders = [] } = JSON.parse(readCase(name, 'case.json') ?? '{}') as Case; // our own file
  const whole = readCase(name, 'trading-setup.yaml');
  if (repository === undefined) return parseStack(whole ?? '');
  // answers.yaml is a map; the schema judges what is in it
  const decided = parse(readCase(name, 'answers.yaml') ?? '{}') as Overlay;
  return designed({ ...(await factsOf(repository)), ...facts }, decided, { ...HOST, holders });
}

/** A small stack for tests of one thing, with whatever of it is different. */
export function smallStack(over: Overlay = {}): Stack {
  return toStack(overlay(parse(SMALL), over), 'the test');
}

const SMALL = `
version: 2
writtenBy: ${WRITTEN_BY}
id: toy-${SUFFIX}
name: toy
mode: paper
build:
  strategy: cargo-chef
  rustImage: rust:1.95.0-trixie
  runtimeImage: debian:13.1-slim
  cargoChef: 0.1.78
  locked: true
  binaries: [{ package: toy, bin: toy }]
  buildPackages: []
  runtimePackages: []
  assets: []
services:
  app:
    binary: toy
    args: [run]
    environment: { RUST_LOG: info }
    secrets: { TOY_TOKEN: "\${TOY_TOKEN}" }
    health: { kind: http, port: 8080, path: /health }
    data: /data
    database: false
    stopGrace: 30s
tui: { access: none }
database: { kind: none }
ports: { bind: 127.0.0.1, api: { service: app, container: 8080, host: 8080, via: direct }, tui: null }
secrets:
  store: vault
  unlock: key-file
  gateUser: operator
  entries:
    TOY_TOKEN: { kind: entered, required: true, format: any, about: a token }
`;
