import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { OperationEvent } from '../../src/events/operation.ts';
import type { Workbench } from '../../src/operations/execute.ts';
import type { Operation } from '../../src/operations/run.ts';
import { Secret } from '../../src/secret.ts';
import type { SecretStore, Slot } from '../../src/secrets/store.ts';
import type { Stack } from '../../src/stack/schema.ts';
import type { Command } from '../../src/system/run.ts';
import { type Answer, collect, fakeRunner, type Table } from '../support/fake-runner.ts';

/** What a volume of the fake engine was filled with, tar by tar. */
type Volumes = Map<string, string[]>;

const RECORD = /\{"revision":\d+,"fingerprint":"[0-9a-f]*"[^}]*\}/;
const MARK = /[a-z0-9-]+-[0-9a-f]{6} [a-z0-9-]+\n/;
const STARTED = '2026-11-22T10:00:00.0Z';

/** A tar with one small file, as `docker cp ID:PATH -` gives it. */
function tarOf(name: string, text: string): string {
  const field = (value: string, length: number) => value.padEnd(length, '\0');
  const head = (sum: string) =>
    `${field(name, 100)}0000400\x000000000\x000000000\x00${text.length.toString(8).padStart(11, '0')}\x0000000000000\x00${sum}0${field('', 100)}ustar\x0000`;
  const bare = head('        ').padEnd(512, '\0');
  const sum = [...bare].reduce((total, sign) => total + sign.charCodeAt(0), 0);
  const block = head(`${sum.toString(8).padStart(6, '0')}\0 `).padEnd(512, '\0');
  return `${block}${text.padEnd(512, '\0')}${'\0'.repeat(1024)}`;
}

interface FakeService {
  readonly status: string;
  readonly health?: string;
  readonly exitCode?: number;
}

/** An engine that keeps volumes, a lock and containers; `over` replaces rows of its table. */
export function fakeEngine(stack: Stack, over: Table = {}) {
  const volumes: Volumes = new Map();
  const state = { locked: false, services: new Map<string, FakeService>() };
  const last = (command: Command) => command.argv.at(-1) ?? '';
  const volumeOf = (text: string) => text.replace(/^helper-/, '').replace(/:.*$/, '');

  function create(command: Command): Answer {
    const name = command.argv[command.argv.indexOf('--name') + 1] ?? '';
    if (!name.startsWith('trading-setup-lock-'))
      return { stdout: `helper-${name.replace('trading-setup-volume-', '')}\n` };
    state.locked = true;
    return { stdout: 'lock\n' };
  }

  function copy({ argv, stdin }: Command): Answer {
    const [, , from = '', to = ''] = argv;
    if (from === '-') {
      volumes.get(volumeOf(to))?.push(String(stdin));
      return {};
    }
    const wanted = from.endsWith('/.trading-setup') ? MARK : RECORD;
    const text = volumes
      .get(volumeOf(from))
      ?.flatMap((tar) => wanted.exec(tar)?.[0] ?? [])
      .at(-1);
    if (text === undefined)
      return { stderr: `Error response from daemon: Could not find the file ${from}`, exitCode: 1 };
    return { stdout: tarOf('file', text) };
  }

  function inspectOf([service, { status, health, exitCode = 0 }]: [string, FakeService]) {
    return {
      Id: `c-${service}`,
      Name: `/${stack.id}-${service}-1`,
      Created: STARTED,
      RestartCount: 0,
      Image: 'sha256:1',
      State: {
        ...{ Status: status, ExitCode: exitCode, OOMKilled: false, Error: '', StartedAt: STARTED, FinishedAt: STARTED },
        ...(health === undefined ? {} : { Health: { Status: health, Log: [] } }),
      },
      Config: { Image: 'app', Labels: { 'com.docker.compose.service': service } },
      HostConfig: { PortBindings: {} },
    };
  }

  const runner = fakeRunner({
    'docker image inspect': {},
    'docker volume inspect': (command) =>
      volumes.has(last(command))
        ? {}
        : { stderr: `Error response from daemon: get ${last(command)}: no such volume`, exitCode: 1 },
    'docker volume ls': () => ({ stdout: [...volumes.keys()].map((name) => `${name}\n`).join('') }),
    'docker volume create': (command) => {
      volumes.set(last(command), []);
      return { stdout: last(command) };
    },
    'docker container create': create,
    'docker container rm': (command) => {
      if (last(command) === 'lock') state.locked = false;
      return {};
    },
    'docker container ls': () => ({ stdout: [...state.services.keys()].map((name) => `c-${name}\n`).join('') }),
    'docker container inspect': () => ({ stdout: JSON.stringify([...state.services].map(inspectOf)) }),
    'docker container logs': {},
    'docker cp': copy,
    'docker events': { open: true },
    'docker compose --progress=json build': {},
    'docker compose --progress=json up -d --no-build': () => {
      for (const name of Object.keys(stack.services))
        state.services.set(name, { status: 'running', health: 'healthy' });
      return { stderr: ['{"id":"Container app","status":"Started"}'] };
    },
    'docker compose --progress=json down': () => {
      state.services.clear();
      return {};
    },
    ...over,
  });
  return { runner, volumes, state };
}

