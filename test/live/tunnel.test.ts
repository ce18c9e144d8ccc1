import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEBIAN_IMAGE } from '../../src/catalog/images.ts';
import { containerHttp } from '../../src/engine/tunnel.ts';
import { Secret } from '../../src/secret.ts';
import { directHttp } from '../../src/system/http.ts';
import { runner } from '../../src/system/run.ts';
import { gateway, type Venue, venue } from './support/venue.ts';

// A container as ours are: another user, nothing writable, no capability, the runtime image of every stack.
let container: string;
let address: string;
let there: Venue;

function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  there = await venue(() => ({ answer: 'x'.repeat(100_000) }));
  const label = process.env.TRADING_SETUP_LIVE;
  container = docker(
    ...['container', 'run', '--detach', '--rm', '--read-only', '--user', '10001', '--cap-drop', 'ALL'],
    ...['--security-opt', 'no-new-privileges', ...(label ? ['--label', `trading-setup.live=${label}`] : [])],
    ...['--entrypoint', 'sleep', DEBIAN_IMAGE, '600'],
  );
  address = docker('inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', container);
});
afterAll(() => {
  there.close();
  docker('container', 'rm', '--force', container);
});

describe('a question from inside a container', () => {
  const body = new Secret(`{"of": "${'nobody'.repeat(20_000)}"}`);

  it('comes from the container, whole, and one from here does not', async () => {
    const request = { method: 'POST', url: `${there.url}/info`, body } as const;
    const answer = await containerHttp(runner(), container)(request);
    expect([answer.status, answer.body.length]).toEqual([200, 100_013]);
    await directHttp(request);
    const [inside, outside] = there.asked.map(({ from }) => from);
    expect(inside).toBe(address);
    expect(outside).not.toBe(address);
    expect(there.asked.map((each) => each.body === body.reveal())).toEqual([true, true]);
  });

  it('shows nothing of itself in the events of the engine', async () => {
    const since = (Date.now() / 1000 - 1).toFixed(3);
    await containerHttp(runner(), container)({ method: 'POST', url: `${there.url}/of-a-node-key`, body });
    const until = (Date.now() / 1000 + 1).toFixed(3);
    const events = docker('events', '--since', since, '--until', until, '--filter', `container=${container}`);
    expect(events).toContain('exec_start');
    expect(events).not.toMatch(new RegExp(`nobody|of-a-node-key|${there.port}`));
  });

  it('leaves no process behind, whether it was answered or not', async () => {
    const http = containerHttp(runner(), container);
    await http({ method: 'GET', url: there.url });
    await expect(http({ method: 'GET', url: `http://${gateway()}:9` })).rejects.toThrow('connection refused');
    await expect
      .poll(() => docker('top', container, '-eo', 'pid,args').split('\n').length, { timeout: 20_000 })
      .toBe(2);
  });

  it('is not asked of a container that does not run', async () => {
    await expect(containerHttp(runner(), 'no-such-container')({ method: 'GET', url: there.url })).rejects.toThrow(
      'it does not run',
    );
  });
});
