import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Disk,
  type Engine,
  type Machine,
  portThief,
  privateEngine,
  smallDisk,
  unprivileged,
  withCompose,
  withEnv,
  withPlugins,
} from './errors/machine.ts';
import { begin, clientsIn } from './errors/running.ts';
import { expectEndsAsEvents, expectTellsJson, expectTold, jsonLines, type Telling } from './errors/told.ts';
import {
  emptyFolder,
  filesOf,
  hold,
  idOf,
  imagesOf,
  lockOf,
  release,
  removeFolders,
  sources,
  type Workspace,
  workspace,
} from './errors/workspace.ts';
import { containersOf, healthy } from './support/engine.ts';
import { cli, docker, run } from './support/run.ts';
import { deploy, deployed, inVolume, type Stack } from './support/stack.ts';
import { waitFor } from './support/wait.ts';

const KEY = 'HYPERLIQUID_API_WALLET_KEY';

/** What ran before and has to run on, untouched: this stack is broken and mended here. */
let stack: Stack;
/** Set up and never started. */
let fresh: Workspace;
beforeAll(async () => {
  stack = await deployed('scratch');
  fresh = await workspace('fresh');
});

afterAll(removeFolders);

/** Which containers run, and since when. */
async function whatRuns(id = stack.id): Promise<readonly string[]> {
  return [...(await containersOf(id))]
    .filter(([, { State }]) => State.Status === 'running')
    .map(([name, { Id, State }]) => `${name} ${Id} ${State.StartedAt}`)
    .sort();
}

/** Nothing came of it: no image, container, volume or lock of this stack is on the engine. */
async function expectUntouched({ id, dir }: Workspace): Promise<void> {
  expect(await imagesOf(id)).toBe('');
  expect((await containersOf(id)).size).toBe(0);
  expect(await docker('volume', 'ls', '-q', '--filter', `name=^${id}_`)).toBe('');
  expect(await lockOf(id)).toBe('');
  expect(existsSync(join(dir, '.env'))).toBe(false);
}

