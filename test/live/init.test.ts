import { createHash } from 'node:crypto';
import { cpSync, lstatSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cli, LIVE, REPOSITORY, run } from './support/run.ts';

/** A repository that has never seen us: the sample's sources as they are. */
const dir = join(LIVE, 'fresh');
/** As on the machine of an operator: no override of the harness. */
const env = { COMPOSE_FILE: undefined };

beforeAll(async () => {
  cpSync(join(REPOSITORY, 'templates/sample'), dir, { recursive: true });
  renameSync(join(dir, '_gitignore'), join(dir, '.gitignore'));
  const { code, stdout, stderr } = await cli(['init', '--yes', '--no-start', '--dir', dir], { env });
  expect(code, stdout + stderr).toBe(0);
});

/** Path → type, mode and content of everything in the folder. */
function tree(): Readonly<Record<string, string>> {
  const paths = readdirSync(dir, { recursive: true, withFileTypes: true }).map((each) =>
    join(each.parentPath, each.name),
  );
  const describe = (path: string) => {
    const { mode } = lstatSync(path);
    const content = lstatSync(path).isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
    return [relative(dir, path), `${mode.toString(8)} ${content}`];
  };
  return Object.fromEntries(paths.sort().map(describe));
}

describe('init --yes --no-start', () => {
  it('writes what the specification lists', () => {
    const paths = Object.keys(tree());
    for (const path of [
      'trading-setup.yaml',
      'Dockerfile',
      'docker-compose.yml',
      '.dockerignore',
      '.env.example',
      'docker',
    ])
      expect(paths).toContain(path);
  });

  it('changes no byte the second time', async () => {
    const before = tree();
    const { code, stderr } = await cli(['init', '--yes', '--no-start', '--dir', dir], { env });
    expect(code, stderr).toBe(0);
    expect(tree()).toEqual(before);
  });

  it('changes no byte from another folder, nor by its short form', async () => {
    const before = tree();
    const { code } = await cli(['init', '--yes', '--no-start'], { env, cwd: join(dir, 'crates/cli/src') });
    expect(code).toBe(0);
    expect(tree()).toEqual(before);
  });
});

describe('the files it wrote', () => {
  it('are silent in docker compose config -q', async () => {
    const ran = await run(['docker', 'compose', 'config', '-q'], { cwd: dir, env });
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, '', '']);
  });

  it('are silent in docker build --check, at every target', async () => {
    for (const target of ['app', 'tui', 'gate', 'migrate']) {
      const ran = await run(['docker', 'build', '--check', '--target', target, '.'], { cwd: dir, env });
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      expect(ran.stdout).toContain('Check complete, no warnings found.');
    }
    const whole = await run(['docker', 'build', '--check', '.'], { cwd: dir, env });
    expect([whole.code, whole.stdout.trim()]).toEqual([0, 'Check complete, no warnings found.']);
  });

  it('are silent in shellcheck', async () => {
    const scripts = readdirSync(join(dir, 'docker')).filter((name) => name.endsWith('.sh'));
    expect(scripts.sort()).toEqual(['build.sh', 'entrypoint.sh', 'health.sh', 'migrate.sh']);
    const ran = await run(['shellcheck', ...scripts.map((name) => join('docker', name))], { cwd: dir, env });
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, '', '']);
  });
});