/** Accounts of a store: `NAME`, `NAME#pending`, `NAME#previous`. */
export function accountOf(name: string, slot: Slot = 'current'): string {
  return slot === 'current' ? name : `${name}#${slot}`;
}

/** A store in memory, which does everything at once or not at all. */
export function memoryStore(
  given: Readonly<Record<string, string>> = {},
): SecretStore & { readonly values: Map<string, Secret> } {
  const values = new Map(Object.entries(given).map(([name, value]) => [name, new Secret(value)]));
  const fingerprint = async (value: Secret) =>
    createHash('sha256').update(`memory ${value.reveal()}`).digest('hex').slice(0, 16);
  return {
    kind: 'vault',
    place: 'memory',
    values,
    get: async (name, slot) => values.get(accountOf(name, slot)),
    set: async (name, value) => void values.set(name, value),
    setAll: async (all) => {
      for (const [name, value] of all) values.set(name, value);
    },
    delete: async (name) => {
      const had = [...SLOTS].map((slot) => values.delete(accountOf(name, slot)));
      return had.includes(true);
    },
    names: async () => [...values.keys()].filter((account) => !account.includes('#')),
    list: async () =>
      Promise.all(
        [...values]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(async ([account, value]) => {
            const [name = '', slot = 'current'] = account.split('#');
            return { name, slot: slot as Slot, fingerprint: await fingerprint(value) }; // made by accountOf
          }),
      ),
    stage: async (all) => {
      for (const [name, value] of all) values.set(accountOf(name, 'pending'), value);
    },
    promote: async (names) => {
      for (const name of names) {
        const pending = values.get(accountOf(name, 'pending'));
        if (!pending) continue;
        const current = values.get(name);
        if (current) values.set(accountOf(name, 'previous'), current);
        values.set(name, pending);
        values.delete(accountOf(name, 'pending'));
      }
    },
    discard: async (names) => {
      for (const name of names) values.delete(accountOf(name, 'pending'));
    },
    confirm: async (names) => {
      for (const name of names) values.delete(accountOf(name, 'previous'));
    },
    fingerprint,
  };
}

const SLOTS = ['current', 'pending', 'previous'] as const;

export function workbench(
  stack: Stack,
  dir: string,
  runner: Workbench['runner'],
  over: Partial<Workbench> = {},
): Workbench {
  return {
    runner,
    stack,
    dir,
    buildTimes: join(dir, '.state', 'builds', 'times.json'),
    journal: join(dir, '.state', 'rotation.json'),
    signal: new AbortController().signal,
    openStore: async () => memoryStore({ TOY_TOKEN: 'hunter2-hunter2' }),
    whoHolds: async () => undefined,
    whoHasOpen: async () => [],
    whoTrades: async () => [],
    ...over,
  };
}

/** All events of an operation, and its last. */
export async function eventsOf(operation: Operation) {
  const events = await collect(operation.events);
  const end = events.at(-1);
  if (end?.type !== 'ended') throw new Error('the last event is not the end');
  return { events, end, steps: events.map(shortly) };
}

function shortly(event: OperationEvent): string {
  if ('id' in event) return `${event.type} ${event.id}`;
  return event.type;
}