describe('an engine that cannot be used', () => {
  const cases: readonly (readonly [
    string,
    Telling,
    () => Promise<{ cli: Machine; dir?: string; repository?: string }>,
  ])[] = [
    [
      'absent',
      { exit: 4, code: 'docker-missing', says: 'Docker is not installed.', next: 'Install Docker Engine' },
      async () => ({ cli: withEnv({ PATH: emptyFolder('no-programs') }) }),
    ],
    [
      'not running',
      {
        exit: 4,
        code: 'engine-not-running',
        says: 'The Docker engine does not answer.',
        next: 'systemctl start docker',
      },
      async () => ({ cli: withEnv({ DOCKER_HOST: `unix://${join(emptyFolder('no-socket'), 'none.sock')}` }) }),
    ],
    [
      'not running, and its socket is still there',
      {
        exit: 4,
        code: 'engine-not-running',
        says: 'The Docker engine does not answer.',
        next: 'systemctl start docker',
      },
      async () => {
        const socket = join(emptyFolder('socket', tmpdir()), 'stale.sock');
        // Only a process that is killed leaves its socket behind.
        const script = `require('node:net').createServer().listen('${socket}', () => process.kill(process.pid, 'SIGKILL'))`;
        await run([process.execPath, '-e', script]);
        expect(existsSync(socket)).toBe(true);
        return { cli: withEnv({ DOCKER_HOST: `unix://${socket}` }) };
      },
    ],
    [
      'on a machine that cannot be reached',
      { exit: 4, code: 'engine-not-running', says: 'The Docker engine does not answer.', next: 'check DOCKER_HOST' },
      async () => ({ cli: withEnv({ DOCKER_HOST: 'tcp://127.0.0.1:1' }) }),
    ],
    [
      'without permission',
      {
        exit: 4,
        code: 'engine-no-permission',
        says: 'You may not talk to the Docker engine.',
        next: /docker group, whose members can become root .*: sudo usermod -aG docker/,
      },
      async () => {
        const user = await unprivileged();
        const written = await workspace('nobody');
        const { code, stderr } = await run(['cp', '-r', written.dir, join(user.home, 'set-up')]);
        expect(code, stderr).toBe(0);
        const repository = sources('nobody', user.home);
        await user.own(user.home);
        return { cli: user.cli, dir: join(user.home, 'set-up'), repository };
      },
    ],
    [
      'without Compose',
      {
        exit: 4,
        code: 'compose-missing',
        says: 'The Compose plugin of Docker is not installed.',
        next: 'docker-compose-plugin',
      },
      async () => ({ cli: await withPlugins('buildx') }),
    ],
    [
      'without buildx',
      {
        exit: 4,
        code: 'buildx-missing',
        says: 'The buildx plugin of Docker is not installed.',
        next: 'docker-buildx-plugin',
      },
      async () => ({ cli: await withPlugins('compose') }),
    ],
    [
      'with a Compose that is too old',
      {
        exit: 4,
        code: 'compose-too-old',
        says: '2.24 or later is needed; 2.10.0 is installed.',
        next: 'Upgrade to Docker Compose 2.24',
      },
      async () => ({ cli: withCompose('2.10.0') }),
    ],
  ];

  describe.each(cases)('%s', (_, telling, make) => {
    let machine: Machine;
    let dir: string;
    let repository: string;
    beforeAll(async () => {
      const made = await make();
      machine = made.cli;
      dir = made.dir ?? fresh.dir;
      repository = made.repository ?? sources('init');
    });

    it('is told by deploy, build, down, status and secrets push', async () => {
      const commands = [['deploy'], ['build'], ['down'], ['status', '--once'], ['secrets', 'push']];
      const told = await Promise.all(commands.map((args) => machine([...args, '--dir', dir])));
      for (const ran of told) expectTold(ran, telling);
    });

    it('is told by deploy, build and status as JSON', async () => {
      const commands = [
        ['deploy', '--json'],
        ['build', '--progress', 'json'],
        ['status', '--once', '--json'],
      ];
      const told = await Promise.all(commands.map((args) => machine([...args, '--dir', dir])));
      for (const ran of told) expectTellsJson(ran, telling);
    });

    it('init writes its files all the same, says why nothing was started, and ends with 0', async () => {
      const { code, stdout, stderr } = await machine(['init', '--yes', '--dir', repository]);
      expect(code, stdout + stderr).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toContain('Not started: ');
      if (typeof telling.says === 'string') expect(stdout).toContain(telling.says);
      expect(stdout).toMatch(/^Next: Start it with: trading-setup deploy$/m);
      for (const file of ['trading-setup.yaml', 'Dockerfile', 'docker-compose.yml']) {
        expect(existsSync(join(repository, file)), file).toBe(true);
      }
    });

    it('leaves the repository as it was, and the engine', async () => {
      await expectUntouched(fresh);
    });
  });
});

