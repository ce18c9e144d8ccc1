import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { firstFile, volumeTar } from '../../src/engine/volume-tar.ts';
import { ensureVolume, fillVolume, readFromVolume } from '../../src/engine/volumes.ts';
import { Secret } from '../../src/secret.ts';
import { type Answer, fakeRunner } from '../support/fake-runner.ts';

const OWN = { uid: 10_001, gid: 10_002 };
const FILES = [
  { ...OWN, mode: 0o400, path: 'env/deep/KEY', content: new Secret('the-s3cret') },
  { ...OWN, mode: 0o440, path: 'mark', content: 'é' },
];
const ROOT = { ...OWN, mode: 0o750 };
const CONFLICT = 'Error response from daemon: Conflict. The container name "/x" is already in use by container "aa".';

const engine = (more: Readonly<Record<string, Answer | readonly Answer[]>> = {}) =>
  fakeRunner({
    'docker volume inspect': {},
    'docker image inspect': {},
    'docker container create': { stdout: 'helper1\n' },
    'docker container rm': {},
    'docker cp': {},
    ...more,
  });

describe('volumeTar', () => {
  it('names the root first, then folders before their files, each with owner and mode', async () => {
    const reader = extract();
    reader.end(await volumeTar('volume', ROOT, FILES));
    const headers: unknown[] = [];
    for await (const entry of reader) {
      const { name, type, uid, gid, mode } = entry.header;
      headers.push([name.replace(/\/$/, ''), type, uid, gid, mode?.toString(8)]);
      entry.resume();
    }
    expect(headers).toEqual([
      ['volume', 'directory', 10_001, 10_002, '750'],
      ['volume/env', 'directory', 10_001, 10_002, '750'],
      ['volume/env/deep', 'directory', 10_001, 10_002, '750'],
      ['volume/env/deep/KEY', 'file', 10_001, 10_002, '400'],
      ['volume/mark', 'file', 10_001, 10_002, '440'],
    ]);
  });

  it('reads back the first file', async () => {
    expect(await firstFile(await volumeTar('v', ROOT, FILES))).toBe('the-s3cret');
    expect(await firstFile(Buffer.alloc(1024))).toBeUndefined();
  });
});

describe('fillVolume', () => {
  it('passes values through standard input only and removes its helper', async () => {
    const runner = engine();
    await fillVolume(runner, { volume: 'v', files: FILES, rootOwner: ROOT });
    expect(runner.printed()).toEqual([
      'docker volume inspect v',
      'docker image inspect trading-setup/empty:1',
      'docker container create --name trading-setup-volume-v -v v:/volume trading-setup/empty:1 -',
      'docker cp - helper1:/',
      'docker container rm helper1',
    ]);
    expect(JSON.stringify(runner.calls.map((call) => call.argv))).not.toContain('the-s3cret');
  });

  it('removes its helper when the copy fails', async () => {
    const runner = engine({ 'docker cp': { stderr: 'no space left on device', exitCode: 1 } });
    await expect(fillVolume(runner, { volume: 'v', files: FILES, rootOwner: ROOT })).rejects.toMatchObject({
      code: 'disk-full',
    });
    expect(runner.printed().at(-1)).toBe('docker container rm helper1');
  });

  it('replaces the helper that a crash left behind', async () => {
    const runner = engine({ 'docker container create': [{ stderr: CONFLICT, exitCode: 1 }, { stdout: 'helper2' }] });
    await fillVolume(runner, { volume: 'v', files: FILES, rootOwner: ROOT });
    expect(runner.printed()).toContain('docker container rm trading-setup-volume-v');
    expect(runner.printed()).toContain('docker cp - helper2:/');
  });

  it('never makes a volume by mounting it', async () => {
    const runner = engine({
      'docker volume inspect': { stderr: 'Error response from daemon: get v: no such volume', exitCode: 1 },
    });
    await expect(fillVolume(runner, { volume: 'v', files: FILES, rootOwner: ROOT })).rejects.toMatchObject({
      code: 'volume-missing',
    });
    expect(runner.calls).toHaveLength(1);
  });

  it('makes the empty image where the engine lacks it', async () => {
    const runner = engine({ 'docker image inspect': { exitCode: 1 }, 'docker image import': {} });
    await fillVolume(runner, { volume: 'v', files: FILES, rootOwner: ROOT });
    expect(runner.printed()).toContain('docker image import - trading-setup/empty:1');
  });
});

describe('ensureVolume and readFromVolume', () => {
  it('labels a new volume and leaves an existing one alone', async () => {
    const missing = { stderr: 'Error response from daemon: get v: no such volume', exitCode: 1 };
    const runner = engine({ 'docker volume inspect': [missing, {}], 'docker volume create': {} });
    expect(await ensureVolume(runner, { name: 'v', labels: { a: 'b' } })).toBe(true);
    expect(await ensureVolume(runner, { name: 'v', labels: { a: 'b' } })).toBe(false);
    expect(runner.printed()).toContain('docker volume create --label a=b v');
  });

  it('gives the text of a file, or undefined', async () => {
    const tar = (await volumeTar('x', ROOT, [{ ...OWN, mode: 0o444, path: 'mark', content: 'café' }])).toString('utf8');
    const gone = {
      stderr: 'Error response from daemon: Could not find the file /volume/n in container x',
      exitCode: 1,
    };
    const runner = engine({ 'docker cp helper1:/volume/mark': { stdout: tar }, 'docker cp helper1:/volume/n': gone });
    expect(await readFromVolume(runner, 'v', 'mark')).toBe('café');
    expect(await readFromVolume(runner, 'v', 'n')).toBeUndefined();
  });
});
