import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import bcrypt from 'bcryptjs';
import { extract, pack } from 'tar-stream';
import { Secret } from '../../../src/secret.ts';
import { composeServices, secretsRevision } from '../../../src/stack/names.ts';
import type { Stack } from '../../../src/stack/schema.ts';
import type { Command, Line, Result, Runner } from '../../../src/system/run.ts';

/** A file in a volume, as a tar has put it there. */
interface KeptFile {
  readonly text: string;
  readonly uid: number;
  readonly mode: number;
}

/** A container of the stack. Its environment is what its volume held at its last start. */
interface FakeContainer {
  id: string;
  readonly service: string;
  /** `restarting`: its program ends by itself again and again. */
  state: 'created' | 'running' | 'restarting' | 'exited';
  /** The revision in its label. */
  revision: string;
  /** What the Compose file said of it, beside the revision. */
  config: string;
  environment: ReadonlyMap<string, string>;
  healthy: boolean;
  starts: number;
}

interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

const IMAGE = 'sha256:app';
const NO = (stderr: string): Answer => ({ stderr, exitCode: 1 });

function hashOf(service: string, config: string, revision: string): string {
  return createHash('sha256')
    .update(JSON.stringify([service, config, revision]))
    .digest('hex');
}

/** Whether a password is the one that a SCRAM verifier was made of (RFC 5802), as the server finds out. */
export function isPasswordOf(verifier: string, password: string): boolean {
  const [, iterations, salt = '', stored] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(verifier) ?? [];
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
  const client = createHmac('sha256', salted).update('Client Key').digest();
  return createHash('sha256').update(client).digest('base64') === stored;
}

const bcrypts = new Map<string, boolean>();

/** As nginx finds out; remembered, for it takes its time. */
export function isLoginOf(htpasswd: string, login: string): boolean {
  const key = `${htpasswd}\n${login}`;
  const [user, hash = ''] = htpasswd.trim().split(':');
  const [name, ...password] = login.split(':');
  const known = bcrypts.get(key) ?? (user === name && bcrypt.compareSync(password.join(':'), hash));
  bcrypts.set(key, known);
  return known;
}

/**
 * An engine that does what a real one does with what a rotation asks of it: volumes with files and owners, containers
 * that read their volume when they start, revision labels out of `.env`, a database that knows only verifiers, a gate
 * that reads its login file at every request, the lock.
 */
export class FaithfulEngine {
  readonly volumes = new Map<string, Map<string, KeptFile>>();
  readonly containers: FakeContainer[] = [];
  /** Role → verifier. */
  readonly roles = new Map<string, string>();
  /** Everything that was ever started or stopped, e.g. `start app`. */
  readonly log: string[] = [];
  lock: Record<string, string> | undefined;
  /** The next filling of a volume is cut short: some files are there, and its record is not yet. */
  tears = false;
  /** What the data of `app` is encrypted with. */
  dataKey = '';
  /** What the Compose file says of a service now; it was `as deployed`. */
  readonly config = new Map<string, string>();
  /** Services that were taken out of the Compose file. */
  readonly removed = new Set<string>();
  /** What `:current` is now. */
  image = IMAGE;
  /** A reason for which a service is not well when it has started with this environment. */
  isIll: (service: string, environment: ReadonlyMap<string, string>) => boolean = () => false;
  #ids = 0;
  #listeners = new Set<(line: string) => void>();
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** As `docker run` sees it: what could be asked of the container of a service. */
  of(service: string): FakeContainer | undefined {
    return this.containers.find((each) => each.service === service);
  }

  file(service: string, path: string): string | undefined {
    return this.volumes.get(`${this.#stack.id}_${service}-secrets`)?.get(path)?.text;
  }

  /** Makes a container and starts it, as a first deploy does. */
  begin(service: string, state: 'running' | 'exited' = 'running', revision = '0'): void {
    const container = this.#create(service, revision);
    this.#start(container);
    if (state === 'exited') container.state = 'exited';
    this.log.length = 0;
  }

  /** `down`: containers are gone, volumes stay. */
  down(): void {
    for (const container of this.containers) this.#stop(container);
    this.containers.length = 0;
    this.log.length = 0;
  }

  #create(service: string, revision: string): FakeContainer {
    const container: FakeContainer = {
      ...{ id: this.#id(service), service, state: 'created', revision, config: this.#configOf(service) },
      ...{ healthy: false, starts: 0, environment: new Map() },
    };
    this.containers.push(container);
    return container;
  }