describe('a port that is taken', () => {
  it('by a program is told with its process id before anything is built', async () => {
    const server = await hold(fresh.tui);
    try {
      const telling = {
        exit: 1,
        code: 'port-taken',
        says: new RegExp(`^error: Port ${fresh.tui} is used by .+ \\(pid ${process.pid}\\)\\.$`),
        next: `trading-setup init --set ports.tui=${fresh.tui + 1}`,
      };
      const ran = await cli(['deploy', '--dir', fresh.dir]);
      expectTold(ran, telling);
      expect(ran.seconds).toBeLessThan(10);
      const says = `(pid ${process.pid})`;
      expectTellsJson(await cli(['deploy', '--json', '--dir', fresh.dir]), { ...telling, says });
    } finally {
      await release(server);
    }
    await expectUntouched(fresh);
  });

  it('by a container is told with its name before anything is built', async () => {
    const taken = await workspace('taken', `ports.api.host=${stack.api}`);
    const before = await whatRuns();
    const ran = await cli(['deploy', '--dir', taken.dir]);
    expectTold(ran, {
      exit: 1,
      says: `error: Port ${stack.api} is used by container ${stack.id}-gate-1.`,
      next: `trading-setup init --set ports.api.host=${stack.api + 1}`,
    });
    await expectUntouched({ ...taken, api: stack.api });
    expect(await whatRuns()).toEqual(before);
  });

  it('is free for the stack that holds it itself', async () => {
    const ran = await cli(['deploy', '--dry-run', '--dir', stack.dir]);
    expect(ran.code, ran.stderr).toBe(0);
    // Not refused, and nothing was recreated: the deploy of what runs already.
    const before = await whatRuns();
    await deploy(stack.dir);
    expect(await whatRuns()).toEqual(before);
  });

  it('only after all checks is told in the same sentence, and the truth about the rest', async () => {
    const raced = await workspace('raced');
    const thief = await portThief(raced.api);
    try {
      const ran = await thief.cli(['deploy', '--dir', raced.dir]);
      expectTold(ran, {
        exit: 1,
        says: new RegExp(`^error: Port ${raced.api} is used by .+ \\(pid ${thief.holder()}\\)\\.$`),
        next: `trading-setup init --set ports.api.host=${raced.api + 1}`,
      });
      // The migration ends by itself, before or after the sentence.
      const lasting = (names: readonly string[]) => names.filter((name) => name !== 'migrate').sort();
      const running = (await whatRuns(raced.id)).map((line) => line.split(' ')[0] ?? '');
      expect(running).not.toContain('gate');
      const truth = /^Running now: ([^;.]+)/m.exec(ran.stdout)?.[1]?.split(', ');
      expect(lasting(truth ?? []), ran.stdout).toEqual(lasting(running));
      expect(await lockOf(raced.id)).toBe('');
      process.kill(thief.holder(), 'SIGKILL');
      await deploy(raced.dir);
      await healthy(raced.id);
    } finally {
      await cli(['down', '--dir', raced.dir]);
    }
  });
});

describe('a base image that cannot be fetched', () => {
  const telling = {
    exit: 1,
    says: 'The image debian:0.0-nonexistent cannot be fetched.',
    next: 'Check the name and the network of the engine',
  };

  it('is named, in words and as events', async () => {
    const { dir, id } = await workspace('no-base', 'build.runtimeImage=debian:0.0-nonexistent');
    const ran = await cli(['deploy', '--dir', dir]);
    expectTold(ran, telling);
    expect(ran.stdout).toContain('Nothing of this stack runs now.');
    const { outcome } = expectEndsAsEvents(await cli(['build', '--progress', 'json', '--dir', dir]), telling);
    expect(outcome).toBe('failed');
    expect(await lockOf(id)).toBe('');
  });
});

