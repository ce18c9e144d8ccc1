import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const DOCKER = new URL('../../docker/', import.meta.url).pathname;
const SCRIPTS = readdirSync(DOCKER).filter((name) => name.endsWith('.sh'));
const missing = spawnSync('shellcheck', ['--version']).error !== undefined;

it.each(SCRIPTS)('shellcheck has nothing to say about %s', (name) => {
  if (missing && !process.env.CI)
    return console.warn('skipped: shellcheck is not installed (apt-get install shellcheck)');
  expect(missing, 'shellcheck has to be there in CI').toBe(false);
  const { status, stdout } = spawnSync('shellcheck', ['--severity=style', join(DOCKER, name)], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

it.each(SCRIPTS)('%s says which shell reads it, ends its lines as shells want', (name) => {
  const text = readFileSync(join(DOCKER, name), 'utf8');
  expect(text).toMatch(/^#!\/(bin\/sh|usr\/bin\/env bash)\n/);
  expect(text).not.toContain('\r');
});
