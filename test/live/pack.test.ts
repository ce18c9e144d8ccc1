import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIVE, must, run, TARBALL } from './support/run.ts';

const env = { npm_config_cache: undefined, npm_config_prefer_offline: 'true' };

describe('the packed program', () => {
  it('answers --help through npx in an empty folder', async () => {
    const cwd = join(LIVE, 'empty');
    mkdirSync(cwd, { recursive: true });
    const { code, stdout, stderr } = await run(['npx', '--yes', `../${basename(TARBALL)}`, '--help'], { cwd, env });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Usage: trading-setup');
    expect(stdout).toContain('Exit codes:');
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('brings at most two packages with it', () => {
    const lock = JSON.parse(readFileSync(join(LIVE, 'cli/package-lock.json'), 'utf8'));
    const installed = Object.keys(lock.packages).filter((path) => path.startsWith('node_modules/'));
    expect(installed).toContain('node_modules/trading-setup');
    expect(installed.length - 1).toBeLessThanOrEqual(2);
  });

  it('holds only what runs', async () => {
    const files = (await must(['tar', '-tzf', TARBALL])).trim().split('\n');
    const allowed =
      /^package\/(package\.json|README\.md|LICENSE|SECURITY\.md|bin\/trading-setup\.js|bin\/package\.json|(dist|templates|docker)\/.*)$/;
    expect(files.filter((path) => !allowed.test(path))).toEqual([]);
    expect(files.filter((path) => /\.(test|map|ts|tsx)$|(^|\/)(target|node_modules|\.git)\//.test(path))).toEqual([]);
    for (const path of ['bin/trading-setup.js', 'dist/main.js', 'docker/entrypoint.sh', 'templates/sample/Cargo.toml'])
      expect(files).toContain(`package/${path}`);
  });
});
