import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { isIgnored } from '../../src/detect/git/ignore.ts';
import { readToml } from '../../src/detect/toml.ts';
import { Workspace } from '../../src/detect/workspace.ts';
import { codes, factsOf, repository, temporary } from './repository.ts';

describe('Workspace', () => {
  it('skips build output, hidden folders and links that lead out, and reads no large file', async () => {
    const root = await repository({
      'a.txt': 'a',
      'target/x': '',
      'node_modules/x': '',
      '.git/x': '',
      'src/b.rs': '',
      '.env': '',
    });
    await writeFile(path.join(root, 'large'), Buffer.alloc(1024 * 1024 + 1));
    const outside = path.join(await temporary(), 'secret');
    await writeFile(outside, 'x');
    await symlink(outside, path.join(root, 'out'));
    await symlink('a.txt', path.join(root, 'in'));
    await symlink('.', path.join(root, 'circle'));
    const workspace = await Workspace.open(root);
    expect(workspace.files).toEqual(['.env', 'a.txt', 'in', 'large', 'src/b.rs']);
    expect([workspace.text('large'), workspace.bytes('large').length]).toEqual(['', 0]);
    expect(workspace.text('../secret')).toBe('');
  });

  it('stops at its bound and says so', async () => {
    const root = await repository({ 'Cargo.toml': '', a: '', b: '', c: '' });
    expect((await Workspace.open(root, { maxFiles: 2 })).files).toHaveLength(2);
    expect(codes(await detect(root, { maxFiles: 2 }))).toContain('too-many-files');
  });

  it('lists what lies near the top before what lies deep', async () => {
    const deep = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`lib/a/b/${at}.sol`, '']));
    const root = await repository({ ...deep, 'Cargo.toml': '', 'src/main.rs': '' });
    const { files } = await Workspace.open(root, { maxFiles: 10 });
    expect(files).toEqual(expect.arrayContaining(['Cargo.toml', 'src/main.rs']));
    expect(files).toHaveLength(10);
  });

  it('lists its own files before those of submodules, which share what is left', async () => {
    const many = (folder: string) =>
      Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${folder}/${at}.sol`, '']));
    const root = await repository({
      ...{ ...many('lib/a'), ...many('lib/c'), 'lib/b/Cargo.toml': '', 'src/x/y/z/main.rs': '' },
      // Said twice, outside, and where nobody looks.
      '.gitmodules': ['lib/a', 'lib/a', 'lib/b', 'lib/c', '../out', 'target']
        .map((folder, at) => `[submodule "${at}"]\n\tpath = ${folder}\n`)
        .join(''),
      'target/x': '',
    });
    const { files, truncated } = await Workspace.open(root, { maxFiles: 20 });
    expect(truncated).toBe(true);
    expect(files).toEqual(expect.arrayContaining(['src/x/y/z/main.rs', 'lib/b/Cargo.toml']));
    expect(files.filter((file) => file.startsWith('lib/c/')).length).toBeGreaterThan(0);
    expect(files).not.toContain('target/x');
    expect(files).toEqual([...new Set(files)]);
    expect(files).toHaveLength(20);
    expect((await Workspace.open(root, { maxFiles: 63 })).truncated).toBe(false);
  });

  it('follows no submodule that a link leads to', async () => {
    const outside = path.join(await temporary(), 'outside');
    await mkdir(path.join(outside, 'a'), { recursive: true });
    await writeFile(path.join(outside, 'a/x.rs'), '');
    const root = await repository({ '.gitmodules': '[submodule "a"]\n\tpath = lib/a\n', 'Cargo.toml': '' });
    await symlink(outside, path.join(root, 'lib'));
    expect((await Workspace.open(root)).files).toEqual(['.gitmodules', 'Cargo.toml']);
  });

  it('takes a folder that does not exist for an empty one', async () => {
    const facts = await detect(path.join(await temporary(), 'nothing'));
    expect(facts.binaries).toEqual([]);
    expect(codes(facts)).toContain('manifest-missing');
  });
});

describe('isIgnored', () => {
  it.each([
    ['Cargo.lock', 'Cargo.lock', true],
    ['Cargo.lock', '/Cargo.lock', true],
    ['Cargo.lock', '*.lock', true],
    ['Cargo.lock', '*.lock\n!Cargo.lock', false],
    ['Cargo.lock', '# Cargo.lock', false],
    ['Cargo.lock', 'Cargo.lock/', false],
    ['a/Cargo.lock', '/Cargo.lock', false],
    ['a/Cargo.lock', 'a/', true],
    ['a/b/Cargo.lock', '**/Cargo.lock', true],
    ['a/b/Cargo.lock', 'a/**', true],
    ['a/b/Cargo.lock', 'a/*.lock', false],
    ['Cargo.lock', 'Cargo.loc[kx]', true],
  ])('%s by %j: %s', (file, text, expected) => expect(isIgnored(file, [{ folder: '', text }])).toBe(expected));

  it('lets a nested file decide last', () => {
    const files = [
      { folder: '', text: '*.lock' },
      { folder: 'a', text: '!Cargo.lock' },
    ];
    expect(isIgnored('a/Cargo.lock', files)).toBe(false);
    expect(isIgnored('b/Cargo.lock', files)).toBe(true);
  });
});

describe('the lock file', () => {
  it.each(['2', '4'])('is tracked where an index of version %s lists it, whatever is ignored', async (version) => {
    const root = await repository({ 'app/Cargo.lock': 'x', 'app/Cargo.toml': '', 'app/.gitignore': 'Cargo.lock' });
    const git = (...args: string[]) => execFileSync('git', ['-c', 'core.excludesFile=', ...args], { cwd: root });
    git('init', '-q');
    git('add', '-f', '.');
    git('update-index', '--index-version', version);
    const workspace = await Workspace.open(path.join(root, 'app'));
    expect(workspace.lockState('Cargo.lock')).toBe('tracked');
    git('rm', '-q', '--cached', 'app/Cargo.lock');
    const again = await Workspace.open(path.join(root, 'app'));
    expect(again.lockState('Cargo.lock')).toBe('ignored');
  });

  it.each(['', 'DIRC', 'DIRC\0\0\0\u0002\0\0\0\u0009xyz'])('survives the broken index %j', async (index) => {
    const root = await repository({ '.git/index': index, 'Cargo.lock': '' });
    expect((await Workspace.open(root)).lockState('Cargo.lock')).toBe('tracked');
  });
});

describe('a file that git keeps out', () => {
  const isPrivate = async (files: Record<string, string>) => {
    const root = await repository({ 'app/config.toml': 'x', 'app/Cargo.toml': '', ...files });
    execFileSync('git', ['init', '-q'], { cwd: root });
    return (await Workspace.open(path.join(root, 'app'))).git.isPrivate('config.toml');
  };

  it.each([
    ['a rule of its own folder', { 'app/.gitignore': 'config.toml' }, true],
    ['a rule of the repository around', { '.gitignore': 'config.toml' }, true],
    ['a rule about everything in the folder', { '.gitignore': 'app/*' }, true],
    ['its own rule in a folder that is ignored', { '.gitignore': '/app/', 'app/.gitignore': 'config.toml' }, true],
    ['nothing', {}, false],
    ['nothing but that its whole folder is ignored, as a sample in a clone', { '.gitignore': '/app/' }, false],
    ['nothing but that all folders are ignored', { '.gitignore': '*' }, false],
  ])('is private by %s: %j is %s', async (_, files, expected) => {
    expect(await isPrivate(files)).toBe(expected);
  });
});

describe('readToml', () => {
  it('knows the line of every key', () => {
    const { lines } = readToml('a = 1\n[b.c]\n"d" = """\nx = 1\n"""\ne.f = 2\n[[g]]\nh = 1\n[[g]]\nh = 2\n');
    expect(Object.fromEntries(lines)).toMatchObject({
      a: 1,
      'b.c': 2,
      'b.c.d': 3,
      'b.c.e.f': 6,
      'g.0.h': 8,
      'g.1.h': 10,
    });
    expect(lines.has('b.c.x')).toBe(false);
  });

  it('says where it is broken without quoting it', () => {
    const { error } = readToml('a = 1\npassword = hunter2\n');
    expect(error?.line).toBe(2);
    expect(error?.message).not.toContain('hunter2');
  });
});

describe('configuration', () => {
  it.each([
    ['Env::prefixed("BOT_").split("__")', { name: 'BOT_', split: '__' }],
    ['Env::prefixed("BOT_")', { name: 'BOT_' }],
    ['Environment::with_prefix("BOT").separator("__")', { name: 'BOT__', split: '__' }],
    ['Environment::with_prefix("BOT")', { name: 'BOT_' }],
  ])('%s', async (code, expected) => {
    const { config } = await factsOf(`fn main() { ${code}; }`);
    expect(config.prefix).toMatchObject({ ...expected, evidence: { file: 'src/main.rs', line: 1 } });
  });

  it('shows no secret of a config file, and warns', async () => {
    const facts = await factsOf('fn main() { Toml::file("bot.toml"); }', {
      'bot.toml': 'api_key = "hunter2"\nurl = "postgres://u:hunter2@db/x"\nsymbols = ["BTC"]\n',
    });
    expect(JSON.stringify(facts)).not.toContain('hunter2');
    expect(facts.config.files[0]?.values).toMatchObject({ symbols: { value: '["BTC"]', line: 3 } });
    expect(codes(facts).filter((code) => code === 'config-secret')).toHaveLength(2);
  });
});

describe('SQL', () => {
  it('orders numbers as numbers, and names gaps and duplicates', async () => {
    const facts = await factsOf('fn main() {}', {
      'sql/init.sql': "-- CREATE TABLE no (a int);\nCREATE TABLE t (a int);\nSELECT create_hypertable('t', 'a');",
      'sql/query.sql': 'SELECT 1;',
      'sql/m/V2__b.sql': '',
      'sql/m/V10__c.sql': '',
      'sql/m/V1__a.sql': '',
      'sql/m/V2__other.sql': '',
      'sql/m/V2__b.down.sql': '',
    });
    expect(facts.migrations.map(({ path: file }) => file)).toEqual([
      'sql/init.sql',
      'sql/m/V1__a.sql',
      'sql/m/V2__b.sql',
      'sql/m/V2__other.sql',
      'sql/m/V10__c.sql',
    ]);
    expect(facts.migrations[0]).toMatchObject({ kind: 'setup', evidence: { line: 2 } });
    expect(facts.hypertables.map(({ name }) => name)).toEqual(['t']);
    expect(facts.warnings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('two migrations have the number 2'),
        expect.stringContaining('numbers 3 to 9 are missing'),
      ]),
    );
  });

  it.each([
    ['sqlx::migrate!("./db").run(&p)', 'db'],
    ['sqlx::migrate!().run(&p)', 'migrations'],
  ])('knows what %s embeds, and that dates have no gaps', async (code, folder) => {
    const facts = await factsOf(`fn main() { ${code}; }`, {
      [`${folder}/20240101_a.sql`]: '',
      'm/20240101_a.sql': '',
      'm/20240301_b.sql': '',
    });
    expect(facts.migrations.map(({ kind, path: file }) => [kind, file])).toEqual([
      ['numbered', 'm/20240101_a.sql'],
      ['numbered', 'm/20240301_b.sql'],
      ['embedded', folder],
    ]);
    expect(codes(facts)).not.toContain('migration-gap');
  });
});

describe('what exists already', () => {
  it('is listed, and .env is never read', async () => {
    const facts = await factsOf('fn main() {}', {
      Dockerfile: '',
      'docker-compose.prod.yml': '',
      '.env': 'SECRET=hunter2',
      'docker/x.sh': '',
      'README.md': '',
      'notes.md': '',
    });
    expect(facts.existing).toEqual(['.env', 'Dockerfile', 'README.md', 'docker-compose.prod.yml', 'docker/']);
    expect(codes(facts)).toContain('dotenv-present');
    expect(JSON.stringify(facts)).not.toContain('hunter2');
  });
});