describe('a disk that is full', () => {
  let disk: Disk;
  beforeAll(async () => {
    disk = await smallDisk(8);
  });
  afterAll(() => disk.remove());

  const leftovers = (dir: string) => [...filesOf(dir).keys()].filter((path) => /\.new$|\.tmp$|~$/.test(path));

  it('under the repository: no file is half-written, and the next run finishes the work', async () => {
    const dir = sources('full', disk.folder);
    const before = filesOf(dir);
    await disk.fill();
    const telling = { exit: 1, says: /^error: The disk of .+ is full\.$/, next: 'Free space for' };
    expectTold(await cli(['init', '--yes', '--no-start', '--dir', dir]), telling);
    expect(filesOf(dir)).toEqual(before);

    // Room for some of the files.
    await disk.free(12 * 1024);
    expectTold(await cli(['init', '--yes', '--no-start', '--dir', dir]), telling);
    const partly = filesOf(dir);
    for (const [path, content] of before) expect(partly.get(path), path).toBe(content);
    expect(leftovers(dir)).toEqual([]);

    await disk.free();
    const { code, stderr } = await cli(['init', '--yes', '--no-start', '--dir', dir]);
    expect(code, stderr).toBe(0);
    const whole = filesOf(dir);
    expect(whole.has('docker-compose.yml')).toBe(true);
    // What was written on the full disk was whole.
    const kept = [...partly].filter(([path]) => !before.has(path));
    for (const [path, content] of kept) expect(whole.get(path), path).toBe(content);
    expect((await cli(['init', '--yes', '--no-start', '--dir', dir])).code).toBe(0);
    expect(filesOf(dir)).toEqual(whole);
  });

  it.each([
    ['its folder does not exist yet', false],
    ['its folder exists', true],
  ])('under the vault (%s): nothing is kept of the value, and the next run keeps it', async (_, exists) => {
    const data = emptyFolder('vault', disk.folder);
    if (exists) mkdirSync(join(data, 'trading-setup', fresh.id), { recursive: true });
    const how = { env: { XDG_DATA_HOME: data }, stdin: `0x${'5e'.repeat(32)}` };
    const set = () => cli(['secrets', 'set', KEY, '--dir', fresh.dir], how);
    await disk.fill();
    expectTold(await set(), { exit: 1, says: /^error: The disk of .+ is full\.$/, next: 'Free space for' });
    expect([...filesOf(data).keys()]).toEqual([]);
    await disk.free();
    const { code, stderr } = await set();
    expect(code, stderr).toBe(0);
    expect((await cli(['secrets', 'list', '--dir', fresh.dir], how)).stdout).toMatch(new RegExp(`^${KEY} +set `, 'm'));
  });

  it('under the vault with values: they stay', async () => {
    const data = emptyFolder('vault', disk.folder);
    const env = { XDG_DATA_HOME: data };
    const set = (byte: string) =>
      cli(['secrets', 'set', KEY, '--dir', fresh.dir], { env, stdin: `0x${byte.repeat(32)}` });
    expect((await set('5e')).code).toBe(0);
    await disk.fill();
    expect((await set('6f')).code).toBe(1);
    await disk.free();
    const { stdout } = await run(
      [process.execPath, process.env.TRADING_SETUP_CLI ?? '', 'secrets', 'reveal', KEY, '--yes', '--dir', fresh.dir],
      { env },
    );
    expect(stdout.trim()).toBe(`0x${'5e'.repeat(32)}`);
  });
});

describe('a second engine', () => {
  let disk: Disk;
  let engine: Engine;
  let second: Workspace;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    second = await workspace('second');
    disk = await smallDisk(96);
    engine = await privateEngine(disk);
    await engine.start();
    // Base images that are larger than its disk.
    const large = emptyFolder('large');
    await run(['sh', '-c', 'head -c 150M /dev/urandom >"$1/content"', 'sh', large]);
    const images = [...readFileSync(join(second.dir, 'Dockerfile'), 'utf8').matchAll(/^FROM (\S+:\S+) AS/gm)];
    const contexts = Object.fromEntries([...images.map(([, image]) => image), 'ttyd'].map((name) => [name, large]));
    const service = { build: { additional_contexts: contexts } };
    const override = join(large, '..', `override-${process.pid}.yml`);
    writeFileSync(
      override,
      JSON.stringify({ services: { app: service, migrate: service, tui: service, gate: service } }),
    );
    env = { ...engine.env, COMPOSE_FILE: `docker-compose.yml:${override}` };
  });
  afterAll(async () => {
    await engine.stop();
    await disk.remove();
  });

  /** The engine takes its time to give back what an unfinished step had written. */
  const makeRoom = () =>
    waitFor('room on the disk of the engine', async () => {
      await run(['docker', 'builder', 'prune', '-af'], { env });
      return disk.room() > 40_000_000 ? true : undefined;
    });

  const full = { exit: 1, says: 'The disk of the Docker engine is full.', next: 'docker system df' };

  it('whose disk a build fills up says so, in words and as events', async () => {
    const ran = await cli(['deploy', '--dir', second.dir], { env });
    expectTold(ran, full);
    expect(ran.stdout).toContain('Nothing of this stack runs now.');
    await makeRoom();
    expectEndsAsEvents(await cli(['build', '--progress=json', '--dir', second.dir], { env }), full);
    await makeRoom();
  });

  it('whose disk is full can still be asked, and volumes that it could not make are made later', async () => {
    await disk.fill();
    expectTold(await cli(['secrets', 'push', '--dir', second.dir], { env }), full);
    expect((await cli(['status', '--once', '--dir', second.dir], { env })).code).toBe(3);
    await disk.free();
    const { code, stdout, stderr } = await cli(['secrets', 'push', '--dir', second.dir], { env });
    expect(code, stdout + stderr).toBe(0);
  });

  it('that ends in the middle of a build is told so; its lock is taken over when it is back', async () => {
    const building = begin(['build', '--progress', 'json', '--dir', second.dir], env);
    await waitFor('the build has begun', async () => (/"type":"build"/.test(building.stdout()) ? true : undefined));
    await engine.kill();
    const ran = await building.ended;
    expect([1, 4], ran.stdout.slice(-2000)).toContain(ran.code);
    expect(ran.stderr).toBe('');
    const says = /The Docker engine (ended in the middle of the work|does not answer)\./;
    const { truth } = expectEndsAsEvents(ran, { exit: ran.code, says, next: 'systemctl start docker' });
    expect(truth).toBe('What runs now is not known: the engine does not answer.');
    await engine.start();
    const left = await run(['docker', 'container', 'ls', '-aq', '--filter', `name=trading-setup-lock-${second.id}`], {
      env,
    });
    expect(left.stdout).not.toBe('');
    expectTold(await cli(['build', '--dir', second.dir], { env }), full);
  });
});

