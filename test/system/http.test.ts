import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { Secret } from '../../src/secret.ts';
import { directHttp, HttpFailure } from '../../src/system/http.ts';

const CERTIFICATE = new URL('./certificate/', import.meta.url).pathname;
const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function listening(server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  open.push(server);
  // A server on a port has an address with one.
  return (server.address() as AddressInfo).port;
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(listener))}`;
}

async function raw(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  open.push({ close: () => sockets.forEach((socket) => void socket.destroy()) });
  return `http://127.0.0.1:${await listening(server)}`;
}

/** Why nothing came back. */
async function failure(url: string): Promise<string> {
  const error = await directHttp({ method: 'GET', url }).then(
    () => expect.fail('it answered'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpFailure);
  return error instanceof Error ? error.message : '';
}

describe('a request', () => {
  it('carries method, path, query, headers and body, and unwraps what is secret only there', async () => {
    const seen: unknown[] = [];
    const base = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        seen.push([request.method, request.url, request.headers.host, request.headers['x-key'], body]);
        response.writeHead(201).end('{"ok":"ü"}');
      });
    });
    const answer = await directHttp({
      method: 'POST',
      url: `${base}/info?a=b%20c`,
      headers: { 'x-key': new Secret('key-of-somebody') },
      body: new Secret('{"é":1}'),
    });
    expect(answer).toEqual({ status: 201, body: '{"ok":"ü"}' });
    expect(seen).toEqual([['POST', '/info?a=b%20c', base.slice(7), 'key-of-somebody', '{"é":1}']]);
  });

  it('does not follow a redirect', async () => {
    const asked: (string | undefined)[] = [];
    const base = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect((await directHttp({ method: 'GET', url: `${base}/here` })).status).toBe(307);
    expect(asked).toEqual(['/here']);
  });

  it('uses no proxy of the environment', async () => {
    const base = await serve((_, response) => response.end('direct'));
    process.env.HTTP_PROXY = 'http://127.0.0.1:9';
    process.env.http_proxy = 'http://127.0.0.1:9';
    onTestFinished(() => {
      delete process.env.HTTP_PROXY;
      delete process.env.http_proxy;
    });
    expect((await directHttp({ method: 'GET', url: base })).body).toBe('direct');
  });
});

describe('no answer is said in a few words without the address', () => {
  it('nobody listens', async () => expect(await failure('http://127.0.0.1:9/secret-path')).toBe('connection refused'));

  it('the name is not known', async () =>
    expect(await failure('https://no-such-host.invalid/secret-path')).toMatch(/name/));

  it.each(['no address', 'ftp://127.0.0.1/', 'file:///etc/passwd'])('%s', async (url) =>
    expect(await failure(url)).toBe('its address is none'),
  );

  it('silence, after 5 s', async () => {
    const started = performance.now();
    const base = await raw(() => undefined);
    expect(await failure(base)).toBe('no answer within 5 s');
    expect(performance.now() - started).toBeLessThan(7_000);
  }, 10_000);

  it('an answer that never ends, after 5 s', async () => {
    const base = await raw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 100);
      socket.on('close', () => clearInterval(drip));
    });
    expect(await failure(base)).toBe('no answer within 5 s');
  }, 10_000);

  it('one that is longer than 1 MB', async () => {
    const base = await serve((_, response) => response.end(Buffer.alloc(1024 * 1024 + 1, 'x')));
    expect(await failure(base)).toBe('the answer was longer than 1 MB');
  });

  it('a connection that is closed', async () => {
    expect(await failure(await raw((socket) => socket.destroy()))).toBe('the connection was closed');
  });

  it('something else than HTTP', async () => {
    expect(await failure(await raw((socket) => socket.end('SSH-2.0-x\r\n')))).toBe('what answers does not speak HTTP');
  });

  it('a value that no header can carry, without the value', async () => {
    const base = await serve((_, response) => response.end());
    const asked = directHttp({ method: 'GET', url: base, headers: { key: new Secret('two\nlines of it') } });
    await expect(asked).rejects.toThrow(new HttpFailure('the value has a sign that no request can carry'));
  });
});

describe('an encrypted address', () => {
  const files = { key: readFileSync(`${CERTIFICATE}key.pem`), cert: readFileSync(`${CERTIFICATE}cert.pem`) };
  const secure = () => {
    const server = createSecureServer(files, (_, response) => response.end('over TLS'));
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.on('message', (text) => socket.send(`heard ${text.toString()}`)));
    return listening(server);
  };

  it('is not asked where nobody vouches for its certificate', async () => {
    expect(await failure(`https://localhost:${await secure()}`)).toMatch(/^its certificate is not trusted/);
  });

  it('is asked where somebody does, and only under its own name', async () => {
    const port = await secure();
    const folder = mkdtempSync(join(process.cwd(), 'node_modules/.cache/http-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await build({
      stdin: {
        contents: `import { directHttp } from './src/system/http.ts';
          for (const host of ['https://localhost', 'wss://localhost', 'https://127.0.0.1', 'wss://127.0.0.1'])
            console.log(await directHttp({ method: 'POST', url: host + ':${port}', body: 'it' }).then((answer) => answer.body, String));`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: join(folder, 'ask.mjs'),
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: `${CERTIFICATE}cert.pem` };
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'ask.mjs')], { env });
    const somebody = 'Error: its certificate is that of somebody else';
    expect(stdout.trim().split('\n')).toEqual(['over TLS', 'heard it', somebody, somebody]);
  });
});

describe('a WebSocket', () => {
  it('gets the body as a message and gives the first one that comes back', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket, request) =>
      socket.on('message', (text) => socket.send(`${request.url} ${text.toString()}`)),
    );
    const port = await listening(server);
    open.push({ close: () => sockets.clients.forEach((client) => void client.terminate()) });
    const answer = await directHttp({ method: 'POST', url: `ws://127.0.0.1:${port}/v3/key`, body: '{"id":1}' });
    expect(answer).toEqual({ status: 101, body: '/v3/key {"id":1}' });
  });

  it('that is refused gives the status', async () => {
    const base = await serve((_, response) => response.writeHead(401).end());
    const server = base.replace('http', 'ws');
    expect((await directHttp({ method: 'POST', url: server, body: '{}' })).status).toBe(401);
  });

  it('that is closed without a word is no answer', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.close());
    const port = await listening(server);
    expect(await failure(`ws://127.0.0.1:${port}`)).toBe('the connection was closed without an answer');
  });
});
