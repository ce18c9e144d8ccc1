import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensurePrivateDir, explainWriteError, fileMode, readText, writeAtomic } from '../../src/system/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

describe('writeAtomic', () => {
  it('writes, replaces and leaves nothing else in the folder', async () => {
    const path = join(folder, 'a.txt');
    await writeAtomic(path, 'one');
    await writeAtomic(path, 'two');
    expect(await readText(path)).toBe('two');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  it('gives exactly the mode that was asked for', async () => {
    const path = join(folder, 'key');
    await writeAtomic(path, 'x', { mode: 0o600 });
    expect(await fileMode(path)).toBe(0o600);
  });

  it('keeps the mode of the file that it replaces', async () => {
    const path = join(folder, 'script');
    await writeFile(path, 'x');
    await chmod(path, 0o755);
    await writeAtomic(path, 'y');
    expect(await fileMode(path)).toBe(0o755);
  });

  it('leaves the old file and no temporary one when it fails', async () => {
    const path = join(folder, 'taken');
    await ensurePrivateDir(join(path, 'inside'));
    await expect(writeAtomic(path, 'x')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EACCES', 'folder-not-writable'],
  ])('turns %s into %s and names the folder', (code, expected) => {
    const error = explainWriteError(Object.assign(new Error('write'), { code }), '/srv/app');
    expect(error).toMatchObject({ code: expected, message: expect.stringContaining('/srv/app') });
  });
});

describe('readText and fileMode', () => {
  it('say undefined for what is not there', async () => {
    expect(await readText(join(folder, 'none'))).toBeUndefined();
    expect(await fileMode(join(folder, 'none', 'deeper'))).toBeUndefined();
  });
});

describe('ensurePrivateDir', () => {
  it('makes a folder private that was open before', async () => {
    await chmod(folder, 0o755);
    await ensurePrivateDir(folder);
    expect(await fileMode(folder)).toBe(0o700);
  });
});