describe('an error in the code', () => {
  const file = () => join(stack.dir, 'crates/cli/src/main.rs');

  it("is told by cargo's first message with its place, and what ran before runs on", async () => {
    const source = readFileSync(file(), 'utf8');
    const before = await whatRuns();
    const line = source.split('\n').length;
    try {
      appendFileSync(file(), 'fn broken() -> u32 { "not a number" }\nfn second() -> u32 { nothing }\n');
      const telling = {
        exit: 1,
        says: /crates\/cli\/src\/main\.rs:\d+: /,
        next: 'Mend the code',
      };
      const ran = await cli(['deploy', '--dir', stack.dir]);
      expectTold(ran, telling);
      const first = /main\.rs:(\d+): (.+)$/m.exec(ran.stderr.split('\n')[0] ?? '');
      expect([line, line + 1]).toContain(Number(first?.[1]));
      // Cargo's own block is there, and nothing of a consequence before the cause.
      const log = ran.stdout.slice(ran.stdout.indexOf('Build the images'));
      expect(log).toMatch(/^ *error\[E\d+\]: /m);
      expect(log).not.toMatch(/could not compile[\s\S]*error\[E\d+\]: /);
      expect(log.indexOf(`--> crates/cli/src/main.rs:${first?.[1]}`)).toBeGreaterThan(0);
      expect(ran.stdout).toMatch(/^Running now: .*app.*gate\.$/m);
      expect(await whatRuns()).toEqual(before);
      expect(await lockOf(stack.id)).toBe('');
      const { truth } = expectEndsAsEvents(await cli(['build', '--progress=json', '--dir', stack.dir]), {
        ...telling,
        says: /^crates\/cli\/src\/main\.rs:\d+: /,
      });
      expect(truth).toMatch(/^Running now: /);
    } finally {
      writeFileSync(file(), source);
    }
  });
});

describe('a required secret without a value', () => {
  const required = [`secrets.entries.${KEY}.required=true`] as const;

  it('is told before anything is built, with the command that sets it; the files are written', async () => {
    const missing = await workspace('missing', ...required);
    const telling = {
      exit: 4,
      code: 'secret-missing',
      says: `The secret ${KEY} is required by app and not set.`,
      next: `trading-setup secrets set ${KEY}`,
    };
    expectTold(await cli(['deploy', '--dir', missing.dir]), telling);
    expectTellsJson(await cli(['deploy', '--json', '--dir', missing.dir]), telling);
    await expectUntouched(missing);
    // With a value the next check is reached: this port is taken by this test.
    const server = await hold(missing.api);
    try {
      const stdin = `0x${'ab'.repeat(32)}`;
      expect((await cli(['secrets', 'set', KEY, '--dir', missing.dir], { stdin })).code).toBe(0);
      expectTold(await cli(['deploy', '--dir', missing.dir]), { exit: 1, says: `Port ${missing.api} `, next: 'Stop' });
    } finally {
      await release(server);
    }
  });

  it('several are told at once', async () => {
    const address = 'HYPERLIQUID_ACCOUNT_ADDRESS';
    const missing = await workspace('several', ...required, `secrets.entries.${address}.required=true`);
    const ran = await cli(['deploy', '--dir', missing.dir]);
    expectTold(ran, { exit: 4, says: /HYPERLIQUID_\w+, HYPERLIQUID_\w+ are required by app/, next: KEY });
    expect(ran.stderr).toContain(`trading-setup secrets set ${address}`);
  });
});

