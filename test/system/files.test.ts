import { spawnSync } from 'node:child_process';
import { chmod, lstat, mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
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

  it('writes the file behind a link, which stays a link', async () => {
    await ensurePrivateDir(join(folder, 'docs'));
    await writeFile(join(folder, 'docs/README.md'), 'old', { mode: 0o640 });
    await symlink('docs/README.md', join(folder, 'README.md'));
    await writeAtomic(join(folder, 'README.md'), 'new');
    expect((await lstat(join(folder, 'README.md'))).isSymbolicLink()).toBe(true);
    expect(await readlink(join(folder, 'README.md'))).toBe('docs/README.md');
    expect(await readText(join(folder, 'docs/README.md'))).toBe('new');
    expect(await fileMode(join(folder, 'docs/README.md'))).toBe(0o640);
    expect(await readdir(join(folder, 'docs'))).toEqual(['README.md']);
  });

  it('writes under a name first that ignore rules for .env.* cover', async () => {
    const inTheWay = `.env.${process.pid}.new`;
    await ensurePrivateDir(join(folder, inTheWay, 'inside'));
    await expect(writeAtomic(join(folder, '.env'), 'x')).rejects.toThrow();
    expect(await readdir(folder)).toEqual([inTheWay]);
  });

  it('removes what killed writers of the same file left, and nothing else', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const others = [`.env.${process.ppid}.new`, `.envrc.${dead}.new`, '.env.local', '.env.x.new'];
    for (const name of [`.env.${dead}.new`, ...others]) await writeFile(join(folder, name), '');
    await writeAtomic(join(folder, '.env'), 'x');
    expect((await readdir(folder)).sort()).toEqual(['.env', ...others].sort());
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
