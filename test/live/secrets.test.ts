import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { containerOf, containersOf, healthy, pidsOf } from './support/engine.ts';
import {
  findAll,
  findIn,
  folder,
  formsOf,
  history,
  inspected,
  layers,
  log,
  type Needle,
  type Place,
  text,
  watchArguments,
} from './support/places.ts';
import { CLI, cli, docker, LIVE, must, OUTPUTS, run } from './support/run.ts';
import { compose, deploy, deployed, inVolume, type Stack, volumesOf } from './support/stack.ts';

/** Entered values that exist nowhere else; a sample of the key's form. */
const KEY = `0x${'9d4e1c7a3b5f8e2604d7c9b1a8f3e6d5'.repeat(2)}`;
const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

const List = z.object({
  secrets: z.array(z.object({ name: z.string(), state: z.string(), services: z.array(z.string()) })),
});

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('sample');
});

function inStack(...args: readonly string[]) {
  return cli([...args, '--dir', stack.dir]);
}

async function setSecret(name: string, stdin: string): Promise<void> {
  const { code, stderr } = await cli(['secrets', 'set', name, '--dir', stack.dir], { stdin });
  expect(code, stderr).toBe(0);
}

/** What the daemon itself has in its environment, read on the host. */
async function environmentOfDaemon(): Promise<readonly string[]> {
  const pids = await pidsOf(await containerOf(stack.id, 'app'));
  const program = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('algo-trade\0'));
  return readFileSync(`/proc/${program}/environ`, 'utf8').split('\0');
}

describe('a changed secret', () => {
  let place: Place;

  it('reaches its consumer and recreates nobody else', async () => {
    const before = await containersOf(stack.id);
    const watch = watchArguments();
    await setSecret('HYPERLIQUID_API_WALLET_KEY', KEY);
    await setSecret('HYPERLIQUID_ACCOUNT_ADDRESS', ADDRESS);
    await deploy(stack.dir);
    place = watch.stop();
    const after = await containersOf(stack.id);
    const recreated = [...after].filter(([name, { Id }]) => before.get(name)?.Id !== Id).map(([name]) => name);
    expect(recreated).toEqual(['app']);
    expect(await environmentOfDaemon()).toContain(`HYPERLIQUID_API_WALLET_KEY=${KEY}`);
    expect(JSON.stringify(JSON.parse(await docker('inspect', after.get('app')?.Id ?? '')))).not.toContain(KEY.slice(2));
  });

  it('was an argument of no process on its way', async () => {
    // The watcher saw the calls of this deploy, so it would have seen a value among their arguments.
    expect(await findIn(place, [{ name: 'cp', bytes: Buffer.from('docker\0cp\0-\0') }])).toEqual(['cp']);
    expect(await findAll([place], await needles())).toEqual([]);
  });

  it('recreates nobody when it is the same value again', async () => {
    const before = await containersOf(stack.id);
    await setSecret('HYPERLIQUID_API_WALLET_KEY', KEY);
    await deploy(stack.dir);
    const after = await containersOf(stack.id);
    expect([...after].map(([name, { Id }]) => [name, Id])).toEqual([...before].map(([name, { Id }]) => [name, Id]));
  });

  it('is refused when its form is wrong, without being repeated', async () => {
    const wrong = KEY.slice(0, -2);
    const how = { stdin: wrong };
    const { code, stdout, stderr } = await cli(
      ['secrets', 'set', 'HYPERLIQUID_API_WALLET_KEY', '--dir', stack.dir],
      how,
    );
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(wrong);
  });

  it('has no argument to be passed by', async () => {
    const { code, stdout, stderr } = await run([
      process.execPath,
      CLI,
      'secrets',
      'set',
      'GATE_PASSWORD',
      'x',
      '--dir',
      stack.dir,
    ]);
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(/too many arguments/);
  });
});

/** Every value of the store, and everything that was made of them for the volumes. */
async function needles(): Promise<readonly Needle[]> {
  const { secrets } = List.parse(JSON.parse((await inStack('secrets', 'list', '--json')).stdout));
  const values: [string, string][] = [];
  for (const { name } of secrets) {
    const value = (await inStack('secrets', 'reveal', name, '--yes')).stdout.trim();
    expect(value, `${name} has a value`).not.toBe('');
    values.push([name, value]);
  }
  for (const volume of (await volumesOf(stack.id)).filter((each) => each.endsWith('-secrets'))) {
    const files = await inVolume(
      volume,
      'cd /volume; find . -type f ! -name \'.*\' -exec sh -c \'echo "$1 $(base64 -w0 "$1")"\' _ {} \\;',
    );
    for (const line of files.trim().split('\n').filter(Boolean)) {
      const [path = '', base64 = ''] = line.split(' ');
      const rendered = Buffer.from(base64, 'base64').toString().trim();
      values.push([`${volume} ${path}`, rendered]);
      // The parts that are secret by themselves: a bcrypt hash, the keys of a SCRAM verifier.
      if (path.endsWith('htpasswd')) values.push([`${path} hash`, rendered.replace(/^[^:]*:/, '')]);
      for (const [index, part] of [...(/^SCRAM-SHA-256\$\d+:(.+)\$(.+):(.+)$/.exec(rendered) ?? [])].slice(1).entries())
        values.push([`${path} part ${index + 1}`, part]);
    }
  }
  return values.flatMap(([name, value]) => formsOf(name, value));
}

interface Where {
  readonly containers: readonly string[];
  readonly images: readonly string[];
  readonly volumes: readonly string[];
  readonly dir: string;
  /** What was said to the person. */
  readonly outputs: Place;
}

