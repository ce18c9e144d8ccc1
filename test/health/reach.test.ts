import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { reachAddress } from '../../src/events/reach.ts';
import { LOOK_MS, lookAround, type ReachPlan, watchReach } from '../../src/health/reach.ts';
import { reachScript } from '../../src/health/reach-script.ts';
import { clock } from '../../src/system/clock.ts';
import { type Command, printCommand, type Runner, runner } from '../../src/system/run.ts';

const CERTIFICATE = new URL('../system/certificate/', import.meta.url).pathname;
/** Loopback is the container itself and is left out: another name for this machine stands for a host elsewhere. */
const HERE = '127.0.0.1';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reach-'));
  mkdirSync(join(folder, 'env'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function secret(name: string, value: string): void {
  writeFileSync(join(folder, 'env', name), value);
}

/** As in the container: its secrets are in a folder of the test, and this machine is not left out. */
function moved(script: string): string {
  return script.replaceAll('/run/secrets', folder).replace('localhost | 127.* | 0.0.0.0', '0.0.0.0');
}

function plan(over: Partial<ReachPlan> = {}): ReachPlan {
  return { service: 'app', addresses: [], skip: [], own: ['database', 'app'], files: [], hidden: false, ...over };
}

/** An engine with one running container, whose commands run here. */
function engine(calls: Command[] = [], trust = ''): Pick<Runner, 'run' | 'stream' | 'talk'> {
  const real = runner();
  const here = (command: Command): Command => {
    calls.push(command);
    const rest = command.argv.slice(4);
    const [program = 'bash', ...args] = rest;
    const { stdin } = command;
    return {
      argv: [program, ...args],
      ...(stdin === undefined ? {} : { stdin: typeof stdin === 'string' ? moved(stdin) : stdin }),
      ...(trust === '' ? {} : { env: { SSL_CERT_FILE: trust } }),
    };
  };
  const container = {
    ...{ Id: 'c1', Name: '/a', Created: '', Image: '', RestartCount: 0, HostConfig: {} },
    State: { Status: 'running', ExitCode: 0, StartedAt: '', FinishedAt: '' },
    Config: { Image: 'i', Labels: { 'com.docker.compose.service': 'app' } },
  };
  return {
    run: async (command, options) => {
      const words = command.argv.join(' ');
      const said = (stdout: string) => ({ exitCode: 0, stdout, stderr: '', missing: false });
      if (words.includes('container ls')) return said('c1\n');
      if (words.includes('inspect')) return said(JSON.stringify([container]));
      return real.run(here(command), options);
    },
    stream: (command, options) => real.stream(here(command), options),
    talk: (command) => real.talk(here(command)),
  };
}

async function listen(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((done) => server.listen(0, HERE, () => done()));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((done) => server.close(done));
  return port;
}

const look = (plans: readonly ReachPlan[], on = engine(), limitMs = LOOK_MS) =>
  lookAround(on, 'toy', plans, { signal: new AbortController().signal, limitMs });
/** Where the answer is what counts, and not when a busy machine has it. */
const PATIENT_MS = 15_000;

describe('from inside a running service', () => {
  it('each address that its secrets, its config and its settings name is tried once', async () => {
    const [one, two, three] = await Promise.all([createServer(), createServer(), createServer()].map(listen));
    secret('WS_RPC_URL', `ws://user:pass-word@${HERE}:${one}/v2/KEY-OF-SOMEBODY`);
    secret('TABLE', `{url="http://${HERE}:${one}/again", other="ws://database:5432"}`);
    secret('CALLBACK_URI', 'https://browser.example/back');
    const config = join(folder, 'Config.toml');
    writeFileSync(config, `# http://nobody.example\nurl = "http://${HERE}:${two}/api"`);
    const told = plan({
      addresses: [{ host: HERE, port: three ?? 0, tls: false }],
      skip: ['CALLBACK_URI'],
      files: [config],
    });
    const seen = await look([told]);
    expect(new Set(seen.map(({ port, state }) => `${port} ${state}`))).toEqual(
      new Set([one, two, three].map((port) => `${port} reachable`)),
    );
    expect(JSON.stringify(seen)).not.toMatch(/KEY-OF|pass-word|database|browser/);
  });

  it('nothing of a value is in an argument, and the answer is bounded', async () => {
    const port = await listen(createServer());
    secret('WS_RPC_URL', `ws://${HERE}:${port}/v2/KEY-OF-SOMEBODY`);
    const calls: Command[] = [];
    await look([plan()], engine(calls));
    expect(calls.map(printCommand)).toEqual(['docker exec -i c1 timeout 4 bash -s']);
    expect(reachScript(plan())).not.toContain('KEY-OF');
  });

  it('what refuses, and what has no name, is said as that', async () => {
    const port = await closedPort();
    const seen = await look([
      plan({
        addresses: [
          { host: HERE, port, tls: true },
          { host: 'no-such-host.invalid', port: 443, tls: true },
        ],
      }),
    ]);
    const states = new Map(seen.map(({ host, state }) => [host, state]));
    expect(states.get(HERE)).toBe('refused');
    // Without any name server there is no answer instead.
    expect(['name-not-found', 'no-answer']).toContain(states.get('no-such-host.invalid'));
  });

  it('a certificate is judged by what is trusted in that image', async () => {
    const server = createTlsServer({
      key: readFileSync(join(CERTIFICATE, 'key.pem')),
      cert: readFileSync(join(CERTIFICATE, 'cert.pem')),
    });
    const port = await listen(server);
    const told = [plan({ addresses: [{ host: 'localhost', port, tls: true }] })];
    expect(await look(told)).toEqual([{ service: 'app', host: 'localhost', port, tls: true, state: 'untrusted' }]);
    const other = [plan({ addresses: [{ host: HERE, port, tls: true }] })];
    expect(await look(other, engine([], join(CERTIFICATE, 'cert.pem')))).toMatchObject([
      { state: 'untrusted', why: 'it is that of another name' },
    ]);
    expect(await look(told, engine([], join(CERTIFICATE, 'cert.pem')))).toMatchObject([{ state: 'reachable' }]);
  });

  it('what speaks no TLS where it should is said as that', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('220 hello\r\n'));
    const port = await listen(server);
    const told = [plan({ addresses: [{ host: HERE, port, tls: true }] })];
    expect(await look(told, engine(), PATIENT_MS)).toMatchObject([{ state: 'failed', why: 'it speaks no TLS' }]);
  });

  it('an image without bash cannot be asked, and that is no failure of the service', async () => {
    const on = engine();
    const mute: typeof on = {
      ...on,
      async *stream() {
        yield [{ from: 'stderr', text: 'exec: "bash": executable file not found in $PATH' }] as const;
        return 127;
      },
    };
    expect(await look([plan({ addresses: [{ host: 'x.example', port: 443, tls: true }] })], mute)).toEqual([
      {
        ...{ service: 'app', host: 'x.example', port: 443, tls: true },
        ...{ state: 'unchecked', why: 'no bash in that image' },
      },
    ]);
  });

  it('of a secret that is no right address no part is tried: it may be the secret itself', async () => {
    const port = await listen(createServer());
    const bad = [
      `ws://hunter2hunter2#frag@${HERE}:${port}`,
      `ws://TOKENTOKEN;part:pw@${HERE}:${port}`,
      `ws://key:12345/9@${HERE}:${port}`,
      `url = "ws://TOKEN,TOKEN?x@${HERE}:${port}"`,
      `ws://${'x'.repeat(50)}#${'y'.repeat(8_192)}@${HERE}:${port}`,
    ];
    secret('MANY', bad.join('\n'));
    secret('RIGHT', `ws://user:pass@${HERE}:${port}/v2/KEY, "someone@mail.example"`);
    expect(await look([plan()])).toEqual([{ service: 'app', host: HERE, port, tls: false, state: 'reachable' }]);
  });

  it('a file of thousands of addresses keeps the CPU busy for no more than a moment', { timeout: 20_000 }, async () => {
    const port = await listen(createServer());
    const many = Array.from({ length: 3_000 }, (_, at) => `"http://app:${at}/some"`).join(',');
    secret('TABLE', `{"urls":[${many}]}`);
    secret('WIDE', `${`${many.slice(0, 8_000)}\n`.repeat(20)}`);
    const told = plan({ addresses: [{ host: HERE, port, tls: false }] });
    const began = performance.now();
    expect(await look([told])).toMatchObject([{ state: 'reachable' }]);
    expect(performance.now() - began).toBeLessThan(3_500);
  });

  it('a look that was cut off has looked at nothing, and says so', async () => {
    const on = engine();
    const cut: typeof on = {
      ...on,
      async *stream() {
        yield [];
        return 124;
      },
    };
    const why = 'the look took too long';
    expect(await look([plan({ addresses: [{ host: 'x.example', port: 443, tls: true }] })], cut)).toMatchObject([
      { host: 'x.example', state: 'unchecked', why },
    ]);
    expect(await look([plan({ hidden: true })], cut)).toEqual([
      { service: 'app', host: '', port: 0, tls: false, state: 'unchecked', why },
    ]);
    expect(await look([plan()], cut)).toEqual([]);
  });

  it('whose addresses stand in secrets alone is said to be unchecked as well where the image has no bash', async () => {
    const on = engine();
    const mute: typeof on = {
      ...on,
      async *stream() {
        yield [{ from: 'stderr', text: 'timeout: failed to run command ‘bash’: No such file or directory' }] as const;
        return 127;
      },
    };
    const [reach] = await look([plan({ hidden: true })], mute);
    expect(reach).toMatchObject({ state: 'unchecked', why: 'no bash in that image' });
    expect(reach && reachAddress(reach)).toBe('the addresses in its secrets');
  });

  it('a container that does not tell what it trusts ends nothing', async () => {
    const server = createTlsServer({
      key: readFileSync(join(CERTIFICATE, 'key.pem')),
      cert: readFileSync(join(CERTIFICATE, 'cert.pem')),
    });
    const port = await listen(server);
    const on = engine();
    const silent: typeof on = {
      ...on,
      run: (command, options) => {
        if (String(command.stdin ?? '').includes('SSL_CERT_FILE')) return Promise.reject(new Error('gone'));
        return on.run(command, options);
      },
    };
    const told = [plan({ addresses: [{ host: 'localhost', port, tls: true }] })];
    expect(await look(told, silent)).toMatchObject([{ state: 'untrusted' }]);
  });

  it('what takes a connection and says nothing has not answered', { timeout: 20_000 }, async () => {
    const open: Socket[] = [];
    const port = await listen(createServer((socket) => void open.push(socket.on('error', () => undefined))));
    onTestFinished(() => {
      for (const socket of open) socket.destroy();
    });
    const began = performance.now();
    expect(await look([plan({ addresses: [{ host: HERE, port, tls: true }] })])).toMatchObject([
      { state: 'no-answer' },
    ]);
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('an address that swallows everything is given up after 3 seconds', { timeout: 20_000 }, async () => {
    // Documentation addresses (RFC 5737) answer nowhere; without any network they fail at once.
    const began = performance.now();
    const [seen] = await look([plan({ addresses: [{ host: '192.0.2.1', port: 443, tls: true }] })]);
    expect(['no-answer', 'failed', 'refused', 'untrusted', 'reachable']).toContain(seen?.state);
    expect(performance.now() - began).toBeLessThan(6_000);
  });

  it('a service that does not run is not asked', async () => {
    expect(await look([plan({ service: 'other', addresses: [{ host: 'x.example', port: 443, tls: true }] })])).toEqual(
      [],
    );
  });
});

it('the board is told again and again, until nobody looks any more', async () => {
  const port = await closedPort();
  const stop = new AbortController();
  const told: number[] = [];
  const quick = { ...clock, sleep: async () => undefined };
  await watchReach(
    engine(),
    'toy',
    [plan({ addresses: [{ host: HERE, port, tls: false }] })],
    { clock: quick, signal: stop.signal },
    (reach) => {
      told.push(reach.length);
      if (told.length === 2) stop.abort();
    },
  );
  expect(told).toEqual([1, 1]);
});