describe('a service that refuses to start', () => {
  it("ends the deploy with exit 3, the entrypoint's reason and its next step", async () => {
    const volume = `${stack.id}_app-data`;
    await run(['docker', 'compose', 'rm', '-sf', 'app'], { cwd: stack.dir });
    await inVolume(volume, 'mv /volume/.trading-setup /volume/.away');
    try {
      const ran = await cli(['deploy', '--dir', stack.dir]);
      expectTold(ran, { exit: 3, says: 'app: not healthy.', next: 'docker compose logs app' });
      expect(ran.stdout).toContain('entrypoint: the data volume at /data is not marked as');
      expect(ran.stdout).toContain('next: find out where its data went; restore it before this service starts.');
      expect(ran.stdout).toMatch(/^Running now: .*collect.*; not healthy: app\.$/m);
    } finally {
      await inVolume(volume, 'mv /volume/.away /volume/.trading-setup');
    }
    await deploy(stack.dir);
    await healthy(stack.id);
  });
});

describe('an operation at work', () => {
  const file = () => join(stack.dir, 'crates/cli/src/main.rs');
  const locked = async () => ((await lockOf(stack.id)) === '' ? undefined : true);
  /** A deploy that compiles for some seconds. */
  const longDeploy = async (...flags: readonly string[]) => {
    appendFileSync(file(), `// ${performance.timeOrigin + performance.now()}\n`);
    const running = begin(['deploy', ...flags, '--dir', stack.dir]);
    await waitFor('the deploy holds the lock', locked);
    return running;
  };
  const atWork = (pid: number) =>
    new RegExp(`deploy is at work on \\S+ \\(process ${pid}\\) since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\.`);

  it('excludes every other one and is named; status works; killed, it is taken over', async () => {
    const first = await longDeploy();
    const telling = { exit: 5, code: 'operation-running', says: atWork(first.pid), next: 'Wait until it has ended' };
    const [again, down, push, build, json, status] = await Promise.all([
      cli(['deploy', '--dir', stack.dir]),
      cli(['down', '--dir', stack.dir]),
      cli(['secrets', 'push', '--dir', stack.dir]),
      cli(['build', '--dir', stack.dir]),
      cli(['deploy', '--json', '--dir', stack.dir]),
      cli(['status', '--once', '--json', '--dir', stack.dir]),
    ]);
    for (const ran of [again, down, push, build]) expectTold(ran, telling);
    expectTellsJson(json, telling);
    expect(status.code, status.stderr).toBe(0);
    expect(await locked()).toBe(true);

    first.signal('SIGKILL');
    expect((await first.ended).code).toBe(137);
    expect(await locked()).toBe(true);
    await deploy(stack.dir);
    await healthy(stack.id);
    expect(await lockOf(stack.id)).toBe('');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends at %s with 130: no lock, no build, what ran runs on',
    async (signal) => {
      const before = await whatRuns();
      const first = await longDeploy('--json');
      await waitFor(
        'cargo is at work',
        async () => (/Compiling algo-trade/.test(first.stdout()) ? true : undefined),
        120,
      );
      expect(clientsIn(stack.dir)).not.toEqual([]);
      first.signal(signal);
      const ran = await first.ended;
      expect(ran.code, ran.stderr).toBe(130);
      expect(ran.stderr).toBe('');
      expect(jsonLines(ran.stdout).at(-1)).toMatchObject({ type: 'ended', outcome: 'cancelled' });
      expect(clientsIn(stack.dir)).toEqual([]);
      expect(await lockOf(stack.id)).toBe('');
      expect(await whatRuns()).toEqual(before);
    },
  );

  it('is what the operator sees again after all that', async () => {
    await deploy(stack.dir);
    await healthy(stack.id);
  });
});

describe('output that nobody reads to its end', () => {
  const piped = (args: string) =>
    run(['bash', '-c', `"${process.execPath}" "$TRADING_SETUP_CLI" ${args} | head -n 1; exit \${PIPESTATUS[0]}`]);

  it.each([
    ['init --dry-run', () => `init --yes --dry-run --set ports.tui=${fresh.tui + 2} --dir "${fresh.dir}"`],
    ['inspect', () => `inspect --dir "${fresh.dir}"`],
    ['status', () => `status --once --dir "${stack.dir}"`],
  ])('is no error of %s', async (_, args) => {
    const { code, stdout, stderr } = await piped(args());
    expect(code, stderr).toBe(0);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it('does not end a deploy half-way', async () => {
    const { code, stderr } = await piped(`deploy --dir "${stack.dir}"`);
    expect(code, stderr).toBe(0);
    expect(stderr).toBe('');
    expect(await lockOf(stack.id)).toBe('');
    await healthy(stack.id, undefined, 1);
  });
});

describe('a folder that may not be written', () => {
  it('is named, and stays as it is', async () => {
    const user = await unprivileged();
    const dir = sources('closed', user.home);
    await run(['chmod', '755', dir]);
    const before = filesOf(dir);
    const ran = await user.cli(['init', '--yes', '--no-start', '--dir', dir]);
    expectTold(ran, { exit: 1, says: `error: ${dir} cannot be written.`, next: 'write permission' });
    expect(filesOf(dir)).toEqual(before);
  });

  it('nor read', async () => {
    const user = await unprivileged();
    const dir = sources('closed', user.home);
    const ran = await user.cli(['deploy', '--dir', dir]);
    expectTold(ran, { exit: 1, says: `You may not open ${dir}`, next: 'permission' });
  });
});

describe('wrong usage', () => {
  const broken = (text: (yaml: string) => string) => async () => {
    const { dir } = await workspace('broken');
    const path = join(dir, 'trading-setup.yaml');
    writeFileSync(path, text(readFileSync(path, 'utf8')));
    return dir;
  };

  it('of a file that is no YAML: its line and column', async () => {
    const dir = await broken((yaml) => yaml.replace(/^ {2}bind:/m, '  bind: [\n  x:'))();
    const line = readFileSync(join(dir, 'trading-setup.yaml'), 'utf8').split('\n').indexOf('  bind: [') + 1;
    for (const args of [['deploy'], ['status', '--once'], ['build'], ['init', '--yes', '--no-start']]) {
      const ran = await cli([...args, '--dir', dir]);
      expectTold(ran, { exit: 2, says: /^error: trading-setup\.yaml:\d+:\d+: /, next: /^next: Correct line \d+ of / });
      const said = Number(/yaml:(\d+):/.exec(ran.stderr)?.[1]);
      expect(said - line, ran.stderr).toBeLessThanOrEqual(2);
      expect(said - line, ran.stderr).toBeGreaterThanOrEqual(0);
    }
  });

  it('of an unknown key: the key', async () => {
    const dir = await broken((yaml) => `${yaml}leverage: 20\n`)();
    expectTold(await cli(['deploy', '--dir', dir]), {
      exit: 2,
      says: 'leverage: no such key',
      next: 'trading-setup.yaml',
    });
    expectTellsJson(await cli(['status', '--once', '--json', '--dir', dir]), {
      exit: 2,
      code: 'invalid-stack',
      says: 'leverage: no such key',
      next: 'trading-setup.yaml',
    });
  });

  it.each([
    ['its own name', `${KEY}=0x${'c0ffee'.repeat(10)}`],
    ['a variable of a service', `services.app.environment.${KEY}=0x${'c0ffee'.repeat(10)}`],
    ['an entry', `secrets.entries.${KEY}.value=0x${'c0ffee'.repeat(10)}`],
    ['a password in an address', 'services.app.environment.DB=postgres://me:c0ffeec0ffee@db/x'],
  ])('of a secret given as an argument under %s: it is refused and not repeated', async (_, set) => {
    const before = filesOf(fresh.dir);
    const ran = await cli(['init', '--yes', '--no-start', '--set', set, '--dir', fresh.dir]);
    expectTold(ran, { exit: 2, says: 'is a secret', next: 'trading-setup secrets set' });
    expect(ran.stdout + ran.stderr).not.toContain('c0ffee');
    expect(filesOf(fresh.dir)).toEqual(before);
  });

  it.each([
    ['an unknown command', ['delpoy'], "unknown command 'delpoy'"],
    ['an unknown subcommand', ['secrets', 'show'], "unknown command 'show'"],
    ['an unknown flag', ['deploy', '--force'], "unknown option '--force'"],
    ['a word too many', ['deploy', 'now'], 'too many arguments'],
    ['a value that is none of the choices', ['build', '--progress', 'fancy'], 'tui, plain, json'],
    [
      'a decision that is none of the choices',
      ['init', '--on-conflict', 'merge'],
      'decided for each file',
      '--on-conflict keep',
    ],
  ])('of %s', async (_, args, says, next = '--help') => {
    expectTold(await cli(args, { cwd: fresh.dir }), { exit: 2, says, next });
    await expectUntouched(fresh);
  });

  it('suggests the command that was meant', async () => {
    expect((await cli(['delpoy'])).stderr).toContain('Did you mean deploy?');
  });

  it('of a folder without Rust', async () => {
    const dir = emptyFolder('no-rust');
    expectTold(await cli(['init', '--yes', '--no-start', '--dir', dir]), {
      exit: 2,
      says: `No Rust binary was found in ${dir}.`,
      next: '--dir DIR',
    });
    expect(filesOf(dir).size).toBe(0);
  });

  it('of a folder that does not exist', async () => {
    const ran = await cli(['deploy', '--dir', join(fresh.dir, 'nowhere')]);
    expectTold(ran, { exit: 2, says: 'is not a folder', next: '--dir DIR' });
  });
});

describe('a repository that is not set up', () => {
  it.each([['deploy'], ['build'], ['down'], ['status', '--once'], ['secrets', 'push']])('%s %s', async (...args) => {
    const dir = sources('new');
    const before = filesOf(dir);
    expectTold(await cli([...args.filter(Boolean), '--dir', dir]), {
      exit: 4,
      says: `${dir} is not set up yet`,
      next: 'trading-setup init',
    });
    expect(filesOf(dir)).toEqual(before);
  });
});

describe('a file that is not ours', () => {
  const foreign = () => {
    const dir = sources('foreign');
    writeFileSync(join(dir, 'Dockerfile'), 'FROM scratch\n');
    return dir;
  };
  const init = (dir: string, ...flags: readonly string[]) =>
    cli(['init', '--yes', '--no-start', '--dir', dir, ...flags]);

  it('is a question to a person: nothing is written', async () => {
    const dir = foreign();
    const before = filesOf(dir);
    expectTold(await init(dir), { exit: 4, says: /^error: Dockerfile: there already/, next: '--on-conflict keep' });
    expect(filesOf(dir)).toEqual(before);
  });

  it('is kept by --on-conflict keep', async () => {
    const dir = foreign();
    const { code, stdout, stderr } = await init(dir, '--on-conflict', 'keep');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^left alone: Dockerfile$/m);
    expect(readFileSync(join(dir, 'Dockerfile'), 'utf8')).toBe('FROM scratch\n');
    expect(idOf(dir)).toMatch(/-[0-9a-f]{6}$/);
  });

  it('is replaced by --on-conflict replace, and a copy is kept', async () => {
    const dir = foreign();
    const { code, stdout, stderr } = await init(dir, '--on-conflict', 'replace');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^replaced, a copy is in \.trading-setup\/replaced: Dockerfile$/m);
    expect(readFileSync(join(dir, 'Dockerfile'), 'utf8')).toContain('FROM');
    expect(readFileSync(join(dir, '.trading-setup/replaced/Dockerfile.1'), 'utf8')).toBe('FROM scratch\n');
  });
});
