import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render } from '../../../src/artifacts/render.ts';
import { writeArtifacts } from '../../../src/artifacts/write.ts';
import type { OperationEvent } from '../../../src/events/operation.ts';
import { deliver } from '../../../src/operations/deliver.ts';
import { writeRevisions } from '../../../src/operations/env-file.ts';
import { type Disk, disk, readJournal } from '../../../src/operations/rotation/journal.ts';
import { resumeRotation, type Wish } from '../../../src/operations/rotation/resume.ts';
import { startRotation } from '../../../src/operations/rotation/start.ts';
import type { RotationBench, RotationRequest } from '../../../src/operations/rotation/types.ts';
import type { Operation } from '../../../src/operations/run.ts';
import { Secret } from '../../../src/secret.ts';
import type { Verdict } from '../../../src/secrets/check/verdict.ts';
import { FINGERPRINT_KEY, fingerprintKey } from '../../../src/secrets/fingerprint.ts';
import { scramVerifier } from '../../../src/secrets/scram.ts';
import type { SecretStore } from '../../../src/secrets/store.ts';
import { openVault } from '../../../src/secrets/vault.ts';
import { engineVolume, volumesOf } from '../../../src/stack/names.ts';
import type { Stack } from '../../../src/stack/schema.ts';
import { writeAtomic } from '../../../src/system/files.ts';
import { smallStack } from '../../stack/stacks.ts';
import { memoryStore, workbench } from '../engine.ts';
import { FaithfulEngine, freely, isLoginOf, isPasswordOf, type Pass } from './engine.ts';
import { keychainLike } from './keychain.ts';

/** The first values of every secret. */
export const OLD: Readonly<Record<string, string>> = {
  DATABASE_PASSWORD: 'old-role-password-1',
  DATABASE_SUPERUSER_PASSWORD: 'old-super-password-1',
  GATE_PASSWORD: 'old-gate-password-1',
  TOY_TOKEN: 'old-token-token-1',
  HYPERLIQUID_API_WALLET_KEY: `0x${'ab'.repeat(32)}`,
  ENCRYPTION_KEY: '1234abcd'.repeat(8),
};

/** What they are rotated to. */
export const NEW: Readonly<Record<string, string>> = {
  DATABASE_PASSWORD: 'new-role-password-2',
  DATABASE_SUPERUSER_PASSWORD: 'new-super-password-2',
  GATE_PASSWORD: 'new-gate-password-2',
  TOY_TOKEN: 'new-token-token-2',
  HYPERLIQUID_API_WALLET_KEY: `0x${'cd'.repeat(32)}`,
  ENCRYPTION_KEY: '5678cdef'.repeat(8),
};

const entry = { required: true, format: 'any', about: 'x' };

/**
 * A stack with all that can be rotated: `app` reads a token, a venue's key and an encryption key, `collect` the database, `both` the token
 * and the database; `idle` reads the database and does not run.
 */
export function rotationStack(): Stack {
  const { app } = smallStack().services;
  const url = 'postgresql://trader:${DATABASE_PASSWORD|url}@database:5432/toy';
  const reader = { ...app, data: null, database: true, health: { kind: 'process', seconds: 5 } };
  return smallStack({
    mode: 'live',
    account: { onlyTrader: true },
    services: {
      app: {
        secrets: {
          TOY_TOKEN: '${TOY_TOKEN}',
          KEY: '${HYPERLIQUID_API_WALLET_KEY}',
          ENCRYPTION_KEY: '${ENCRYPTION_KEY}',
        },
      },
      collect: { ...reader, args: ['collect'], secrets: { APP_DATABASE: `{url="${url}"}` } },
      both: { ...reader, args: ['both'], secrets: { DB: url, TOKEN: 'token ${TOY_TOKEN}' } },
      idle: { ...reader, args: ['idle'], secrets: { DB: url } },
    },
    tui: { access: 'browser', binary: 'toy', args: ['tui'], environment: {} },
    database: {
      ...{ kind: 'timescaledb', image: 'timescale/timescaledb:2.22.0-pg17', name: 'toy', role: 'trader' },
      ...{ migrations: [], memory: '2GB', cpus: 2 },
    },
    ports: { tui: 7681 },
    secrets: {
      entries: {
        DATABASE_SUPERUSER_PASSWORD: { ...entry, kind: 'generated' },
        DATABASE_PASSWORD: { ...entry, kind: 'generated' },
        GATE_PASSWORD: { ...entry, kind: 'generated' },
        HYPERLIQUID_API_WALLET_KEY: { ...entry, kind: 'entered' },
        ENCRYPTION_KEY: { ...entry, kind: 'generated' },
      },
      commands: { reencrypt: { service: 'app', run: ['toy', 'reencrypt'] } },
    },
  });
}

