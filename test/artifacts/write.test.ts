import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withBlock as putBlock } from '../../src/artifacts/blocks.ts';
import { compareAll } from '../../src/artifacts/plan.ts';
import type { OnDisk } from '../../src/artifacts/propose.ts';
import { type Artifact, render } from '../../src/artifacts/render.ts';
import { writeArtifacts } from '../../src/artifacts/write.ts';
import type { ConflictChoice } from '../../src/flow/types.ts';
import { Secret } from '../../src/secret.ts';
import { caseNames, smallStack, stackOfCase } from '../stack/stacks.ts';

const FILE: Artifact = { path: 'Dockerfile', text: 'new\n', form: 'file', executable: false };
const BLOCK: Artifact = { path: '.gitignore', text: '.env\n', form: 'hash-block', executable: false };
const EXAMPLE: Artifact = {
  path: '.env.example',
  text: '#B=2\n',
  form: 'file',
  block: 'hash-block',
  executable: false,
};
const withBlock = (text: string, block: string) => putBlock(text, 'hash-block', block);
const ARTIFACTS = render(smallStack());
const STACK_TEXT = ARTIFACTS.find(({ path }) => path === 'trading-setup.yaml')?.text ?? '';

function compare(artifact: Artifact, disk: OnDisk) {
  return compareAll([artifact], new Map([[artifact.path, disk]]))[0] ?? expect.fail('nothing was compared');
}

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
    ['conflict', FILE, { current: 'mine\n', base: 'old\n' }, 'an edit of the line that we have something new for'],
    ['merged', FILE, { current: 'old\nnew\nmine\n', base: 'old\nnew\n' }, 'an edit elsewhere'],
    ['unchanged', FILE, { current: 'new\r\n', base: 'new\n' }, 'other line ends'],
    ['update', FILE, { current: 'old\r\n', base: 'old\n' }, 'a file that only git touched'],
    ['kept', BLOCK, { current: withBlock('', '.env\nmine\n'), base: '.env\n' }, 'an edit in our block'],
    ['conflict', BLOCK, { current: withBlock('', 'mine\n'), base: 'old\n' }, 'an edit where our block is new'],
    ['conflict', BLOCK, { current: withBlock('', 'mine\n'), base: undefined }, 'a block that nobody remembers'],
    ['update', EXAMPLE, { current: 'A=1\n', base: undefined }, 'an example that is not ours'],
    ['unchanged', EXAMPLE, { current: '#B=2\n', base: undefined }, 'an example that is as ours'],
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

  it('is not seen in what we write ourselves', async () => {
    for (const name of caseNames()) {
      for (const artifact of render(await stackOfCase(name))) {
        const { diff } = compare(artifact, { current: undefined, base: undefined });
        expect(diff, `${name}: ${artifact.path}`).not.toContain('[secret]');
      }
    }
  });

  it('is not shown because a person wrote it beside ours, or into a setting of the stack', () => {
    const ours = { ...FILE, text: '  TRADING_SETUP_SECRETS: "yes"\n  BOT_PASSWORD: hunter2\n' };
    const { diff } = compare(ours, { current: 'APP_SECRETS: "yes"\nTOKEN=hunter2\n', base: undefined });
    expect(diff).toContain('+  TRADING_SETUP_SECRETS: "yes"');
    expect(diff).not.toContain('hunter2');
    expect(diff).toContain('-APP_SECRETS: [secret]');
  });

  it('is not around the differences either', () => {
    const { diff } = compare(BLOCK, { current: 'API_KEY=hunter2\nTOKEN=hunter2', base: undefined });
    expect(diff).toContain(' API_KEY=[secret]\n');
    expect(diff).not.toContain('hunter2');
  });

  it('is not in the copy of what is replaced', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'Dockerfile'), BEFORE);
    await writeArtifacts(dir, [FILE], () => 'replace');
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

  it.each<['keep' | 'replace', string, boolean]>([
    ['keep', 'FROM mine\n', false],
    ['replace', ARTIFACTS.find(({ path }) => path === 'Dockerfile')?.text ?? '', true],
  ])('decides a conflict: %s', async (how, text, copied) => {
    const dir = folder();
    writeFileSync(join(dir, 'Dockerfile'), 'FROM mine\n', { mode: 0o640 });
    await writeArtifacts(dir, ARTIFACTS, () => how);
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
      await writeArtifacts(dir, ARTIFACTS, () => 'replace');
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
    await expect(writeArtifacts(dir, [artifact], () => 'replace')).rejects.toThrow();
    expect(readFileSync(join(dir, 'a/b.sh'), 'utf8')).toBe('old\n');
  });

  it('merges what a person and we changed, in whole files and in blocks', async () => {
    const dir = folder();
    await writeArtifacts(dir, ARTIFACTS);
    edit(dir, 'docker-compose.yml', (text) => `${text}# mine\n`);
    edit(dir, '.gitignore', (text) => `target\n${text.replace('.env\n', '.env\n/mine\n')}`);
    edit(dir, 'README.md', (text) => text.replace('### Services', 'Ask Ann first.\n\n### Services'));
    const next = render(smallStack({ ports: { api: { host: 9000 } } }));
    const changes = await writeArtifacts(dir, next);
    expect(actions(changes, 'docker-compose.yml')).toBe('merged');
    expect(actions(changes, '.gitignore')).toBe('kept');
    expect(actions(changes, 'README.md')).toBe('merged');
    const compose = readFileSync(join(dir, 'docker-compose.yml'), 'utf8');
    expect(compose).toContain('API_PORT:-9000');
    expect(compose.endsWith('# mine\n')).toBe(true);
    expect(readFileSync(join(dir, 'README.md'), 'utf8')).toMatch(/9000[\s\S]*Ask Ann first\.\n\n### Services/);
    const before = tree(dir);
    await writeArtifacts(dir, next);
    expect(tree(dir)).toEqual(before);
  });

  describe('where both changed the same lines', () => {
    const NEXT = render(smallStack({ ports: { api: { host: 9000 } } }));

    async function clash() {
      const dir = folder();
      await writeArtifacts(dir, ARTIFACTS);
      edit(dir, 'docker-compose.yml', (text) => `${text.replace('API_PORT:-8080', 'API_PORT:-7000')}# mine\n`);
      edit(dir, '.trading-setup/base/docker-compose.yml', (text) => text.replace('pids_limit: 512', 'pids_limit: 500'));
      edit(dir, 'docker-compose.yml', (text) => text.replace('pids_limit: 512', 'pids_limit: 500'));
      return dir;
    }

    it.each<[ConflictChoice, string, string, boolean]>([
      ['keep', 'API_PORT:-7000', 'pids_limit: 500', true],
      ['merge', 'API_PORT:-7000', 'pids_limit: 512', true],
      ['replace', 'API_PORT:-9000', 'pids_limit: 512', false],
    ])('does what was decided, once: %s', async (choice, port, limit, mine) => {
      const dir = await clash();
      await writeArtifacts(dir, NEXT, (path) => (path === 'docker-compose.yml' ? choice : undefined));
      const text = readFileSync(join(dir, 'docker-compose.yml'), 'utf8');
      expect(text).toContain(port);
      expect(text).toContain(limit);
      expect(text.endsWith('# mine\n')).toBe(mine);
      expect(existsSync(join(dir, '.trading-setup/replaced/docker-compose.yml.1'))).toBe(choice === 'replace');
      const before = tree(dir);
      const again = await writeArtifacts(dir, NEXT);
      expect(actions(again, 'docker-compose.yml')).toBe(mine ? 'kept' : 'unchanged');
      expect(tree(dir), 'not asked again, and no byte changes').toEqual(before);
    });

    it('merges the next version from what was decided about this one', async () => {
      const dir = await clash();
      await writeArtifacts(dir, NEXT, () => 'keep');
      const later = render(
        smallStack({ ports: { api: { host: 9000 } }, services: { app: { health: { path: '/up' } } } }),
      );
      expect(actions(await writeArtifacts(dir, later), 'docker-compose.yml')).toBe('merged');
      const text = readFileSync(join(dir, 'docker-compose.yml'), 'utf8');
      expect(text).toContain('/up');
      expect(text).toContain('API_PORT:-7000');
    });

    it('says for each file what can be decided', async () => {
      const dir = await clash();
      writeFileSync(join(dir, 'docker/health.sh'), 'mine\n');
      rmSync(join(dir, '.trading-setup/base/docker/health.sh'));
      await expect(writeArtifacts(dir, NEXT)).rejects.toMatchObject({
        output: ['docker-compose.yml: merge or keep or replace', 'docker/health.sh: keep or replace'],
      });
      await expect(writeArtifacts(dir, NEXT, () => 'merge')).rejects.toMatchObject({ code: 'no-merge', exitCode: 2 });
    });

    it('copies only our block when that is replaced, and nothing around it', async () => {
      const dir = folder();
      writeFileSync(join(dir, '.gitignore'), 'around\n');
      await writeArtifacts(dir, [BLOCK]);
      edit(dir, '.gitignore', (text) => text.replace('.env', 'mine'));
      await writeArtifacts(dir, [{ ...BLOCK, text: 'new\n' }], () => 'replace');
      expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toMatch(/^around\n\n#.*\nnew\n#/);
      expect(readFileSync(join(dir, '.trading-setup/replaced/.gitignore.1'), 'utf8')).toBe('mine\n');
    });
  });

  describe('what the stack no longer has', () => {
    const WIDE = render(smallStack({ ports: { api: { via: 'gate' } } }));

    it('goes when nobody edited it, and what is remembered of it too', async () => {
      const dir = folder();
      await writeArtifacts(dir, WIDE);
      expect(existsSync(join(dir, 'docker/gate.conf'))).toBe(true);
      const changes = await writeArtifacts(dir, ARTIFACTS);
      expect(actions(changes, 'docker/gate.conf')).toBe('removed');
      expect(existsSync(join(dir, 'docker/gate.conf'))).toBe(false);
      expect(existsSync(join(dir, '.trading-setup/base/docker/gate.conf'))).toBe(false);
      expect(actions(await writeArtifacts(dir, ARTIFACTS), 'docker/gate.conf')).toBeUndefined();
    });

    it('stays when somebody edited it, is said each time, and is merged when the stack has it again', async () => {
      const dir = folder();
      await writeArtifacts(dir, WIDE);
      edit(dir, 'docker/gate.conf', (text) => `${text}# mine\n`);
      for (const _ of [1, 2]) {
        const changes = await writeArtifacts(dir, ARTIFACTS);
        expect(changes.find(({ path }) => path === 'docker/gate.conf')).toMatchObject({
          action: 'kept',
          note: expect.stringContaining('no longer'),
        });
      }
      const renamed = render(smallStack({ name: 'renamed', ports: { api: { via: 'gate' } } }));
      expect(actions(await writeArtifacts(dir, renamed), 'docker/gate.conf')).toBe('merged');
      expect(readFileSync(join(dir, 'docker/gate.conf'), 'utf8')).toMatch(/"renamed"[\s\S]*# mine\n$/);
    });

    it('is forgotten where the person deleted it', async () => {
      const dir = folder();
      await writeArtifacts(dir, WIDE);
      rmSync(join(dir, 'docker/gate.conf'));
      expect(actions(await writeArtifacts(dir, ARTIFACTS), 'docker/gate.conf')).toBeUndefined();
      expect(existsSync(join(dir, '.trading-setup/base/docker/gate.conf'))).toBe(false);
    });
  });

  it('changes no byte that is no UTF-8: nothing is written, and the file is named', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'README.md'), Buffer.from('# M\xfcnchen\n', 'latin1'));
    const before = tree(dir);
    await expect(writeArtifacts(dir, ARTIFACTS)).rejects.toMatchObject({
      code: 'not-utf8',
      exitCode: 4,
      message: expect.stringContaining('README.md'),
    });
    expect(tree(dir)).toEqual(before);
    writeFileSync(join(dir, 'README.md'), '# München \uFFFD\n');
    await writeArtifacts(dir, ARTIFACTS);
    expect(readFileSync(join(dir, 'README.md'), 'utf8').startsWith('# München \uFFFD\n')).toBe(true);
  });

  it('looks at nothing of .env, which is no file of ours', async () => {
    const dir = folder();
    writeFileSync(join(dir, '.env'), 'API_KEY=hunter2\n');
    for (const choice of ['keep', 'replace'] as const) {
      const changes = await writeArtifacts(dir, ARTIFACTS, () => choice);
      expect(changes.map(({ path }) => path)).not.toContain('.env');
    }
    const found = Object.entries(tree(dir)).filter(([, text]) => text.includes('hunter2'));
    expect(found.map(([path]) => path)).toEqual(['.env']);
  });
});

function edit(dir: string, path: string, how: (text: string) => string): void {
  const before = readFileSync(join(dir, path), 'utf8');
  const after = how(before);
  expect(after, `${path} is edited`).not.toBe(before);
  writeFileSync(join(dir, path), after);
}
