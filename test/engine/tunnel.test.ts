import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { containerHttp, tunnel } from '../../src/engine/tunnel.ts';
import { Secret } from '../../src/secret.ts';
import { HttpFailure } from '../../src/system/http.ts';
import { type Command, printCommand, type Runner, runner } from '../../src/system/run.ts';

/** The script runs here, without the container around it. */
function inside(calls: Command[] = []): Pick<Runner, 'talk'> {
  return {
    talk(command) {
      calls.push(command);
      const [timeout = '', ...rest] = command.argv.slice(command.argv.indexOf('timeout'));
      return runner().talk({ argv: [timeout, ...rest] });
    },
  };
}

/** A client of the engine that ends with these words. */
function failing(exitCode: number, stderr: string): Pick<Runner, 'talk'> {
  return {
    talk: (_) => runner().talk({ argv: ['sh', '-c', `cat >/dev/null & echo '${stderr}' >&2; exit ${exitCode}`] }),
  };
}

async function serve(): Promise<{ readonly url: string; readonly asked: unknown[] }> {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      asked.push([request.url, request.headers['x-key'], body.length]);
      response.end('x'.repeat(200_000));
    });
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  // A server on a port has an address with one.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe('a question from inside a container', () => {
  it('arrives whole, and so does its answer', async () => {
    const { url, asked } = await serve();
    const http = containerHttp(inside(), 'app');
    const answer = await http({ method: 'POST', url: `${url}/info`, body: 'b'.repeat(300_000) });
    expect([answer.status, answer.body.length]).toEqual([200, 200_000]);
    expect(asked).toEqual([['/info', undefined, 300_000]]);
  });

  it('can be one over a WebSocket', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(`heard ${text.toString()}`)));
    onTestFinished(() => {
      for (const client of sockets.clients) client.terminate();
      server.close();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
    // A server on a port has an address with one.
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v2/key`;
    const answer = await containerHttp(inside(), 'app')({ method: 'POST', url, body: 'it' });
    expect(answer).toEqual({ status: 101, body: 'heard it' });
  });

  it('is in no argument: neither where it goes nor what it says', async () => {
    const { url } = await serve();
    const calls: Command[] = [];
    const http = containerHttp(inside(calls), 'app');
    await http({ method: 'GET', url: `${url}/v3/node-key`, headers: { 'x-key': new Secret('key-of-somebody') } });
    expect(calls).toEqual([tunnel('app')]);
    expect(printCommand(tunnel('app'))).toMatch(/^docker exec -i app timeout 15 bash -c /);
  });

  it('leaves nothing running behind', async () => {
    const { url } = await serve();
    const talks: Awaited<ReturnType<Runner['talk']>>[] = [];
    const { talk } = inside();
    const http = containerHttp(
      { talk: async (command) => talks[talks.push(await talk(command)) - 1] ?? expect.fail() },
      'a',
    );
    await http({ method: 'GET', url });
    expect(talks.length).toBe(1);
    await talks[0]?.ended;
  });

  it.each([
    ['nobody listens', inside(), 'http://127.0.0.1:9', 'from the container: connection refused'],
    ['it has no bash', failing(127, 'exec: "bash": executable file not found in $PATH'), 'http://h', 'no bash'],
    ['it does not run', failing(1, 'Error response from daemon: container abc is not running'), 'http://h', 'not run'],
    ['there is none', failing(1, 'Error response from daemon: No such container: app'), 'http://h', 'not run'],
    ['anything else', failing(3, 'strange'), 'http://h', 'the way there ended (3)'],
  ])('says that %s', async (_, run, url, words) => {
    const error = await containerHttp(run, 'app')({ method: 'GET', url }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HttpFailure);
    expect(String(error)).toContain(words);
  });

  it('says that docker is not installed', async () => {
    const none: Pick<Runner, 'talk'> = { talk: () => runner().talk({ argv: ['no-such-docker-anywhere'] }) };
    await expect(containerHttp(none, 'app')({ method: 'GET', url: 'http://h' })).rejects.toThrow(
      new HttpFailure('docker is not installed'),
    );
  });
});
