import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publishedPorts } from '../../src/host/containers.ts';
import { observeHost } from '../../src/host/observe.ts';
import { portHolders } from '../../src/host/ports.ts';
import { fakeRunner, type Table } from '../support/fake-runner.ts';
import { sought } from './machine.ts';

const row = (Names: string, Ports: string, Labels = '') => JSON.stringify({ Names, Ports, Labels });

describe('ports that containers publish', () => {
  const published = (...rows: string[]) => publishedPorts(fakeRunner({ 'docker ps': { stdout: rows.join('\n') } }));

  it.each<[string, string, string, unknown]>([
    ['one address', '127.0.0.1:8080->8080/tcp', '', [{ port: 8080, who: 'container web' }]],
    ['another port inside', '0.0.0.0:9000->80/tcp', '', [{ port: 9000, who: 'container web' }]],
    ['IPv6', '[::]:9000->80/tcp', '', [{ port: 9000, who: 'container web' }]],
    [
      'a range',
      '0.0.0.0:9000-9002->9000-9002/tcp',
      '',
      [9000, 9001, 9002].map((port) => ({ port, who: 'container web' })),
    ],
    ['none: exposed is not published', '8080/tcp, 9000/udp', '', []],
    ['none at all', '', '', []],
    [
      'one of ours',
      '127.0.0.1:80->80/tcp',
      'a=b,trading-setup.stack=toy-5a3b1e,c=d',
      [{ port: 80, who: 'container web', stack: 'toy-5a3b1e' }],
    ],
    ['not one of ours', '127.0.0.1:80->80/tcp', 'x.trading-setup.stack=no', [{ port: 80, who: 'container web' }]],
  ])('are read: %s', async (_, ports, labels, wanted) => {
    expect(await published(row('web', ports, labels))).toEqual(wanted);
  });

  it('are those of every container', async () => {
    const found = await published(row('a', '127.0.0.1:1->1/tcp, [::1]:2->1/tcp'), row('b', '0.0.0.0:3->1/tcp'));
    expect(found.map(({ port, who }) => [port, who])).toEqual([
      [1, 'container a'],
      [2, 'container a'],
      [3, 'container b'],
    ]);
  });

  it('are unknown, not an error, when no engine answers', async () => {
    expect(await publishedPorts(fakeRunner({ 'docker ps': { exitCode: 1, stderr: 'no' } }))).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('ports of this machine', () => {
  it('are named with the program that listens', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const found = await portHolders([port, 1]);
    expect([...found.keys()]).toEqual([port]);
    expect(found.get(port)).toMatch(new RegExp(`^.+ \\(pid ${process.pid}\\)$`));
    server.close();
    await new Promise((closed) => server.once('close', closed));
    expect((await portHolders([port])).size).toBe(0);
  });
});

describe('the host', () => {
  const keychain = { available: false, why: 'none answers' };
  const observe = (table: Table, wanted: readonly number[] = []) =>
    observeHost(
      fakeRunner({ 'docker volume ls': {}, ...table }),
      Promise.resolve({ ports: wanted, system: sought('/no/such/repository') }),
      async () => keychain,
      { self: process.pid, home: '/no/such/home', proc: '/no/such/proc', units: [] },
    );
  const ENGINE: Table = {
    'docker version': { stdout: '{}' },
    'docker info': {
      stdout: JSON.stringify({
        ServerVersion: '28.5.2',
        OSType: 'linux',
        Architecture: 'x86_64',
        NCPU: 3,
        MemTotal: 5e9,
      }),
    },
    'docker context inspect': {
      stdout: JSON.stringify({ Name: 'default', Endpoints: { docker: { Host: 'unix:///x' } } }),
    },
    'docker compose version': { stdout: '2.40.3\n' },
    'docker buildx version': { stdout: 'github.com/docker/buildx v0.29.1 x\n' },
    'docker ps': { stdout: row('web', '127.0.0.1:8080->80/tcp') },
  };

  it('is the machine of the engine, with its containers', async () => {
    expect(await observe(ENGINE)).toEqual({
      cpus: 3,
      memoryBytes: 5e9,
      keychain,
      holders: [{ port: 8080, who: 'container web' }],
      system: { running: { processes: [], units: [], containers: [] }, existing: { volumes: [], sqlite: [] } },
    });
  });

  it('is this machine, with the reason, when the engine does not answer', async () => {
    const missing = Object.fromEntries(Object.keys(ENGINE).map((key) => [key, { missing: true }]));
    const host = await observe(missing);
    expect(host.engineProblem).toBe('Docker is not installed.');
    expect(host.cpus).toBeGreaterThan(0);
    expect(host.memoryBytes).toBeGreaterThan(0);
  });

  it('does not mistake the ports of this machine for those of an engine elsewhere', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const remote = JSON.stringify({ Name: 'vps', Endpoints: { docker: { Host: 'ssh://me@vps' } } });
    const there = await observe({ ...ENGINE, 'docker context inspect': { stdout: remote }, 'docker ps': {} }, [port]);
    expect(there.holders).toEqual([]);
    const here = await observe({ ...ENGINE, 'docker ps': {} }, [port]);
    expect(here.holders.map((holder) => holder.port)).toEqual(process.platform === 'linux' ? [port] : []);
  });
});