export const STACK = rotationStack();
/** What runs; `idle` does not, and must not be started by a rotation. */
export const RUNNING = ['database', 'app', 'collect', 'both', 'tui', 'gate'];

let artefacts: string | undefined;

/** The files of the stack, written once: they are only read. */
export async function folder(): Promise<string> {
  if (artefacts === undefined) {
    artefacts = mkdtempSync(join(tmpdir(), 'rotation-'));
    await writeArtifacts(artefacts, render(STACK));
  }
  return artefacts;
}

export function removeFolder(): void {
  if (artefacts) rmSync(artefacts, { recursive: true, force: true });
}

export type StoreKind = 'vault' | 'keychain' | 'memory';

interface First {
  readonly volumes: FaithfulEngine['volumes'];
  readonly revisions: ReadonlyMap<string, number>;
  /** Its vault. */
  readonly home: string;
  readonly key: ReadonlyMap<string, Secret>;
}

const firsts: Partial<Record<StoreKind, First>> = {};

/** How a person and a provider behave. */
export interface Manners {
  readonly check?: (name: string, value: string, from: 'here' | 'container') => Verdict | undefined;
  readonly manual?: 'done' | 'later';
}

/** A stack that runs, with everything that a rotation touches, and the means to end a rotation in its middle. */
export class World {
  readonly engine = new FaithfulEngine(STACK);
  readonly home: string;
  readonly journal: string;
  readonly #dir: string;
  readonly #kind: StoreKind;
  readonly #memory = memoryStore(OLD);
  readonly #accounts = new Map<string, string>(Object.entries(OLD));
  manners: Manners = {};

  private constructor(dir: string, kind: StoreKind) {
    this.#dir = dir;
    this.#kind = kind;
    this.home = mkdtempSync(join(dir, '.state-'));
    this.journal = join(this.home, 'rotation.json');
  }