/** Every kind of place that could show a secret. */
function placesOf({ containers, images, volumes, dir, outputs }: Where): readonly Place[] {
  return [
    inspected('container', containers),
    inspected('image', images),
    inspected('volume', volumes),
    ...images.map(history),
    layers(images),
    text('compose config', must(['docker', 'compose', 'config'], { cwd: dir })),
    text('compose config as JSON', must(['docker', 'compose', 'config', '--format', 'json'], { cwd: dir })),
    folder(dir),
    text('.env', readFileSync(join(dir, '.env'), 'utf8')),
    ...containers.map(log),
    text('ps', must(['ps', '-eww', '-o', 'args='])),
    watchArguments().stop(),
    outputs,
  ];
}

describe('no secret and nothing made from one', () => {
  it('is in any place that could show it', async () => {
    for (const args of [
      ['status', '--once'],
      ['status', '--once', '--json'],
      ['inspect'],
      ['inspect', '--json'],
      ['secrets', 'list'],
      ['deploy', '--yes', '--json'],
      ['init', '--yes', '--dry-run'],
    ]) {
      expect([args, (await inStack(...args)).code]).toEqual([args, 0]);
    }
    await healthy(stack.id);
    const containers = [...(await containersOf(stack.id)).values()];
    const places = placesOf({
      containers: containers.map(({ Id }) => Id),
      images: [...new Set(containers.map(({ Config }) => Config.Image))],
      volumes: await volumesOf(stack.id),
      dir: stack.dir,
      outputs: folder(OUTPUTS),
    });
    const wanted = await needles();
    // Five values, two of them rendered into a URL, a login file, a verifier and their parts.
    expect(wanted.length).toBeGreaterThan(40);
    expect(await findAll(places, wanted)).toEqual([]);
  });

  it('is in the events that the engine broadcasts during a deploy', async () => {
    const since = String(Date.now() / 1000 - 600);
    const events = await docker(
      'events',
      '--since',
      since,
      '--until',
      String(Date.now() / 1000),
      '--format',
      '{{json .}}',
    );
    expect(events).toContain(stack.id);
    expect(await findAll([text('events', events)], await needles())).toEqual([]);
  });
});

describe('the search itself', () => {
  const PLANTED = 'planted-4f1d"8c$6a%20b';
  const dir = join(LIVE, 'planted');
  const image = 'localhost/trading-setup-live/planted:current';
  const label = `trading-setup.live=${LIVE}`;
  let container = '';

  afterAll(async () => {
    await run(['docker', 'rm', '-f', container]);
    await run(['docker', 'image', 'rm', '-f', image]);
    await run(['docker', 'volume', 'rm', '-f', 'trading-setup-live-planted']);
  });

  it('finds a value that was planted, in every kind of place', async () => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'value'), PLANTED);
    writeFileSync(join(dir, '.env'), `VALUE='${PLANTED}'\n`);
    const service = { image, environment: { VALUE: PLANTED.replaceAll('$', '$$$$') } };
    writeFileSync(join(dir, 'docker-compose.yml'), JSON.stringify({ name: 'planted', services: { tui: service } }));
    const dockerfile = `FROM debian:13.1-slim\nLABEL ${label}\nCOPY value /deep/value\nENV VALUE='${PLANTED}'\n`;
    await must(['docker', 'build', '-q', '-t', image, '-f', '-', dir], { stdin: dockerfile });
    await docker('volume', 'create', '--label', label, '--label', `value=${PLANTED}`, 'trading-setup-live-planted');
    const script = 'echo "$VALUE"; while sleep 1; do :; done';
    const shown = ['-d', '--init', '--label', label, '-e', `VALUE=${PLANTED}`];
    container = (await docker('run', ...shown, image, 'sh', '-c', script, PLANTED)).trim();
    const said = await must(['docker', 'exec', container, 'cat', '/deep/value']);
    const places = placesOf({
      containers: [container],
      images: [image],
      volumes: ['trading-setup-live-planted'],
      dir,
      outputs: text('outputs', said),
    });
    const blind: string[] = [];
    for (const place of places) {
      if ((await findIn(place, formsOf('planted', PLANTED))).length === 0) blind.push(place.name);
    }
    expect(blind).toEqual([]);
  });

  it('finds a value that lies across two chunks', async () => {
    const halves = { name: 'halves', read: () => [Buffer.from('..planted-4f1d"8c'), Buffer.from('$6a%20b..')] };
    expect(await findIn(halves, formsOf('planted', PLANTED))).toEqual(['planted']);
  });

  it('reads the layers of the image, not only its configuration', async () => {
    const bare = 'FROM debian:13.1-slim\nCOPY value /deep/value\n';
    const only = 'localhost/trading-setup-live/planted:layer';
    await must(['docker', 'build', '-q', '-t', only, '--label', label, '-f', '-', dir], { stdin: bare });
    try {
      const needle = formsOf('planted', PLANTED).slice(0, 1);
      expect(await findIn(layers([only]), needle)).toEqual(['planted']);
      expect(await findIn(inspected('image', [only]), needle)).toEqual([]);
    } finally {
      await run(['docker', 'image', 'rm', '-f', only]);
    }
  });
});

describe('secrets stay where they are', () => {
  it('when docker compose up -d runs without trading-setup', async () => {
    await compose(stack, 'up', '-d', '--force-recreate', 'app');
    await healthy(stack.id);
    expect(await environmentOfDaemon()).toContain(`HYPERLIQUID_API_WALLET_KEY=${KEY}`);
  });
});
