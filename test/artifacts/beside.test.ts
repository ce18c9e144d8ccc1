import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { filesBeside } from '../../src/artifacts/beside.ts';
import { planWrites } from '../../src/artifacts/plan.ts';
import { readDisk } from '../../src/artifacts/read-disk.ts';
import { render } from '../../src/artifacts/render.ts';
import { checkRivals } from '../../src/artifacts/rivals.ts';
import { writeArtifacts } from '../../src/artifacts/write.ts';
import { inspect } from '../../src/stack/inspect.ts';
import { accessOf, PLAIN } from '../../src/stack/words.ts';
import { smallStack } from '../stack/stacks.ts';
import { bytesOf, folder } from './repository.ts';

const USUAL = { dockerfile: 'Dockerfile', dockerignore: '.dockerignore', compose: 'docker-compose.yml' };
const BESIDE = {
  dockerfile: 'Dockerfile.trading-setup',
  dockerignore: 'Dockerfile.trading-setup.dockerignore',
  compose: 'docker-compose.trading-setup.yml',
};

async function filesWith(theirs: readonly string[], kept: (path: string) => boolean = () => true) {
  const dir = folder();
  for (const path of theirs) writeFileSync(join(dir, path), 'theirs\n');
  const stack = smallStack();
  const artifacts = render(stack);
  return filesBeside(stack, artifacts, await readDisk(dir, artifacts), kept);
}

describe('ours beside theirs', () => {
  it.each([
    ['nothing', [], USUAL],
    ['a Dockerfile', ['Dockerfile'], { ...BESIDE, compose: USUAL.compose }],
    ['a Dockerfile and a .dockerignore', ['Dockerfile', '.dockerignore'], { ...BESIDE, compose: USUAL.compose }],
    ['a .dockerignore', ['.dockerignore'], { ...USUAL, dockerignore: 'Dockerfile.dockerignore' }],
    ['a Compose file', ['docker-compose.yml'], { ...USUAL, compose: BESIDE.compose }],
    ['one that Compose prefers', ['compose.yaml'], { ...USUAL, compose: BESIDE.compose }],
    ['another one that Compose prefers', ['compose.yml'], { ...USUAL, compose: BESIDE.compose }],
    ['one that ours would hide', ['docker-compose.yaml'], { ...USUAL, compose: BESIDE.compose }],
    ['everything', ['Dockerfile', '.dockerignore', 'docker-compose.yml', 'compose.yaml'], BESIDE],
  ])('has these names where there is %s', async (_, theirs, files) => {
    expect(await filesWith(theirs)).toEqual(files);
  });

  it('keeps the usual names for files of ours, where a clone lacks what was remembered of them', async () => {
    const dir = folder();
    await writeArtifacts(dir, render(smallStack()));
    rmSync(join(dir, '.trading-setup'), { recursive: true });
    const next = smallStack({ build: { runtimePackages: ['libssl3'] }, ports: { api: { host: 9000 } } });
    const disk = await readDisk(dir, render(next));
    expect(planWrites(render(next), disk).changes.map(({ action }) => action)).toContain('conflict');
    expect(filesBeside(next, render(next), disk, () => true)).toEqual(USUAL);
  });

  it('keeps the usual names where theirs is replaced', async () => {
    expect(await filesWith(['Dockerfile', 'docker-compose.yml'], () => false)).toEqual(USUAL);
  });

  it('is no question any more for a file that we wrote, whatever was edited in it', async () => {
    const dir = folder();
    const stack = smallStack();
    await writeArtifacts(dir, render(stack));
    writeFileSync(join(dir, 'Dockerfile'), 'mine\n');
    const next = render(smallStack({ build: { runtimePackages: ['libssl3'] } }));
    expect(filesBeside(stack, next, await readDisk(dir, next), () => true)).toEqual(USUAL);
  });

  it('is a question that nobody has answered: nothing is written', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'compose.yaml'), 'theirs\n');
    const before = bytesOf(dir);
    await expect(writeArtifacts(dir, render(smallStack()))).rejects.toMatchObject({
      code: 'file-conflict',
      exitCode: 4,
    });
    await expect(writeArtifacts(dir, render(smallStack()), () => 'replace')).rejects.toMatchObject({
      code: 'file-conflict',
      output: ['compose.yaml (Compose would run it instead of docker-compose.yml): keep'],
    });
    expect(bytesOf(dir)).toEqual(before);
  });

  it('changes no byte of theirs, and a second run none of ours', async () => {
    const dir = folder();
    const theirs = ['Dockerfile', '.dockerignore', 'docker-compose.yml', 'compose.yaml'];
    for (const path of theirs) writeFileSync(join(dir, path), 'theirs\n');
    const artifacts = render(smallStack({ files: BESIDE }));
    await writeArtifacts(dir, artifacts);
    for (const path of theirs) expect(readFileSync(join(dir, path), 'utf8')).toBe('theirs\n');
    expect(planWrites(artifacts, await readDisk(dir, artifacts)).writes).toEqual([]);
    await expect(checkRivals(dir, BESIDE)).resolves.toBeUndefined();
  });

  it('does not leave it to the build which list of left-out files it reads', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'Dockerfile.dockerignore'), 'target\n');
    const { files } = smallStack({});
    await expect(checkRivals(dir, files)).rejects.toMatchObject({ code: 'dockerignore-rival', exitCode: 4 });
    await expect(checkRivals(dir, { ...files, dockerignore: 'Dockerfile.dockerignore' })).resolves.toBeUndefined();
  });
});

describe('a stack whose files have other names', () => {
  const stack = smallStack({ files: BESIDE, tui: { access: 'exec', binary: 'toy', args: ['tui'], environment: {} } });
  const texts = new Map(render(stack).map(({ path, text }) => [path, text]));
  texts.delete('trading-setup.yaml');

  it('builds from its own Dockerfile', () => {
    const { services } = parse(texts.get(BESIDE.compose) ?? '', { merge: true }) as {
      services: Record<string, { build?: { dockerfile?: string } }>;
    }; // our own file
    expect(services.app?.build?.dockerfile).toBe(BESIDE.dockerfile);
  });

  it('never takes its own files into the build', () => {
    const ignored = texts.get(BESIDE.dockerignore)?.split('\n');
    expect(ignored).toEqual(expect.arrayContaining(Object.values(BESIDE)));
  });

  it('says in every command which file is meant', () => {
    const words = [...texts.values(), ...accessOf(stack, PLAIN)].join('\n');
    expect(words).toContain(`docker compose -f ${BESIDE.compose} up -d`);
    expect(words).toContain(`docker compose -f ${BESIDE.compose} exec app toy tui`);
    expect(words.match(/docker compose (?!-f )\w+/g)).toBeNull();
    expect(words).not.toMatch(/docker-compose\.yml/);
  });

  it.each([
    [{ dockerignore: 'Dockerfile.dockerignore' }, 'files.dockerignore'],
    [{ compose: 'README.md.yml', dockerfile: 'README.md' }, 'files.dockerfile'],
  ])('cannot have names that nobody reads, or that another file has: %j', (files, path) => {
    const wrong = smallStack({ files: { ...BESIDE, ...files } });
    expect(inspect(wrong).map((finding) => finding.path)).toContain(path);
  });
});