  static async make(kind: StoreKind = 'memory'): Promise<World> {
    const world = new World(await folder(), kind);
    rmSync(join(world.#dir, '.env'), { force: true });
    await world.#begin();
    return world;
  }

  async #begin(): Promise<void> {
    const { engine } = this;
    // The same for every world with such a store: made once.
    const first = firsts[this.#kind] ?? (await this.#deliverFirst());
    firsts[this.#kind] = first;
    if (this.#kind === 'vault') cpSync(first.home, this.home, { recursive: true });
    else await this.store(freely).setAll(first.key);
    for (const [volume, files] of first.volumes) engine.volumes.set(volume, new Map(files));
    await writeRevisions(this.#dir, first.revisions, (path, text) => writeAtomic(path, text, { hasty: true }));
    for (const [role, text] of ROLES) engine.roles.set(role, text);
    engine.dataKey = OLD.ENCRYPTION_KEY ?? '';
    for (const service of RUNNING) engine.begin(service, 'running', String(first.revisions.get(service) ?? 0));
    engine.begin('migrate', 'exited', '1');
    engine.begin('idle', 'exited', '1');
  }

  async #deliverFirst(): Promise<First> {
    const engine = new FaithfulEngine(STACK);
    const store = this.store(freely);
    if (this.#kind === 'vault')
      await store.setAll(new Map(Object.entries(OLD).map(([name, text]) => [name, new Secret(text)])));
    for (const { volume } of volumesOf(STACK)) engine.volumes.set(engineVolume(STACK, volume), new Map());
    const revisions = await deliver(engine.runner(freely), STACK, store);
    const home = join(this.#dir, `.state-of-every-${this.#kind}`);
    cpSync(this.home, home, { recursive: true });
    return { volumes: engine.volumes, revisions, home, key: new Map([[FINGERPRINT_KEY, await fingerprintKey(store)]]) };
  }

  /** The store as a process that has just started opens it. */
  store(pass: Pass): SecretStore {
    if (this.#kind === 'keychain') return keychainLike(this.#accounts, pass);
    const inner =
      this.#kind === 'memory'
        ? this.#memory
        : openVault({
            dir: join(this.home, 'vault'),
            unlock: { kind: 'key-file', path: join(this.home, 'vault.key') },
            now: () => 0,
          });
    return guarded(inner, pass);
  }

  bench(pass: Pass, over: Partial<RotationBench> = {}): RotationBench {
    const store = this.store(pass);
    return {
      ...workbench(STACK, this.#dir, this.engine.runner(pass)),
      journal: this.journal,
      openStore: async () => store,
      check: async (name, values, from) =>
        pass('', async () =>
          this.manners.check?.(name, values.get(name)?.reveal() ?? '', from === 'here' ? 'here' : 'container'),
        ),
      manual: async () => pass('ask a person', async () => this.manners.manual ?? 'done'),
      ...over,
    };
  }

  start(names: readonly string[], pass: Pass = freely, over: Partial<RotationRequest> = {}): Promise<Operation> {
    const values = new Map(names.map((name) => [name, new Secret(NEW[name] ?? '')]));
    const request = { values, expires: new Map(), compromised: false, acceptUnreadable: [], ...over };
    return startRotation(this.bench(pass), request, guardedDisk(pass));
  }

  /** What the next process does: its lock is the dead one's. */
  resume(how: Wish = {}, pass: Pass = freely): Promise<Operation> {
    this.engine.orphanLock();
    return resumeRotation(this.bench(pass), how, guardedDisk(pass));
  }

  unfinished() {
    return readJournal(this.journal, disk);
  }

  /** Everything that must have one value of a secret and has another, in words; nothing is left of the rotation. */
  async faults(names: readonly string[], values: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const store = this.store(freely);
    const faults: string[] = [];
    const must = (what: string, is: boolean) => {
      if (!is) faults.push(what);
    };
    must('no journal', (await this.unfinished()) === undefined);
    must('the lock is free', this.engine.lock === undefined);
    const kept = await store.list();
    must(
      'one slot each',
      kept.every(({ slot }) => slot === 'current'),
    );
    const value = (name: string) => (names.includes(name) ? values[name] : OLD[name]) ?? '';
    const other = (name: string) => (values === OLD ? NEW : OLD)[name] ?? '';
    for (const name of Object.keys(OLD)) must(`store: ${name}`, (await store.get(name))?.reveal() === value(name));
    const { engine } = this;
    const role = (name: string, user: string) => {
      must(`the database takes ${name}`, engine.takes(user, value(name)));
      if (names.includes(name)) must(`the database refuses the other ${name}`, !engine.takes(user, other(name)));
    };
    role('DATABASE_PASSWORD', 'trader');
    role('DATABASE_SUPERUSER_PASSWORD', 'postgres');
    must('verifier', isPasswordOf(engine.file('migrate', 'app_role_verifier') ?? '', value('DATABASE_PASSWORD')));
    for (const service of ['migrate', 'database'])
      must(
        `superuser of ${service}`,
        engine.file(service, 'superuser_password') === value('DATABASE_SUPERUSER_PASSWORD'),
      );
    must('gate', isLoginOf(engine.file('gate', 'htpasswd') ?? '', `operator:${value('GATE_PASSWORD')}`));
    const url = `postgresql://trader:${encodeURIComponent(value('DATABASE_PASSWORD'))}@database:5432/toy`;
    const wanted: Record<string, Record<string, string>> = {
      app: {
        TOY_TOKEN: value('TOY_TOKEN'),
        KEY: value('HYPERLIQUID_API_WALLET_KEY'),
        ENCRYPTION_KEY: value('ENCRYPTION_KEY'),
      },
      collect: { APP_DATABASE: `{url="${url}"}` },
      both: { DB: url, TOKEN: `token ${value('TOY_TOKEN')}` },
      idle: { DB: url },
    };
    const env = readFileSync(join(this.#dir, '.env'), 'utf8');
    for (const [service, variables] of Object.entries(wanted)) {
      const container = engine.of(service);
      const label = new RegExp(`^SECRETS_${service.toUpperCase()}=(\\d+)$`, 'm').exec(env)?.[1];
      for (const [name, text] of Object.entries(variables)) {
        must(`volume of ${service}: ${name}`, engine.file(service, `env/${name}`) === text);
        if (service !== 'idle') must(`process of ${service}: ${name}`, container?.environment.get(name) === text);
      }
      if (service !== 'idle') must(`revision of ${service}`, container?.revision === label);
      must(
        `owner of ${service}`,
        engine.volumes.get(`${STACK.id}_${service}-secrets`)?.get('.trading-setup')?.uid === 10_001,
      );
    }
    for (const service of RUNNING) must(`${service} runs`, engine.of(service)?.state === 'running');
    for (const service of ['collect', 'both', 'app']) must(`${service} is well`, engine.of(service)?.healthy === true);
    must('idle does not run', engine.of('idle')?.state === 'exited');
    must('idle was not started', !engine.log.includes('start idle'));
    for (const service of RUNNING)
      must(`one ${service}`, engine.containers.filter((each) => each.service === service).length === 1);
    must('the data is encrypted with the key', engine.dataKey === value('ENCRYPTION_KEY'));
    must('the database was not touched', !engine.log.some((line) => / (database|tui|migrate)$/.test(line)));
    return faults;
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

const verifier = (password = ''): string => scramVerifier(new Secret(password), Buffer.alloc(16, 7)).reveal();

const ROLES = new Map([
  ['trader', verifier(OLD.DATABASE_PASSWORD)],
  ['postgres', verifier(OLD.DATABASE_SUPERUSER_PASSWORD)],
]);

/** Every event of an operation, and its last. */
export async function follow(operation: Operation): Promise<{
  readonly events: readonly OperationEvent[];
  readonly end: Extract<OperationEvent, { type: 'ended' }>;
}> {
  const events: OperationEvent[] = [];
  for await (const event of operation.events) events.push(event);
  const end = events.at(-1);
  if (end?.type !== 'ended') throw new Error('the last event is not the end');
  return { events, end };
}

const CHANGES = ['set', 'setAll', 'delete', 'stage', 'promote', 'discard', 'confirm'] as const;

/** A store whose every call is one effect. */
function guarded(store: SecretStore, pass: Pass): SecretStore {
  const label = (method: string) => ((CHANGES as readonly string[]).includes(method) ? `store ${method}` : '');
  return {
    kind: store.kind,
    place: store.place,
    get: (...args) => pass('', () => store.get(...args)),
    names: () => pass('', () => store.names()),
    list: () => pass('', () => store.list()),
    fingerprint: (...args) => pass('', () => store.fingerprint(...args)),
    set: (...args) => pass(label('set'), () => store.set(...args)),
    setAll: (...args) => pass(label('setAll'), () => store.setAll(...args)),
    delete: (...args) => pass(label('delete'), () => store.delete(...args)),
    stage: (...args) => pass(label('stage'), () => store.stage(...args)),
    promote: (...args) => pass(label('promote'), () => store.promote(...args)),
    discard: (...args) => pass(label('discard'), () => store.discard(...args)),
    confirm: (...args) => pass(label('confirm'), () => store.confirm(...args)),
  };
}

/** The real files, one effect a call; no power cut is played, so nobody waits for the disk. */
function guardedDisk(pass: Pass): Disk {
  return {
    read: (path) => pass('', () => disk.read(path)),
    write: (path, text, options) => pass('write a file', () => writeAtomic(path, text, { ...options, hasty: true })),

    remove: (path) => pass('remove a file', () => disk.remove(path)),
  };
}
