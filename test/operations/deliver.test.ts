import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { deliver } from '../../src/operations/deliver.ts';
import { writeRevisions } from '../../src/operations/env-file.ts';
import { checkPorts, checkSecrets } from '../../src/operations/preflight.ts';
import { rememberVolume, takeSnapshot } from '../../src/operations/snapshot.ts';
import { Secret } from '../../src/secret.ts';
import { engineVolume, volumesOf } from '../../src/stack/names.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { smallStack } from '../stack/stacks.ts';
import { fakeEngine, memoryStore, workbench } from './engine.ts';
import { rotationStack } from './rotation/world.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'deliver-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Two services that read different secrets. */
function twoServices(): Stack {
  const app = smallStack().services.app;
  const entry = { kind: 'entered', required: true, format: 'any', about: 'x' };
  return smallStack({
    services: { app: {}, side: { ...app, args: ['side'], data: null, secrets: { SIDE_KEY: '${SIDE_KEY}' } } },
    secrets: { entries: { SIDE_KEY: entry } },
  });
}

function engineWithVolumes(stack: Stack) {
  const engine = fakeEngine(stack);
  for (const { volume } of volumesOf(stack)) engine.volumes.set(engineVolume(stack, volume), []);
  return engine;
}

describe('deliver', () => {
  const VALUES = { TOY_TOKEN: 'token-token-1', SIDE_KEY: 'side-side-1' };

  it('fills every volume the first time and none the second', async () => {
    const stack = twoServices();
    const { runner, volumes } = engineWithVolumes(stack);
    const store = memoryStore(VALUES);
    expect(Object.fromEntries(await deliver(runner, stack, store))).toEqual({ app: 1, side: 1 });
    expect(Object.fromEntries(await deliver(runner, stack, store))).toEqual({ app: 1, side: 1 });
    expect(volumes.get('toy-5a3b1e_app-secrets')).toHaveLength(1);
    expect(volumes.get('toy-5a3b1e_side-secrets')).toHaveLength(1);
  });

  it('raises the revision of the service whose secret changed, and touches no other', async () => {
    const stack = twoServices();
    const { runner, volumes } = engineWithVolumes(stack);
    const store = memoryStore(VALUES);
    await deliver(runner, stack, store);
    await store.set('SIDE_KEY', new Secret('side-side-2'));
    expect(Object.fromEntries(await deliver(runner, stack, store))).toEqual({ app: 1, side: 2 });
    expect(volumes.get('toy-5a3b1e_app-secrets')).toHaveLength(1);
    expect(volumes.get('toy-5a3b1e_side-secrets')?.at(-1)).toContain('side-side-2');
  });

  it('fills a volume that lost its mark, whatever else is in it', async () => {
    const stack = twoServices();
    const { runner, volumes } = engineWithVolumes(stack);
    const store = memoryStore(VALUES);
    await deliver(runner, stack, store);
    const [tar = ''] = volumes.get('toy-5a3b1e_side-secrets') ?? [];
    volumes.set('toy-5a3b1e_side-secrets', [tar.replace('toy-5a3b1e side-secrets', 'other-000000 side-data')]);
    expect(Object.fromEntries(await deliver(runner, stack, store))).toEqual({ app: 1, side: 2 });
    expect(volumes.get('toy-5a3b1e_side-secrets')?.at(-1)).toContain('toy-5a3b1e side-secrets\n');
  });

  it('empties the file of a secret that is no longer delivered', async () => {
    const stack = twoServices();
    const { runner, volumes } = engineWithVolumes(stack);
    const store = memoryStore(VALUES);
    await deliver(runner, stack, store);
    await store.delete('SIDE_KEY');
    expect(Object.fromEntries(await deliver(runner, stack, store))).toEqual({ app: 1, side: 2 });
    const last = volumes.get('toy-5a3b1e_side-secrets')?.at(-1) ?? '';
    expect(last).toContain('env/SIDE_KEY');
    expect(last).not.toContain('side-side-1');
  });

  it('empties the volume of a service that is not in the stack any more', async () => {
    const { runner, volumes } = engineWithVolumes(twoServices());
    const store = memoryStore(VALUES);
    await deliver(runner, twoServices(), store);
    await deliver(runner, smallStack(), store);
    const last = volumes.get('toy-5a3b1e_side-secrets')?.at(-1) ?? '';
    expect(last).toContain('env/SIDE_KEY');
    expect(last).not.toContain('side-side-1');
    expect(volumes.get('toy-5a3b1e_side-secrets')).toHaveLength(2);
    await deliver(runner, smallStack(), store);
    expect(volumes.get('toy-5a3b1e_side-secrets')).toHaveLength(2);
  });

  it('goes on from the revision that containers were made with where a volume was emptied', async () => {
    const { runner } = engineWithVolumes(smallStack());
    const revisions = await deliver(runner, smallStack(), memoryStore(VALUES), new Map([['app', 4]]));
    expect(Object.fromEntries(revisions)).toEqual({ app: 5 });
  });

  it('gives no service the secret of another', async () => {
    const stack = twoServices();
    const { runner, volumes } = engineWithVolumes(stack);
    await deliver(runner, stack, memoryStore(VALUES));
    expect(volumes.get('toy-5a3b1e_app-secrets')?.join()).not.toContain('side-side');
    expect(volumes.get('toy-5a3b1e_side-secrets')?.join()).not.toContain('token-token');
  });

  it('marks the volume, and owns and closes its files', async () => {
    const { runner, volumes } = engineWithVolumes(smallStack());
    await deliver(runner, smallStack(), memoryStore(VALUES));
    const tar = volumes.get('toy-5a3b1e_app-secrets')?.at(-1) ?? '';
    expect(tar).toContain('toy-5a3b1e app-secrets\n');
    const reader = extract();
    reader.end(Buffer.from(tar));
    const owners: unknown[] = [];
    for await (const entry of reader) {
      const { name, mode, uid, gid } = entry.header;
      owners.push([name, mode?.toString(8), uid, gid]);
      entry.resume();
    }
    expect(owners).toContainEqual(['volume/env/TOY_TOKEN', '400', 10_001, 10_001]);
    expect(owners).toContainEqual(['volume/.trading-setup', '444', 10_001, 10_001]);
  });

  it('makes what is generated, once', async () => {
    const stack = smallStack({
      services: { app: { secrets: { MADE: '${MADE}' } } },
      secrets: { entries: { MADE: { kind: 'generated', required: true, format: 'any', about: 'x' } } },
    });
    const { runner } = engineWithVolumes(stack);
    const store = memoryStore(VALUES);
    await deliver(runner, stack, store);
    const made = (await store.get('MADE'))?.reveal();
    expect(made).toMatch(/^\w{32}$/);
    await deliver(runner, stack, store);
    expect((await store.get('MADE'))?.reveal()).toBe(made);
  });

  it('fills anew a volume whose record is damaged', async () => {
    const stack = smallStack();
    const engine = engineWithVolumes(stack);
    const real = engine.runner;
    const runner: typeof real = {
      ...real,
      run: async (command) => {
        const result = await real.run(command);
        return command.argv[1] === 'cp' && command.argv[2] !== '-'
          ? { ...result, stdout: result.stdout.replace('"revision"', '"revisi.') }
          : result;
      },
    };
    const store = memoryStore(VALUES);
    await deliver(runner, stack, store);
    await expect(deliver(runner, stack, store)).resolves.toEqual(new Map([['app', 1]]));
    expect(engine.volumes.get('toy-5a3b1e_app-secrets')).toHaveLength(2);
  });
});

