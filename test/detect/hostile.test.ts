import { describe, expect, it } from 'vitest';
import { readProject } from '../../src/detect/cargo/members.ts';
import { readConfig } from '../../src/detect/git/config-file.ts';
import { compileGlob } from '../../src/detect/git/glob.ts';
import { decide, isIgnored, readRules } from '../../src/detect/git/ignore.ts';
import { readIndex } from '../../src/detect/git/index-file.ts';
import { readToml } from '../../src/detect/toml.ts';
import { Workspace } from '../../src/detect/workspace.ts';
import { repository } from './repository.ts';

/** Far more than any of them takes on a slow machine, far less than anything that grows with the square. */
const SOON = 2000;

function soon<Result>(work: () => Result): Result {
  const started = performance.now();
  const result = work();
  expect(performance.now() - started).toBeLessThan(SOON);
  return result;
}

const MB = 1024 * 1024;

describe('a manifest that nobody wrote by hand', () => {
  it.each([
    ['brackets', '['.repeat(MB)],
    ['brackets on lines of their own', '[\n'.repeat(MB / 2)],
    ['brackets before spaces', `[${' '.repeat(390)}\n`.repeat(MB / 392)],
    ['nested arrays', `a = ${'['.repeat(MB / 2)}${']'.repeat(MB / 2)}`],
    ['nested tables', `a = ${'{b='.repeat(MB / 4)}`],
    ['a dotted key', `${'a.'.repeat(MB / 2)}a = 1`],
    ['dotted headers', `[${'a.'.repeat(190)}a]\n`.repeat(MB / 384)],
    ['elements of tables', '[[a]]\n'.repeat(MB / 6)],
    ['keys of one table', Array.from({ length: 60_000 }, (_, at) => `k${at} = 1`).join('\n')],
    ['keys that are broken', 'a = = 1\n'.repeat(20_000)],
    ['tables that are broken', '[a]\nb = = 1\n'.repeat(15_000)],
    ['quotes', '"'.repeat(MB)],
    ['an open string', `a = """${'x\n'.repeat(MB / 2)}`],
    ['zeros', '\0'.repeat(MB)],
  ])('of %s is read or refused soon', (_, text) => {
    const { error } = soon(() => readToml(text));
    if (error) expect(error.line).toBeGreaterThanOrEqual(1);
  });

  it('of patterns that cross each other names no member twice', async () => {
    const members = Array.from({ length: 40 }, (_, at) => `"${'**/'.repeat(20)}c${'*'.repeat(at)}"`).join(', ');
    const files: Record<string, string> = { 'Cargo.toml': `[workspace]\nmembers = [${members}]\n` };
    for (let at = 0; at < 60; at++) files[`${'d/'.repeat(at % 12)}c${at}/Cargo.toml`] = `[package]\nname = "p${at}"\n`;
    const workspace = await Workspace.open(await repository(files));
    expect(soon(() => readProject(workspace)).members).toHaveLength(60);
  });
});

describe('ignore rules that nobody wrote by hand', () => {
  const deep = `${'a/'.repeat(300)}b`;
  it.each([
    ['stars between slashes', `${'**/'.repeat(2000)}c`, deep],
    ['stars and names', `${'**/a/'.repeat(300)}c`, deep],
    ['stars in a name', `${'a*'.repeat(500)}b`, 'a'.repeat(4000)],
    ['open brackets', '['.repeat(MB), 'x'],
    ['brackets that are classes', `${'[[:alpha:]]'.repeat(20_000)}`, 'a'.repeat(4000)],
    ['backslashes', '\\'.repeat(MB), '\\'],
  ])('of %s are decided soon', (_, pattern, file) => {
    expect(soon(() => isIgnored(file, [{ folder: '', text: pattern }]))).toBe(false);
  });

  it('in a hundred thousand lines are read once and decide soon', () => {
    const text = Array.from({ length: 100_000 }, (_, at) => `/folder-${at}/**/*.[ch]`).join('\n');
    const rules = [soon(() => readRules({ folder: '', text: `${text}\nCargo.lock\n` }))];
    expect(soon(() => Array.from({ length: 20 }, () => decide('x/y/Cargo.lock', rules)))[0]).toMatchObject({
      ignored: true,
      line: 100_001,
    });
  });
});

describe('what a pattern means', () => {
  it.each([
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['**/b', 'b', true],
    ['a/**', 'a', false],
    ['a/**', 'a/b/c', true],
    ['a**b', 'axyb', true],
    ['a*b', 'a/b', false],
    ['*.[!c]', 'x.h', true],
    ['[]-]', '-', true],
    ['[a-c]x', 'bx', true],
    ['[[:digit:]]', '7', true],
    ['[[:nothing:]]', '7', false],
    ['a[', 'a[', false],
    ['a\\[', 'a[', true],
    ['', 'a', false],
  ])('%j and %j: %s', (pattern, path, expected) => expect(compileGlob(pattern)(path)).toBe(expected));
});

describe('an index that git did not write', () => {
  const head = (version: number, count: number): Buffer => {
    const bytes = Buffer.alloc(12);
    bytes.write('DIRC');
    bytes.writeUInt32BE(version, 4);
    bytes.writeUInt32BE(count, 8);
    return bytes;
  };

  it.each([2, 3, 4])('of version %s with more entries than bytes is not understood', (version) => {
    const index = Buffer.concat([head(version, 0xffffffff), Buffer.alloc(8 * MB)]);
    expect(() => soon(() => readIndex(index))).not.toThrow();
  });

  it('with a bitmap of endless runs ends', () => {
    const link = Buffer.alloc(8 + 20 + 8 + 8 * 1000, 0xff);
    link.write('link', 0, 'latin1');
    link.writeUInt32BE(link.length - 8, 4);
    const index = Buffer.concat([head(2, 0), link, Buffer.alloc(20)]);
    expect(soon(() => readIndex(index))?.shared?.deleted.size).toBeGreaterThan(0);
  });

  it('cut off anywhere is not understood or read as far as it goes', () => {
    const entry = Buffer.concat([Buffer.alloc(62), Buffer.from('Cargo.lock'), Buffer.alloc(8)]);
    const whole = Buffer.concat([head(2, 3), entry, entry, entry, Buffer.alloc(20)]);
    for (let end = 0; end <= whole.length; end++) expect(() => readIndex(whole.subarray(0, end))).not.toThrow();
  });
});

describe('a git configuration that nobody wrote by hand', () => {
  it.each(['['.repeat(MB), `[a "${'\\"'.repeat(MB / 2)}`, `${' '.repeat(MB)}=`, 'a = "\n'.repeat(MB / 6)])(
    'is passed over soon',
    (text) => {
      expect(() => soon(() => readConfig(text))).not.toThrow();
    },
  );
});
