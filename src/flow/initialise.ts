import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { OnDisk } from '../artifacts/propose.ts';
import { readDisk } from '../artifacts/read-disk.ts';
import { render, USUAL_PATHS } from '../artifacts/render.ts';
import { isSecretName } from '../catalog/secret-names.ts';
import type { RepoFacts } from '../detect/facts.ts';
import { SetupError } from '../errors.ts';
import type { HostFacts } from '../host/facts.ts';
import type { Wanted } from '../host/observe.ts';
import { soughtIn } from '../host/sought.ts';
import { TUI_PORT } from '../stack/names.ts';
import type { Overlay, OverlayValue } from '../stack/overlay.ts';
import { refuseUnknown, toStack } from '../stack/parse.ts';
import { readYaml } from '../stack/read-yaml.ts';
import { SCHEMA_VERSION, type Stack } from '../stack/schema.ts';
import { isOlder, refuseNewer } from '../stack/upgrade.ts';
import { parseSets, refuseSecrets, refuseWrong } from './answers.ts';
import { merged } from './layers.ts';
import { readStack } from './repository.ts';
import { createSetup, type Setup } from './setup.ts';

/** What a setup needs from outside. */
export interface SetupPorts {
  readonly readRepository: (dir: string) => Promise<RepoFacts>;
  /** What is known of the machine without asking anybody. */
  readonly hostAtHand: HostFacts;
  /**
   * Looks at the machine. Asked at once.
   * @param handedOut the setup is with whoever shows it: a look that costs may wait for that.
   */
  readonly observeHost: (wanted: Promise<Wanted>, handedOut: Promise<unknown>) => Promise<HostFacts>;
  /** Who listens on these ports of this machine, in words. */
  readonly lookAtPorts: (ports: readonly number[]) => Promise<ReadonlyMap<number, string>>;
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
  /** Flags that the command of this run needs as well; see `askedFlags`. */
  readonly asked?: readonly string[];
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
  const { value, placeOf } = readYaml(text, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('not a map of decisions');
  const answers = value as Overlay; // a YAML map; the schema judges its content
  refuseSecrets(answers, path);
  refuseNewer(answers, path);
  refuseUnknown(answers, path, (problem) => placeOf(problem.path, problem.what));
  refuseWrong(answers, path);
  // A part of a file of an older version is a part of this one, but for the version that it names.
  return isOlder(answers) ? { ...answers, version: SCHEMA_VERSION } : answers;
}

/** A part of a stack without what is named like the variable of a secret: it is refused as one, wherever it stands. */
function withoutVariables(part: Overlay): Overlay {
  return Object.fromEntries(
    Object.entries(part)
      .filter(([key]) => !(/^[A-Z][A-Z0-9_]*$/.test(key) && isSecretName(key)))
      .map(([key, inner]) => [key, isPart(inner) ? withoutVariables(inner) : inner]),
  );
}

function isPart(value: OverlayValue | undefined): value is Overlay {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Every artefact that this stack or the one before it has: the files whose content the review compares. Most of them
 * can be named before it is known what the stack is.
 */
async function diskOf(dir: string, usual: Promise<ReadonlyMap<string, OnDisk>>, stacks: readonly Stack[]) {
  const read = await usual;
  const others = stacks.flatMap((stack) => render(stack)).filter(({ path }) => !read.has(path));
  return others.length === 0 ? read : new Map([...read, ...(await readDisk(dir, others))]);
}

/** A stack with everything that a stack can have, so that no file is missed when an answer adds one. */
function widest(stack: Stack): Stack {
  const { services } = stack;
  const [service = 'app'] = Object.keys(services);
  const api = stack.ports.api ?? { service, container: 8080, host: 8080, via: 'gate' as const };
  return { ...stack, ports: { ...stack.ports, api: { ...api, via: 'gate' } } };
}

/**
 * Reads the repository and resolves the answers; writes nothing. The machine is looked at afterwards: until
 * `Setup.observed` ends the setup stands on what this process knows by itself.
 */
export async function prepareSetup(flags: SetupFlags, ports: SetupPorts): Promise<Setup> {
  const answers = flags.answers === undefined ? {} : await readAnswers(flags.answers);
  const sets = parseSets(flags.sets);
  // Of a key that does not exist the name says nothing, even if it sounds secret; a variable's does.
  refuseUnknown(withoutVariables(sets), '--set');
  refuseSecrets(sets, '--set');
  refuseUnknown(sets, '--set');
  refuseWrong(sets, '--set');
  const reading = ports.readRepository(flags.dir);
  const wanted = reading.then(wantedBy);
  const usual = readDisk(
    flags.dir,
    USUAL_PATHS.map((path) => ({ path })),
  );
  const { promise: handedOut, resolve: handOut } = deferred<Setup>();
  const observed = ports.observeHost(wanted, handedOut).then(
    async (host) => {
      const setup = await handedOut;
      setup.observe(host, host.remote ? {} : { look: ports.lookAtPorts });
      await setup.observed;
    },
    async (error: unknown) => {
      // Who writes is told why; until then no line says that somebody is still looking.
      (await handedOut).observe(unseen(ports.hostAtHand, error));
      throw error;
    },
  );
  // A look that failed is nobody's before it is waited for, and then it is thrown; a reading that failed is thrown below.
  for (const each of [observed, wanted, usual]) each.catch(() => undefined);
  const [saved, facts] = await Promise.all([readStack(flags.dir), reading]);
  const input = {
    facts,
    host: ports.hostAtHand,
    answers,
    flags: sets,
    suffix: randomBytes(3).toString('hex'),
    writtenBy: ports.version,
    interactive: flags.interactive,
    asked: flags.asked ?? [],
    kept: new Set<string>(),
    ...(saved ? { saved } : {}),
  };
  const first = toStack(merged(input, {}).stack, 'answers');
  const [kept, disk] = await Promise.all([
    saved ? ports.namesKept(first) : [],
    diskOf(flags.dir, usual, [first, widest(first)]),
  ]);
  const setup = createSetup({ ...input, kept: new Set(kept), disk });
  handOut(setup);
  return { ...setup, observed };
}

/** The machine as this process knows it by itself, after a look at it that failed. */
function unseen({ pending: _, ...host }: HostFacts, error: unknown): HostFacts {
  const why = error instanceof SetupError ? error.message : 'The look at this machine failed.';
  return { ...host, engineProblem: why, keychain: { ...host.keychain, why: 'nobody could ask it' } };
}

function wantedBy(facts: RepoFacts): Wanted {
  return { ports: [...facts.ports.map(({ port }) => port), TUI_PORT], system: soughtIn(facts) };
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