  #configOf(service: string): string {
    return this.config.get(service) ?? 'as deployed';
  }

  #isKnown(service: string): boolean {
    return composeServices(this.#stack).includes(service) && !this.removed.has(service);
  }

  /** The process ends and its restart policy brings it back, with what the volume holds now. */
  crash(service: string): void {
    const container = this.of(service);
    if (!container) return;
    container.state = 'exited';
    this.#start(container);
  }

  /** Its holder is a process that has ended. */
  orphanLock(): void {
    if (this.lock) this.lock = { ...this.lock, 'trading-setup.lock.pid': '4194305' };
  }

  takes(role: string, password: string): boolean {
    return isPasswordOf(this.roles.get(role) ?? '', password);
  }

  #id(service: string): string {
    this.#ids += 1;
    return `${service}-${this.#ids}`;
  }

  #tell(container: FakeContainer, action: string): void {
    const attributes = { 'com.docker.compose.service': container.service };
    const event = {
      Action: action,
      Actor: { ID: container.id, Attributes: attributes },
      timeNano: Date.now() * 1e6,
    };
    for (const listener of this.#listeners) listener(JSON.stringify(event));
  }

  #start(container: FakeContainer): void {
    const files = this.volumes.get(`${this.#stack.id}_${container.service}-secrets`) ?? new Map<string, KeptFile>();
    const variables = [...files].filter(([path, { text }]) => path.startsWith('env/') && text !== '');
    container.environment = new Map(variables.map(([path, { text }]) => [path.slice('env/'.length), text]));
    container.state = 'running';
    container.starts += 1;
    container.healthy =
      this.#connects(container) && this.#reads(container) && !this.isIll(container.service, container.environment);
    this.log.push(`start ${container.service}`);
    this.#tell(container, 'start');
    if (container.healthy) this.#tell(container, 'health_status: healthy');
  }

  /** A program that is told of the database logs in when it starts. */
  #connects({ environment }: FakeContainer): boolean {
    for (const value of environment.values()) {
      const [, role = '', password = ''] = /postgresql:\/\/([^:]+):([^@]+)@database/.exec(value) ?? [];
      if (role !== '' && !this.takes(role, decodeURIComponent(password))) return false;
    }
    return true;
  }

  #reads({ service, environment }: FakeContainer): boolean {
    return service !== 'app' || environment.get('ENCRYPTION_KEY') === this.dataKey;
  }

  #stop(container: FakeContainer): void {
    if (container.state !== 'running' && container.state !== 'restarting') return;
    container.state = 'exited';
    this.log.push(`stop ${container.service}`);
    this.#tell(container, 'die');
  }

  /** What `.env` says at this moment. */
  #wanted(dir: string, service: string): string {
    const text = readFileSync(join(dir, '.env'), 'utf8');
    return new RegExp(`^${secretsRevision(service)}=(\\d+)$`, 'm').exec(text)?.[1] ?? '0';
  }

  /** `compose up -d`: one service after the other; each is an effect of its own. */
  *#up(dir: string, services: readonly string[], force: boolean): Generator<string, number> {
    const unknown = services.find((service) => !this.#isKnown(service));
    if (unknown !== undefined) {
      yield `no such service: ${unknown}`;
      return 1;
    }
    for (const service of services) {
      const wanted = this.#wanted(dir, service);
      const old = this.of(service);
      if (!old) {
        this.#start(this.#create(service, wanted));
        yield `{"id":"Container ${service}","status":"Started"}`;
        continue;
      }
      if (old.revision === wanted && old.config === this.#configOf(service) && !force) {
        if (old.state !== 'running' && old.state !== 'restarting') {
          this.#start(old);
          yield `{"id":"Container ${service}","status":"Started"}`;
        }
        continue;
      }
      this.#stop(old);
      yield `{"id":"Container ${service}","status":"Stopped"}`;
      old.id = this.#id(service);
      old.revision = wanted;
      old.config = this.#configOf(service);
      old.state = 'created';
      yield `{"id":"Container ${service}","status":"Recreated"}`;
      this.#start(old);
      yield `{"id":"Container ${service}","status":"Started"}`;
    }
    return 0;
  }

  *#stopAll(services: readonly string[]): Generator<string, number> {
    for (const service of services) {
      const container = this.of(service);
      if (container) this.#stop(container);
      yield `{"id":"Container ${service}","status":"Stopped"}`;
    }
    return 0;
  }

  /** `compose config --hash`: of what the file says with these variables. */
  #hash({ argv, cwd = '', env = {} }: Command): Answer {
    const service = argv.at(-1) ?? '';
    if (!this.#isKnown(service)) return NO(`no such service: ${service}`);
    const revision = env[secretsRevision(service)] ?? this.#wanted(cwd, service);
    return { stdout: `${service} ${hashOf(service, this.#configOf(service), revision)}\n` };
  }

  #inspect(container: FakeContainer) {
    const at = '2026-11-22T10:00:00.0Z';
    const { id, service, state, revision, config } = container;
    const health =
      state === 'running' ? { Health: { Status: container.healthy ? 'healthy' : 'unhealthy', Log: [] } } : {};
    return {
      ...{ Id: id, Name: `/${this.#stack.id}-${service}-1`, Created: at, RestartCount: 0, Image: IMAGE },
      State: { Status: state, ExitCode: 0, OOMKilled: false, Error: '', StartedAt: at, FinishedAt: at, ...health },
      Config: {
        Image: 'app',
        Labels: {
          'com.docker.compose.service': service,
          'com.docker.compose.config-hash': hashOf(service, config, revision),
          'trading-setup.secrets': revision,
        },
      },
      HostConfig: { PortBindings: {} },
    };
  }

  async #unpack(volume: string, tar: unknown): Promise<void> {
    const reader = extract();
    reader.end(tar);
    let left = this.tears ? 3 : Number.POSITIVE_INFINITY;
    this.tears = false;
    for await (const entry of reader) {
      if (entry.header.type === 'file') left -= 1;
      if (left < 0) return;
      const { name, type, uid = 0, mode = 0 } = entry.header;
      const text = (await buffer(entry)).toString('utf8');
      if (type === 'file') this.volumes.get(volume)?.set(name.replace(/^volume\//, ''), { text, uid, mode });
    }
  }

  async #copy({ argv, stdin }: Command): Promise<Answer> {
    const [, , from = '', to = ''] = argv;
    if (from === '-') {
      await this.#unpack(to.replace(/^helper-/, '').replace(/:.*$/, ''), stdin);
      return {};
    }
    const [helper = '', path = ''] = from.split(':/volume/');
    const found = this.volumes.get(helper.replace(/^helper-/, ''))?.get(path);
    if (!found) return NO(`Error response from daemon: Could not find the file ${path} in container`);
    const tar = pack();
    tar.entry({ name: path }, found.text);
    tar.finalize();
    return { stdout: (await buffer(tar)).toString('utf8') };
  }

  #createContainer({ argv }: Command): Answer {
    const name = argv[argv.indexOf('--name') + 1] ?? '';
    if (!name.startsWith('trading-setup-lock-'))
      return { stdout: `helper-${name.replace('trading-setup-volume-', '')}\n` };
    if (this.lock) return NO(`Conflict. The container name "/${name}" is already in use by container "lock".`);
    this.lock = Object.fromEntries(
      argv.flatMap((word, at) => (argv[at - 1] === '--label' ? [word.split(/=(.*)/s).slice(0, 2)] : [])),
    );
    return { stdout: 'lock\n' };
  }

  #exec({ argv }: Command, input: string): Answer {
    const container = this.containers.find(({ id }) => id === argv[4]);
    if (container?.state !== 'running') return NO(`Error response from daemon: container ${argv[4]} is not running`);
    if (argv[5] === 'psql') return this.#sql(input);
    const salt = input.trimEnd();
    const names = argv.slice(argv.indexOf('trading-setup') + 1);
    const hash = (text: string | undefined) =>
      text ? createHash('sha256').update(salt).update(text).digest('hex') : 'none';
    const line = (name: string) =>
      `${name} ${hash(container.environment.get(name))} ${hash(this.file(container.service, `env/${name}`))}\n`;
    return { stdout: names.map(line).join('') };
  }

  /** One transaction: all of it or nothing. */
  #sql(text: string): Answer {
    if (!/^BEGIN;\n[\s\S]*\nCOMMIT;\n$/.test(text)) return NO('psql: ERROR: not the SQL of a rotation');
    const found = [...text.matchAll(/^ALTER ROLE "(\w+)" PASSWORD '([^']+)';$/gm)];
    const unknown = found.find(([, role = '']) => !this.roles.has(role));
    if (unknown) return NO(`psql: ERROR: role "${unknown[1]}" does not exist`);
    for (const [, role = '', verifier = ''] of found) this.roles.set(role, verifier);
    return {};
  }

  #runOnce({ argv }: Command, input: string): Answer {
    const lines = input.split('\n').slice(0, -1);
    const network = argv[argv.indexOf('--network') + 1] ?? '';
    if (network === `${this.#stack.id}_database`) {
      if (this.of('database')?.state !== 'running')
        return { stdout: lines.map(() => 'failed could not translate host name\n').join('') };
      const role = argv.at(-2) ?? '';
      return { stdout: lines.map((each) => (this.takes(role, each) ? 'taken\n' : 'refused\n')).join('') };
    }
    const gate = this.containers.find(({ id }) => network === `container:${id}`);
    if (gate?.state !== 'running')
      return NO('Error response from daemon: cannot join network of a non running container');
    const htpasswd = this.file('gate', 'htpasswd') ?? '';
    const asked = lines.map((each) => Buffer.from(each, 'base64').toString());
    return { stdout: asked.map((login) => (isLoginOf(htpasswd, login) ? '200\n' : '401\n')).join('') };
  }

  /** What the program's own command does: it reads with the one key and writes with the other, and may be run again. */
  #encryptAnew(input: string): Answer {
    const [from, to = ''] = input.split('\n');
    if (this.of('app')?.state === 'running') return NO('the data is in use');
    if (this.dataKey !== from && this.dataKey !== to) return NO('neither key reads the data');
    this.dataKey = to;
    return {};
  }

  /** The effect and the answer of a call that ends by itself. */
  async #answer(command: Command): Promise<Answer> {
    const { argv, stdin } = command;
    const call = argv.slice(1, 3).join(' ');
    const last = argv.at(-1) ?? '';
    const input = stdin instanceof Secret ? stdin.reveal() : String(stdin ?? '');
    switch (call) {
      case 'image inspect':
        return { stdout: JSON.stringify([{ Id: this.image }]) };
      case 'volume inspect':
        return this.volumes.has(last) ? {} : NO(`Error response from daemon: get ${last}: no such volume`);
      case 'volume ls':
        return { stdout: [...this.volumes.keys()].map((name) => `${name}\n`).join('') };
      case 'container create':
        return this.#createContainer(command);
      case 'container rm':
        if (last === 'lock') this.lock = undefined;
        return {};
      case 'container ls':
        return { stdout: this.containers.map(({ id }) => `${id}\n`).join('') };
      case 'container inspect':
        if (!last.startsWith('trading-setup-lock-'))
          return { stdout: JSON.stringify(this.containers.map((each) => this.#inspect(each))) };
        return this.lock
          ? { stdout: JSON.stringify([{ Id: 'lock', Config: { Labels: this.lock } }]) }
          : NO(`Error response from daemon: No such container: ${last}`);
      case 'container exec':
        return this.#exec(command, input);
      case 'container run':
        return this.#runOnce(command, input);
      case 'container logs':
        return {};
      default:
        if (argv[1] === 'cp') return this.#copy(command);
        if (call === 'compose config') return this.#hash(command);
        if (call === 'compose run') return this.#encryptAnew(input);
        throw new Error(`the engine does not know: ${argv.join(' ')}`);
    }
  }

  /** The lines of a call that tells of its work while it does it; each is told when its effect has happened. */
  *#work({ argv, cwd = '' }: Command): Generator<string, number> {
    const [verb = '', ...words] = argv.slice(3);
    const services = words.filter((word) => !word.startsWith('-'));
    if (verb === 'up' && words.includes('--no-deps'))
      return yield* this.#up(cwd, services, words.includes('--force-recreate'));
    if (verb === 'stop') return yield* this.#stopAll(services);
    throw new Error(`the engine does not know: ${argv.join(' ')}`);
  }

  async *#events(signal: AbortSignal | undefined): AsyncGenerator<readonly Line[], number> {
    const queue: string[] = [];
    let wake = () => {};
    const listener = (line: string) => {
      queue.push(line);
      wake();
    };
    this.#listeners.add(listener);
    signal?.addEventListener('abort', () => wake());
    while (!signal?.aborted) {
      const lines = queue.splice(0).map((text): Line => ({ from: 'stdout', text }));
      if (lines.length > 0) yield lines;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    this.#listeners.delete(listener);
    return 130;
  }

  /** @param pass called around every effect; what it throws ends the caller there. */
  runner(pass: Pass): Runner {
    const run = async (command: Command): Promise<Result> => {
      const { stdout = '', stderr = '', exitCode = 0 } = await pass(labelOf(command), () => this.#answer(command));
      return { stdout, stderr, exitCode, missing: false };
    };
    const engine = this;
    return {
      run,
      attach: async () => 0,
      talk: async ({ argv }) => {
        throw new Error(`a provider is asked through a port of its own, not by ${argv.join(' ')}`);
      },
      stream: async function* (command, options) {
        if (command.argv[1] === 'events') return yield* engine.#events(options?.signal);
        const work = engine.#work(command);
        const label = labelOf(command);
        for (;;) {
          const next = await pass(label, async () => work.next());
          if (next.done) return next.value;
          yield [{ from: 'stderr', text: next.value }];
        }
      },
    };
  }
}

/** Lets an effect happen, or does not. */
export type Pass = <T>(label: string, effect: () => Promise<T>) => Promise<T>;

/** Lets everything happen. */
export const freely: Pass = (_, effect) => effect();

/** What a call changes, in two words; calls that only look have none. */
function labelOf({ argv }: Command): string {
  const [, verb = '', noun = ''] = argv;
  if (verb === 'cp') return noun === '-' ? 'fill a volume' : '';
  if (verb === 'compose' && noun === 'config') return '';
  if (verb === 'compose') return `compose ${noun === 'run' ? noun : argv[3]}`;
  if (verb === 'container' && noun === 'exec') return argv[5] === 'psql' ? 'alter a role' : '';
  return '';
}