describe('the volume of the database', () => {
  it('gets a new superuser password under its old revision: a new one would end the database for nothing', async () => {
    const stack = rotationStack();
    const { runner, volumes } = engineWithVolumes(stack);
    const store = memoryStore({ DATABASE_SUPERUSER_PASSWORD: 'first-first-1' });
    const first = await deliver(runner, stack, store);
    expect([first.get('database'), first.get('migrate')]).toEqual([1, 1]);
    await store.set('DATABASE_SUPERUSER_PASSWORD', new Secret('second-second-2'));
    const second = await deliver(runner, stack, store, first);
    expect([second.get('database'), second.get('migrate')]).toEqual([1, 2]);
    expect(volumes.get(`${stack.id}_database-secrets`)?.at(-1)).toContain('second-second-2');
  });
});

describe('the revisions in .env', () => {
  const write = (dir: string, revisions: Readonly<Record<string, number>>) =>
    writeRevisions(dir, new Map(Object.entries(revisions)));
  const read = (dir: string) => readFileSync(join(dir, '.env'), 'utf8');

  it('make a private file where there is none', async () => {
    const dir = folder();
    await write(dir, { app: 1, 'night-watch': 3 });
    expect(read(dir)).toMatch(/^# >>> trading-setup.*\nSECRETS_APP=1\nSECRETS_NIGHT_WATCH=3\n# <<< trading-setup\n$/);
    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['LF', 'API_KEY=hunter2 # mine\n\n  odd = "x"\nNOEND=1'],
    ['CRLF', 'API_KEY=hunter2\r\nB=2\r\n'],
  ])('leave every other byte, the mode and %s line ends alone', async (_, text) => {
    const dir = folder();
    writeFileSync(join(dir, '.env'), text);
    chmodSync(join(dir, '.env'), 0o640);
    await write(dir, { app: 1 });
    await write(dir, { app: 2, side: 1 });
    expect(read(dir).startsWith(text)).toBe(true);
    expect(read(dir).match(/SECRETS_APP=/g)).toHaveLength(1);
    expect(read(dir)).toMatch(/SECRETS_APP=2\r?\nSECRETS_SIDE=1\r?\n/);
    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o640);
  });

  it('keep what else stands in our block, and do not write what is right', async () => {
    const dir = folder();
    await write(dir, { app: 1, side: 1 });
    await write(dir, { app: 2 });
    expect(read(dir)).toContain('SECRETS_SIDE=1\n');
    const { mtimeNs } = statSync(join(dir, '.env'), { bigint: true });
    await write(dir, { app: 2 });
    expect(statSync(join(dir, '.env'), { bigint: true }).mtimeNs).toBe(mtimeNs);
  });

  it('leave the lines that somebody put between ours', async () => {
    const dir = folder();
    await write(dir, { app: 1, side: 1 });
    const mine = read(dir).replace('SECRETS_SIDE', '# since spring\nMINE = 1\nSECRETS_SIDE');
    writeFileSync(join(dir, '.env'), mine);
    await write(dir, { app: 2, side: 1 });
    expect(read(dir)).toBe(mine.replace('SECRETS_APP=1', 'SECRETS_APP=2'));
  });

  it('never stand in an error when the file cannot be read as text', async () => {
    const dir = folder();
    writeFileSync(join(dir, '.env'), 'API_KEY=hunter2\n=\n===\n\0\n');
    await expect(write(dir, { app: 1 })).resolves.toBeUndefined();
    expect(read(dir).startsWith('API_KEY=hunter2\n=\n===\n\0\n')).toBe(true);
  });
});

