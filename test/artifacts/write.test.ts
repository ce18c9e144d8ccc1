import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compare, type OnDisk } from '../../src/artifacts/compare.ts';
import { type Artifact, render } from '../../src/artifacts/render.ts';
import { type OnConflict, writeArtifacts } from '../../src/artifacts/write.ts';
import { Secret } from '../../src/secret.ts';
import { smallStack } from '../stack/stacks.ts';

const FILE: Artifact = { path: 'Dockerfile', text: 'new\n', form: 'file', executable: false };
const BLOCK: Artifact = { path: '.gitignore', text: '.env\n', form: 'hash-block', executable: false };
const ARTIFACTS = render(smallStack());
const STACK_TEXT = ARTIFACTS.find(({ path }) => path === 'trading-setup.yaml')?.text ?? '';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'write-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Every file below a folder: content, mode and time. */
function tree(dir: string): Readonly<Record<string, string>> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const { mode, mtimeNs, ino } = statSync(join(dir, path), { bigint: true });
      const text = statSync(join(dir, path)).isFile() ? readFileSync(join(dir, path), 'utf8') : '';
      return [path, `${mode.toString(8)} ${mtimeNs} ${ino} ${text}`];
    }),
  );
}

function actions(changes: Awaited<ReturnType<typeof writeArtifacts>>, path: string): string | undefined {
  return changes.find((change) => change.path === path)?.action;
}

describe('compare', () => {
  it.each<[string, Artifact, OnDisk, string]>([
    ['create', FILE, { current: undefined, base: undefined }, 'a missing file'],
    ['create', FILE, { current: undefined, base: 'new\n' }, 'a file that was deleted'],
    ['unchanged', FILE, { current: 'new\n', base: 'old\n' }, 'a file that is right already'],
    ['update', FILE, { current: 'old\n', base: 'old\n' }, 'a file that we wrote and nobody edited'],
    ['kept', FILE, { current: 'mine\n', base: 'new\n' }, 'an edit, when we have nothing new'],
    ['conflict', FILE, { current: 'mine\n', base: 'old\n' }, 'an edit, when we have something new'],
    ['conflict', FILE, { current: 'mine\n', base: undefined }, 'a file that is not ours'],
    ['update', BLOCK, { current: 'target\n', base: undefined }, 'a file without our block'],
    ['create', BLOCK, { current: undefined, base: undefined }, 'no file around a block'],
  ])('says %s for %s', (action, artifact, disk) => {
    const change = compare(artifact, disk);
    expect(change).toMatchObject({ path: artifact.path, action });
    expect(change.diff === '').toBe(action === 'unchanged' || action === 'kept');
  });

  it('shows only what changes, without secrets', () => {
    const secret = new Secret('hunter2-hunter2');
    const { diff } = compare(FILE, { current: `PASSWORD=${secret.reveal()}\n`, base: undefined });
    expect(diff).toContain('+new');
    expect(diff).toContain('-PASSWORD=[secret]');
    expect(diff).not.toContain('hunter2');
  });
});

describe('what looks secret in a file that was there', () => {
  const KEY = '4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
  const BEFORE = [
    'FROM mine',
    'ENV RUST_LOG=info API_KEY=hunter2-one',
    'ENV DB_PASSWORD hunter2-two',
    '"botToken": "hunter2-three",',
    'BOT_TOKEN: ${BOT_TOKEN}',
    'FEED=wss://me:hunter2-four@feed.example',
    `SIGNER=0x${KEY}`,
    '-----BEGIN PRIVATE KEY-----',
    'aHVudGVyMg',
    '-----END PRIVATE KEY-----',
    `FROM rust@sha256:${KEY}`,
  ].join('\n');
  const SHOWN = [
    'FROM mine',
    'ENV RUST_LOG=info API_KEY=[secret]',
    'ENV DB_PASSWORD [secret]',
    '"botToken": [secret]',
    'BOT_TOKEN: ${BOT_TOKEN}',
    'FEED=wss://me:[secret]@feed.example',
    'SIGNER=[secret]',
    '[secret]',
    '[secret]',
    '[secret]',
    `FROM rust@sha256:${KEY}`,
  ];

  it('is not in the differences', () => {
    const { diff } = compare(FILE, { current: BEFORE, base: undefined });
    for (const line of SHOWN) expect(diff.split('\n')).toContain(`-${line}`);
    expect(diff).toContain('+new');
  });

  it('is not around the differences either', () => {
    const { diff } = compare(BLOCK, { current: 'API_KEY=hunter2\nTOKEN=hunter2', base: undefined });
    expect(diff).toContain(' API_KEY=[secret]\n');
    expect(diff).not.toContain('hunter2');
  });

  it('is not in the copy of what is replaced', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'Dockerfile'), BEFORE);
    await writeArtifacts(dir, [FILE], 'replace');
    expect(readFileSync(join(dir, '.trading-setup/replaced/Dockerfile.1'), 'utf8')).toBe(SHOWN.join('\n'));
  });
});

