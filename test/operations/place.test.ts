import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { composeUp } from '../../src/engine/commands.ts';
import { placeOf } from '../../src/operations/place.ts';

const COMPOSE = 'docker-compose.trading-setup.yml';
const USUAL = 'docker-compose.yml';
const OVERRIDE = 'docker-compose.trading-setup.override.yml';
const files = { dockerfile: 'Dockerfile', dockerignore: '.dockerignore', compose: 'docker-compose.yml' };

function folder(contents: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'place-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(contents)) writeFileSync(join(dir, path), text);
  return dir;
}

it.each<[string, string, Record<string, string>, Record<string, string>, readonly string[] | undefined]>([
  ['Compose finds the usual file', 'docker-compose.yml', {}, {}, undefined],
  ['an operator lists files around the usual one', USUAL, {}, { COMPOSE_FILE: `./${USUAL}:a.yml` }, undefined],
  ['an operator lists others only', USUAL, {}, { COMPOSE_FILE: 'a.yml' }, [USUAL]],
  ['and a name that only ends like it', USUAL, { '.env': `COMPOSE_FILE="old-${USUAL}"\n` }, {}, [USUAL]],
  ['a file of another name', COMPOSE, {}, {}, [COMPOSE]],
  ['an override beside it', COMPOSE, { [OVERRIDE]: '' }, {}, [COMPOSE, OVERRIDE]],
  ['an operator lists it', COMPOSE, {}, { COMPOSE_FILE: `${COMPOSE}:more.yml` }, undefined],
  ['an operator lists it in .env', COMPOSE, { '.env': `A=1\nCOMPOSE_FILE=${COMPOSE}:more.yml\n` }, {}, undefined],
  ['the list is of the repository’s own stack', COMPOSE, { '.env': 'COMPOSE_FILE=compose.yaml\n' }, {}, [COMPOSE]],
  ['so is the one of the shell', COMPOSE, {}, { COMPOSE_FILE: 'compose.yaml' }, [COMPOSE]],
])('every Compose call reads the file of the stack: %s', async (_, compose, contents, env, found) => {
  const dir = folder(contents);
  const place = await placeOf({ dir, stack: { id: 'toy-5a3b1e', files: { ...files, compose } } }, env);
  expect(place).toEqual({ dir, project: 'toy-5a3b1e', ...(found ? { files: found } : {}) });
  expect(composeUp(place).env).toEqual({
    COMPOSE_PROJECT_NAME: 'toy-5a3b1e',
    ...(found ? { COMPOSE_FILE: found.join(':'), COMPOSE_PATH_SEPARATOR: ':' } : {}),
  });
});