describe('the snapshot', () => {
  it('tells apart what is there, what was known and what was begun', async () => {
    const dir = folder();
    const { runner, volumes } = fakeEngine(smallStack());
    volumes.set('toy-5a3b1e_app-secrets', []);
    await rememberVolume(dir, 'app-data', 'begun');
    await rememberVolume(dir, 'old-data', 'begun');
    await rememberVolume(dir, 'old-data', 'known');
    expect(await takeSnapshot(runner, smallStack(), dir)).toEqual({
      volumes: new Set(['app-secrets']),
      known: new Set(['old-data']),
      begun: new Set(['app-data']),
    });
  });

  it('of a repository that never deployed knows nothing', async () => {
    const empty = new Set();
    const { runner } = fakeEngine(smallStack());
    expect(await takeSnapshot(runner, smallStack(), folder())).toEqual({ volumes: empty, known: empty, begun: empty });
  });
});

describe('before a deploy', () => {
  const config = { services: { app: { ports: [{ published: '8080' }, {}] }, side: {} } };
  const on = (over: Parameters<typeof workbench>[3]) =>
    workbench(
      smallStack(),
      folder(),
      fakeEngine(smallStack(), { 'docker compose config': { stdout: JSON.stringify(config) } }).runner,
      over,
    );

  it.each([
    ['free', undefined, undefined],
    ['held by this very stack', { who: 'container toy', stack: 'toy-5a3b1e' }, undefined],
    ['held by another program', { who: 'nginx (pid 812)' }, /8080 is used by nginx \(pid 812\)/],
    ['held by another stack', { who: 'container b', stack: 'other-000000' }, /8080 is used by container b/],
  ])('a port that is %s is judged', async (_, holder, message) => {
    const check = checkPorts(on({ whoHolds: async (port) => (port === 8080 ? holder : undefined) }));
    if (message === undefined) await expect(check).resolves.toBeUndefined();
    else await expect(check).rejects.toMatchObject({ code: 'port-taken', message: expect.stringMatching(message) });
  });

  it('a required secret without a value is named, with the command for it', async () => {
    await expect(checkSecrets(on({ openStore: async () => memoryStore() }))).rejects.toMatchObject({
      code: 'secret-missing',
      exitCode: 4,
      next: ['Set it: trading-setup secrets set TOY_TOKEN'],
    });
    await expect(checkSecrets(on({}))).resolves.toBeUndefined();
  });
});