describe('trading-setup.yaml', () => {
  const EDITED = `# My desk.\n${STACK_TEXT.replace('mode: paper', 'mode:   paper # not yet')}`;
  const stackArtifact = (change: Parameters<typeof smallStack>[0]) =>
    render(smallStack(change)).filter(({ path }) => path === 'trading-setup.yaml');

  it.each([
    ['with comments of a person', EDITED, `${STACK_TEXT}# old\n`],
    ['that we never wrote', EDITED, undefined],
  ])('stays as it is while it says the same: a file %s', (_, current, base) => {
    const [artifact] = stackArtifact({});
    expect(artifact && compare(artifact, { current, base })).toEqual({
      path: 'trading-setup.yaml',
      action: 'unchanged',
      diff: '',
    });
  });

  it('takes new values beside the edits of a person, once', async () => {
    const dir = folder();
    await writeArtifacts(dir, ARTIFACTS);
    writeFileSync(join(dir, 'trading-setup.yaml'), EDITED);
    const next = render(smallStack({ mode: 'live' }));
    const changes = await writeArtifacts(dir, next);
    expect(actions(changes, 'trading-setup.yaml')).toBe('update');
    const text = readFileSync(join(dir, 'trading-setup.yaml'), 'utf8');
    expect(text).toBe(EDITED.replace('mode:   paper # not yet', 'mode: live # not yet'));
    const before = tree(dir);
    expect(new Set((await writeArtifacts(dir, next)).map(({ action }) => action))).toEqual(new Set(['unchanged']));
    expect(tree(dir)).toEqual(before);
  });

  it('is a conflict only when it is no stack', () => {
    const [artifact] = stackArtifact({});
    expect(artifact && compare(artifact, { current: 'name: [', base: undefined })).toMatchObject({
      action: 'conflict',
    });
  });
});

describe('writeArtifacts', () => {
  it('writes every file, and a second run touches none of them', async () => {
    const dir = folder();
    const first = await writeArtifacts(dir, ARTIFACTS);
    expect(first.every(({ action }) => action === 'create')).toBe(true);
    for (const { path, executable } of ARTIFACTS) {
      expect(statSync(join(dir, path)).mode & 0o777, path).toBe(executable ? 0o755 : 0o644);
    }
    expect(statSync(join(dir, '.trading-setup')).mode & 0o777).toBe(0o700);
    const before = tree(dir);
    const second = await writeArtifacts(dir, ARTIFACTS);
    expect(new Set(second.map(({ action }) => action))).toEqual(new Set(['unchanged']));
    expect(tree(dir)).toEqual(before);
  });

  it('keeps an edit while there is nothing new, and rewrites what nobody edited', async () => {
    const dir = folder();
    await writeArtifacts(dir, ARTIFACTS);
    writeFileSync(join(dir, 'Dockerfile'), 'FROM mine\n');
    const next = render(smallStack({ ports: { api: { host: 9000 } } }));
    const changes = await writeArtifacts(dir, next);
    expect(actions(changes, 'Dockerfile')).toBe('kept');
    expect(actions(changes, 'docker-compose.yml')).toBe('update');
    expect(readFileSync(join(dir, 'Dockerfile'), 'utf8')).toBe('FROM mine\n');
    expect(readFileSync(join(dir, 'docker-compose.yml'), 'utf8')).toContain('API_PORT:-9000');
  });

  it('writes nothing at all when it has to ask first', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'Dockerfile'), 'FROM mine\n');
    const before = tree(dir);
    await expect(writeArtifacts(dir, ARTIFACTS)).rejects.toMatchObject({
      code: 'file-conflict',
      exitCode: 4,
      next: expect.arrayContaining([expect.stringContaining('--on-conflict keep')]),
    });
    expect(tree(dir)).toEqual(before);
  });

  it.each<[OnConflict, string, boolean]>([
    ['keep', 'FROM mine\n', false],
    ['replace', ARTIFACTS.find(({ path }) => path === 'Dockerfile')?.text ?? '', true],
  ])('decides a conflict: %s', async (how, text, copied) => {
    const dir = folder();
    writeFileSync(join(dir, 'Dockerfile'), 'FROM mine\n', { mode: 0o640 });
    await writeArtifacts(dir, ARTIFACTS, how);
    expect(readFileSync(join(dir, 'Dockerfile'), 'utf8')).toBe(text);
    const copy = join(dir, '.trading-setup/replaced/Dockerfile.1');
    expect(existsSync(copy)).toBe(copied);
    if (copied) expect(readFileSync(copy, 'utf8')).toBe('FROM mine\n');
    if (copied) expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, 'docker-compose.yml'), 'utf8')).toContain('services:');
  });

  it('never overwrites an earlier copy', async () => {
    const dir = folder();
    for (const text of ['one\n', 'two\n']) {
      writeFileSync(join(dir, 'Dockerfile'), text);
      rmSync(join(dir, '.trading-setup/base/Dockerfile'), { force: true });
      await writeArtifacts(dir, ARTIFACTS, 'replace');
    }
    expect(readdirSync(join(dir, '.trading-setup/replaced')).sort()).toEqual(['Dockerfile.1', 'Dockerfile.2']);
  });

  it('changes no byte of a person’s file outside the block', async () => {
    const dir = folder();
    const readme = '# Mine\r\n\r\ntrailing  \r\n';
    const ignore = 'target\n*.log';
    writeFileSync(join(dir, 'README.md'), readme);
    writeFileSync(join(dir, '.gitignore'), ignore);
    await writeArtifacts(dir, ARTIFACTS);
    expect(readFileSync(join(dir, 'README.md'), 'utf8').startsWith(readme)).toBe(true);
    expect(readFileSync(join(dir, '.gitignore'), 'utf8').startsWith(ignore)).toBe(true);
    const changes = await writeArtifacts(dir, ARTIFACTS);
    expect(new Set(changes.map(({ action }) => action))).toEqual(new Set(['unchanged']));
  });

  it('leaves the old file whole, and no half of a new one, when the new one cannot be put in its place', async () => {
    const dir = folder();
    const artifact = { ...FILE, path: 'a/b.sh' };
    await mkdir(join(dir, 'a', `b.sh.${process.pid}.new`), { recursive: true }); // where the new text would go first
    writeFileSync(join(dir, 'a/b.sh'), 'old\n');
    await expect(writeArtifacts(dir, [artifact], 'replace')).rejects.toThrow();
    expect(readFileSync(join(dir, 'a/b.sh'), 'utf8')).toBe('old\n');
  });
});
