import { createServer as createHttp } from 'node:http';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folder, run } from './shell.ts';

const HEALTH = new URL('../../docker/health.sh', import.meta.url).pathname;
const health = (...args: string[]) => run(['bash', HEALTH, ...args]);

async function listening(server: Server, at: number | string = 0): Promise<string> {
  await new Promise<void>((ready) =>
    typeof at === 'string' ? server.listen(at, ready) : server.listen(at, '127.0.0.1', ready),
  );
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address ? String(address.port) : '';
}

/** A port where nobody listens any more. */
async function closedPort(): Promise<string> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((closed) => server.close(closed));
  return port;
}

describe('health http', () => {
  it.each([
    [200, 0, 'GET /health answered 200'],
    [204, 0, 'GET /health answered 204'],
    [301, 1, 'GET /health answered 301'],
    [404, 1, 'GET /health answered 404'],
    [503, 1, 'GET /health answered 503'],
  ])('judges an answer %i', async (status, code, message) => {
    const asked: unknown[] = [];
    const server = createHttp(({ method, url, headers }, response) => {
      asked.push([method, url, headers.host]);
      response.writeHead(status).end('x'.repeat(100_000));
    });
    const port = await listening(server);
    expect(await health('http', port, '/health')).toMatchObject({ code, stdout: `${message}\n`, stderr: '' });
    expect(asked).toEqual([['GET', '/health', `127.0.0.1:${port}`]]);
  });

  it('says that nothing listens', async () => {
    const port = await closedPort();
    expect(await health('http', port, '/')).toMatchObject({
      code: 1,
      stdout: `nothing listens on port ${port}\n`,
      stderr: '',
    });
  });

  it('gives up on a program that accepts and never answers, before Docker does', async () => {
    const port = await listening(createServer((socket) => onTestFinished(() => void socket.destroy())));
    const started = performance.now();
    const { code, stdout } = await health('http', port, '/health');
    expect([code, stdout]).toEqual([1, `port ${port} is open and GET /health gave no answer in 4 s\n`]);
    expect(performance.now() - started).toBeLessThan(5000);
  }, 15_000);

  it.each([
    ['closes at once', ''],
    ['speaks another protocol', 'SSH-2.0-x\r\n'],
    ['prints control characters', '\x1b[31m\x07 \x1b[2J 200\r\n'],
  ])('is not taken in by a program that %s', async (_, text) => {
    const port = await listening(createServer((socket) => void socket.end(text)));
    const { code, stdout } = await health('http', port, '/');
    expect(code).toBe(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});

describe('health tcp', () => {
  it('says whether a port is open', async () => {
    const port = await listening(createServer((socket) => void socket.end()));
    expect(await health('tcp', port)).toMatchObject({ code: 0, stdout: `port ${port} is open\n` });
    const closed = await closedPort();
    expect(await health('tcp', closed)).toMatchObject({
      code: 1,
      stdout: `nothing listens on port ${closed}\n`,
      stderr: '',
    });
  });
});

describe.runIf(process.platform === 'linux')('health on Linux', () => {
  it('socket: says whether somebody listens', async () => {
    const path = join(folder(), 'ttyd.sock');
    expect(await health('socket', path)).toMatchObject({ code: 1, stdout: `nobody listens on ${path}\n` });
    await listening(createServer(), path);
    expect(await health('socket', path)).toMatchObject({ code: 0, stdout: `${path} is served\n` });
  });

  it('process: says how long the first process is up', async () => {
    expect(await health('process', '1')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^up for \d+ s\n$/),
      stderr: '',
    });
    const never = await health('process', '999999999');
    expect(never).toMatchObject({ code: 1, stdout: expect.stringMatching(/^up for \d+ s, not yet 999999999 s\n$/) });
  });
});

it('is told how it is used', async () => {
  for (const args of [[], ['dance']]) {
    expect(await health(...args)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('usage: health http PORT PATH'),
    });
  }
});
