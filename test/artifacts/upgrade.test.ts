import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareAll } from '../../src/artifacts/plan.ts';
import { readDisk } from '../../src/artifacts/read-disk.ts';
import { render } from '../../src/artifacts/render.ts';
import { writeArtifacts } from '../../src/artifacts/write.ts';
import { parseStack } from '../../src/stack/parse.ts';
import { bytesOf, repositoryOf } from './repository.ts';

function change(dir: string, path: string, edit: (text: string) => string): void {
  const before = readFileSync(join(dir, path), 'utf8');
  const after = edit(before);
  expect(after, `${path} is edited`).not.toBe(before);
  writeFileSync(join(dir, path), after);
}

function read(dir: string, path: string): string {
  return readFileSync(join(dir, path), 'utf8');
}

/** What this version writes into a repository, with its own version in the file. */
async function upgrade(dir: string) {
  const stack = { ...parseStack(read(dir, 'trading-setup.yaml')), writtenBy: '9.0.0' };
  return { stack, changes: await writeArtifacts(dir, render(stack)) };
}

describe.each(['version-1-sample', 'version-1-no-database-no-tui'])('%s, written by 0.1.0', (name) => {
  it('becomes what this version writes; edits and comments stay; a second run changes no byte', async () => {
    const dir = repositoryOf(name);
    expect(read(dir, 'trading-setup.yaml')).toContain('\nversion: 1\n');
    change(
      dir,
      'trading-setup.yaml',
      (text) => `# Ours since spring.\n${text.replace('mode: paper', 'mode: paper # for now')}`,
    );
    change(dir, 'Dockerfile', (text) =>
      text.replace('WORKDIR /build\n', 'WORKDIR /build\nRUN rustup component add clippy\n'),
    );
    change(dir, 'docker-compose.yml', (text) => text.replace('    pids_limit: 512\n', '    pids_limit: 900\n'));
    change(
      dir,
      'README.md',
      (text) => `# Mine\n\n${text.replace('### Services\n', '### Services\n\nAsk Ann first.\n')}`,
    );
    const { stack, changes } = await upgrade(dir);
    expect(changes.filter(({ action }) => action === 'conflict')).toEqual([]);
    const yaml = read(dir, 'trading-setup.yaml');
    expect(yaml).toMatch(/^# Ours since spring\.\n/);
    expect(yaml).toContain('mode: paper # for now\n');
    expect(yaml).toContain('\nversion: 2\n');
    expect(yaml).toContain('\nwrittenBy: 9.0.0\n');
    expect(parseStack(yaml)).toEqual(stack);
    expect(read(dir, 'Dockerfile')).toContain('RUN rustup component add clippy\n');
    expect(read(dir, 'docker-compose.yml')).toContain('pids_limit: 900\n');
    expect(read(dir, 'README.md')).toContain('Ask Ann first.\n');
    for (const { path, text } of render(stack)) expect(read(dir, `.trading-setup/base/${path}`), path).toBe(text);
    const before = bytesOf(dir);
    await writeArtifacts(dir, render(stack));
    expect(bytesOf(dir)).toEqual(before);
  });

  it('merges an edit with what is new in the templates, from what the old ones wrote', async () => {
    const dir = repositoryOf(name);
    // As if the template had been another one then.
    for (const path of ['Dockerfile', '.trading-setup/base/Dockerfile'])
      change(dir, path, (text) => text.replace('CARGO_INCREMENTAL=0', 'CARGO_INCREMENTAL=1'));
    change(dir, 'Dockerfile', (text) => `${text}# the desk's\n`);
    const { changes } = await upgrade(dir);
    expect(changes.find(({ path }) => path === 'Dockerfile')?.action).toBe('merged');
    expect(read(dir, 'Dockerfile')).toContain('CARGO_INCREMENTAL=0');
    expect(read(dir, 'Dockerfile').endsWith("# the desk's\n")).toBe(true);
  });

  it('asks where both changed a line, and says what each has', async () => {
    const dir = repositoryOf(name);
    for (const path of ['Dockerfile', '.trading-setup/base/Dockerfile'])
      change(dir, path, (text) => text.replace('CARGO_INCREMENTAL=0', 'CARGO_INCREMENTAL=1'));
    change(dir, 'Dockerfile', (text) => text.replace('CARGO_INCREMENTAL=1', 'CARGO_INCREMENTAL=2'));
    const before = bytesOf(dir);
    await expect(upgrade(dir)).rejects.toMatchObject({ code: 'file-conflict', exitCode: 4 });
    expect(bytesOf(dir)).toEqual(before);
    const artifacts = render(parseStack(read(dir, 'trading-setup.yaml')));
    const found = compareAll(artifacts, await readDisk(dir, artifacts)).find(({ path }) => path === 'Dockerfile');
    expect(found).toMatchObject({ action: 'conflict' });
    expect(found?.diff).toMatch(/^\+.*CARGO_INCREMENTAL=2$/m);
    expect(found?.diff).toMatch(/^\+.*CARGO_INCREMENTAL=0$/m);
  });
});
