import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Container, containersOf, pidsOf, SERVICES } from './support/engine.ts';
import { ask } from './support/http.ts';
import { docker, run } from './support/run.ts';
import { compose, deployed, type Stack } from './support/stack.ts';

/** uid and gid that each service has to run as. */
const OWNERS: Readonly<Record<string, readonly [uid: number, gid: number]>> = {
  app: [10001, 10001],
  collect: [10001, 10001],
  'scheduled-backtest': [10001, 10001],
  tui: [10001, 10002],
  gate: [101, 101],
  database: [70, 70],
};
const RUNNING = Object.keys(OWNERS);

let stack: Stack;
let containers: ReadonlyMap<string, Container>;
beforeAll(async () => {
  stack = await deployed('sample');
  containers = await containersOf(stack.id);
});

function container(service: string): Container {
  const found = containers.get(service);
  if (!found) throw new Error(`no container of ${service}`);
  return found;
}

/** What the kernel says of a process: field → words. */
function statusOf(pid: number): ReadonlyMap<string, readonly string[]> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => [line.replace(/:.*/, ''), line.replace(/^\w+:\s*/, '').split(/\s+/)]));
}

function expectPowerless(pids: readonly number[], [uid, gid]: readonly [number, number]): void {
  expect(pids.length).toBeGreaterThan(0);
  for (const status of pids.map(statusOf)) {
    const all = (id: number) => Array.from({ length: 4 }, () => String(id));
    expect(status.get('Uid')).toEqual(all(uid));
    expect(status.get('Gid')).toEqual(all(gid));
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      expect([set, status.get(set)]).toEqual([set, ['0000000000000000']]);
    }
    expect(status.get('NoNewPrivs')).toEqual(['1']);
  }
}

describe('each running service', () => {
  it('is one of those that are checked here', () => {
    expect([...RUNNING, 'migrate'].sort()).toEqual(SERVICES);
  });

  it.each(RUNNING)('%s: every process has its own uid, no capability and no way to new privileges', async (service) => {
    expectPowerless(await pidsOf(container(service)), OWNERS[service] ?? [-1, -1]);
  });

  it.each(RUNNING)('%s: even root inside it cannot write to its root file system', async (service) => {
    expect(container(service).HostConfig.ReadonlyRootfs).toBe(true);
    const { code, stderr } = await run(['docker', 'exec', '-u', '0', container(service).Id, 'touch', '/usr/intruder']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/read-only file system/i);
  });

  it.each(RUNNING)('%s: its secrets can only be read by itself', async (service) => {
    const mount = container(service).Mounts.find(({ Destination }) => Destination === '/run/secrets');
    // The terminal has none at all.
    if (service === 'tui') return expect(mount).toBeUndefined();
    expect(mount?.RW).toBe(false);
    const find = ['find', '/run/secrets', '-mindepth', '1', '-type', 'f', '!', '-name', '.*'];
    const list = await docker('exec', container(service).Id, ...find, '-exec', 'stat', '-c', '%u %a', '{}', ';');
    const modes = new Set(list.trim().split('\n'));
    // An optional one without a value is no file.
    if (service === 'app' && list === '') return;
    expect([...modes]).toEqual([`${OWNERS[service]?.[0]} 400`]);
  });
});

describe('the migration', () => {
  it('runs without root, capabilities or a writable root too', async () => {
    const label = ['--label', 'trading-setup.probe=migrate'];
    const id = (await compose(stack, 'run', '-d', '--no-deps', ...label, '--entrypoint', 'sleep 60', 'migrate')).trim();
    try {
      const [inspected] = JSON.parse(await docker('inspect', id));
      expectPowerless(await pidsOf(inspected), [70, 70]);
      expect(inspected.HostConfig.ReadonlyRootfs).toBe(true);
    } finally {
      await docker('rm', '-f', id);
    }
  });
});

describe('every container', () => {
  it.each(SERVICES)('%s is unprivileged and bounded', (service) => {
    const { HostConfig, Mounts } = container(service);
    expect(HostConfig).toMatchObject({ Privileged: false, CapDrop: ['ALL'], CapAdd: null });
    expect(HostConfig.PidsLimit).toBeGreaterThan(0);
    expect(HostConfig.PidsLimit).toBeLessThanOrEqual(512);
    // Nothing of the host, above all not the engine's socket.
    expect(Mounts.filter(({ Type }) => Type !== 'volume' && Type !== 'tmpfs')).toEqual([]);
    // No nameless volume, which nobody would remove.
    const volumes = Mounts.flatMap(({ Type, Name = '' }) => (Type === 'volume' ? [Name] : []));
    expect(volumes.filter((name) => !name.startsWith(`${stack.id}_`))).toEqual([]);
  });

  it('publishes nothing but the gate, and that on loopback only', () => {
    const published = [...containers].flatMap(([service, { NetworkSettings }]) =>
      Object.values(NetworkSettings.Ports).flatMap((bindings) =>
        (bindings ?? []).map(({ HostIp, HostPort }) => `${service} ${HostIp}:${HostPort}`),
      ),
    );
    expect(published.sort()).toEqual([`gate 127.0.0.1:${stack.tui}`, `gate 127.0.0.1:${stack.api}`].sort());
  });

  it('is out of reach by the other addresses of this machine', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal);
    expect(others.length).toBeGreaterThan(0);
    for (const { address: host } of others) {
      for (const port of [stack.api, stack.tui]) {
        await expect(ask(port, '/', { host, login: stack.login })).rejects.toThrow(/ECONNREFUSED/);
      }
    }
  });

  it('has a terminal that reaches neither the API, nor the database, nor the daemon', async () => {
    for (const [host, port] of [
      ['database', 5432],
      ['app', 8080],
    ]) {
      const probe = `timeout 5 bash -c '</dev/tcp/${host}/${port}'`;
      const { code } = await run(['docker', 'exec', container('tui').Id, 'bash', '-c', probe]);
      expect(code, `${host}:${port}`).not.toBe(0);
    }
  });
});
