import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { render } from '../artifacts/render.ts';
import { checkRivals } from '../artifacts/rivals.ts';
import { type OnConflict, readDisk, writeArtifacts } from '../artifacts/write.ts';
import { detect } from '../detect/detect.ts';
import { SetupError } from '../errors.ts';
import type { HostFacts } from '../host/facts.ts';
import type { SecretStore } from '../secrets/store.ts';
import { design } from '../stack/design/design.ts';
import { inspect } from '../stack/inspect.ts';
import { TUI_PORT } from '../stack/names.ts';
import type { Overlay } from '../stack/overlay.ts';
import { overlay } from '../stack/overlay.ts';
import { toStack } from '../stack/parse.ts';
import type { Stack } from '../stack/schema.ts';
import { layered, parseSets, refuseSecrets } from './answers.ts';
import { readStack } from './repository.ts';
import { createSetup, type Setup } from './setup.ts';
import type { FileChange } from './types.ts';

/** What a setup needs from outside. */
export interface SetupPorts {
  readonly observeHost: (wantedPorts: Promise<readonly number[]>) => Promise<HostFacts>;
  /** Names of secrets that have a value; must not ask for a passphrase. */
  readonly namesKept: (stack: Stack) => Promise<readonly string[]>;
  readonly version: string;
}

export interface SetupFlags {
  readonly dir: string;
  /** A file with a part of trading-setup.yaml. */
  readonly answers?: string;
  readonly sets: readonly string[];
  readonly interactive: boolean;
}

async function readAnswers(path: string): Promise<Overlay> {
  const wrong = (why: string) =>
    new SetupError('usage', `${path}: ${why}.`, {
      code: 'bad-answers',
      next: ['Name a YAML file with a part of trading-setup.yaml: --answers FILE'],
    });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw wrong('cannot be read');
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw wrong(error instanceof Error ? (error.message.split('\n')[0] ?? 'not YAML') : 'not YAML');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('not a map of decisions');
  return value as Overlay; // a YAML map; the schema judges its content
}

/** Every artefact that this stack or the one before it has: the files whose content the review compares. */
async function diskOf(dir: string, stacks: readonly Stack[]) {
  const artifacts = stacks.flatMap((stack) => render(stack));
  return readDisk(dir, [...new Map(artifacts.map((artifact) => [artifact.path, artifact])).values()]);
}

/** A stack with everything that a stack can have, so that no file is missed when an answer adds one. */
function widest(stack: Stack): Stack {
  const { services } = stack;
  const [service = 'app'] = Object.keys(services);
  const api = stack.ports.api ?? { service, container: 8080, host: 8080, via: 'gate' as const };
  return { ...stack, ports: { ...stack.ports, api: { ...api, via: 'gate' } } };
}

/** Reads everything there is to know and resolves the answers; writes nothing. */
export async function prepareSetup(flags: SetupFlags, ports: SetupPorts): Promise<Setup> {
  const answers = flags.answers === undefined ? {} : await readAnswers(flags.answers);
  refuseSecrets(answers, flags.answers ?? '');
  const sets = parseSets(flags.sets);
  refuseSecrets(sets, '--set');
  const detected = detect(flags.dir);
  const wanted = detected.then((facts) => [...facts.ports.map(({ port }) => port), TUI_PORT]);
  // The engine takes as long to answer as the repository to read.
  const [saved, facts, host] = await Promise.all([readStack(flags.dir), detected, ports.observeHost(wanted)]);
  const input = {
    facts,
    host,
    answers,
    flags: sets,
    suffix: randomBytes(3).toString('hex'),
    writtenBy: ports.version,
    interactive: flags.interactive,
    ...(saved ? { saved } : {}),
  };
  const decided = layered(answers, sets);
  const first = toStack(saved ? overlay(saved, decided) : design({ ...input, decided }).stack, 'answers');
  const kept = new Set(saved ? await ports.namesKept(first) : []);
  return createSetup({ ...input, kept, disk: await diskOf(flags.dir, [first, widest(first)]) });
}

/** @throws SetupError for a stack that contradicts itself. */
export function refuseErrors(stack: Stack): void {
  const error = inspect(stack).find(({ level }) => level === 'error');
  if (!error) return;
  throw new SetupError('usage', `${error.path}: ${error.message}.`, {
    code: 'contradiction',
    next: [`Set it otherwise: --set ${error.path}=VALUE`],
  });
}

/** Writes the files of a setup and stores what was entered, in this order: a stored secret without a stack is litter. */
export async function finishSetup(
  dir: string,
  setup: Setup,
  openStore: (stack: Stack) => Promise<SecretStore>,
  onConflict?: OnConflict,
): Promise<readonly FileChange[]> {
  const stack = setup.stack();
  refuseErrors(stack);
  await checkRivals(dir);
  const changes = await writeArtifacts(dir, render(stack), onConflict);
  const entered = setup.entered();
  if (entered.size > 0) await (await openStore(stack)).setAll(entered);
  return changes;
}
