import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { besideBoard } from '../../src/commands/beside-board.ts';
import { loginOf, readLogins, rememberLogin } from '../../src/commands/logins.ts';
import { besideLines } from '../../src/ui/credential-words.ts';
import { fakeEngine } from '../operations/engine.ts';
import { smallStack } from '../stack/stacks.ts';
import { fakeRunner } from '../support/fake-runner.ts';
import { temporary } from './program.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const BOARD = { version: 1, stack: 's', name: 'toy', mode: 'paper', overall: 'stopped', services: [] } as const;
/** Nothing was left by a login: nothing is asked. */
const NO_ENGINE = fakeRunner({});
const before = process.env.XDG_DATA_HOME;
let folder = '';

beforeEach(() => {
  process.env.XDG_DATA_HOME = temporary();
  folder = join(process.env.XDG_DATA_HOME, 'trading-setup', smallStack().id);
  mkdirSync(folder, { recursive: true });
});
afterEach(() => {
  if (before === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = before;
});

function ledger(...vault: readonly object[]): void {
  writeFileSync(join(folder, 'names.json'), JSON.stringify({ version: 2, vault }));
}

const SCHWAB = smallStack({
  secrets: {
    entries: { SCHWAB_APP_SECRET: { kind: 'entered', required: true, format: 'any', about: 'a secret' } },
  },
});

it('knows of nothing where nothing was ever kept', async () => {
  expect(await besideBoard(NO_ENGINE, smallStack(), NOW)).toEqual({ credentials: [] });
});

it('has what ends, the next first, from the list of names alone', async () => {
  ledger(
    { name: 'TOY_TOKEN', slot: 'current', expires: '2027-01-01T00:00:00Z' },
    { name: 'TOY_TOKEN', slot: 'pending', expires: '2026-11-01T00:00:00Z' },
    { name: 'NOT_OF_THIS_STACK', slot: 'current', expires: '2026-11-01T00:00:00Z' },
  );
  await rememberLogin(SCHWAB, NOW - 6 * 86_400_000);
  expect((await besideBoard(NO_ENGINE, smallStack(), NOW)).credentials).toEqual([
    { name: 'SCHWAB_LOGIN', expires: '2026-11-23T12:00:00.000Z', state: 'soon' },
    { name: 'TOY_TOKEN', expires: '2027-01-01T00:00:00Z', state: 'ok' },
  ]);
});

it('is there, too, where a list is damaged', async () => {
  writeFileSync(join(folder, 'names.json'), '{');
  writeFileSync(join(folder, 'logins.json'), '{');
  writeFileSync(join(folder, 'rotation.json'), '{');
  const { credentials, rotation } = await besideBoard(NO_ENGINE, smallStack(), NOW);
  expect(credentials).toEqual([]);
  expect(rotation?.manual.join()).toContain('damaged');
});

it('remembers a login by its provider, with the days that it lasts', async () => {
  expect(loginOf(SCHWAB)).toEqual({ name: 'SCHWAB_LOGIN', title: 'Schwab', days: 7 });
  expect(loginOf(smallStack())).toEqual({ name: 'LOGIN', title: 'the broker' });
  await rememberLogin(SCHWAB, NOW - 1000);
  await rememberLogin(SCHWAB, NOW);
  await rememberLogin(smallStack(), NOW);
  expect(await readLogins(SCHWAB)).toEqual([
    { name: 'SCHWAB_LOGIN', set: '2026-11-22T12:00:00.000Z', expires: '2026-11-29T12:00:00.000Z' },
    { name: 'LOGIN', set: '2026-11-22T12:00:00.000Z' },
  ]);
});

it('tells of a service that is stopped for a login that was cut off', async () => {
  const startedAt = '2026-11-22T10:00:00.0Z';
  const left = { version: 1, service: 'app', container: 'c-app', startedAt: Date.parse(startedAt) };
  writeFileSync(join(folder, 'login.json'), JSON.stringify({ ...left, since: '2026-11-22T11:00:00.000Z' }));
  const engine = fakeEngine(smallStack());
  engine.state.services.set('app', { status: 'exited' });
  const login = { service: 'app', since: '2026-11-22T11:00:00.000Z' };
  const beside = await besideBoard(engine.runner, smallStack(), NOW);
  expect(beside.login).toEqual(login);
  expect(besideLines({ ...BOARD, ...beside }, NOW)).toEqual([
    {
      text: 'app is stopped for a login since 2026-11-22 11:00 UTC: trading-setup secrets login --service app',
      level: 'bad',
    },
  ]);
  engine.state.services.set('app', { status: 'running' });
  expect((await besideBoard(engine.runner, smallStack(), NOW)).login).toBeUndefined();
  writeFileSync(join(folder, 'login.json'), '{');
  expect((await besideBoard(engine.runner, smallStack(), NOW)).login).toBeUndefined();
});

it('counts down the login of each instance by itself, and says where nobody has logged in', async () => {
  const app = smallStack().services.app;
  const entry = (as?: string) =>
    ({ kind: 'entered', required: true, format: 'any', about: 'a secret', ...(as ? { as } : {}) }) as const;
  const both = smallStack({
    services: {
      app: { secrets: { SCHWAB_APP_SECRET: '${SCHWAB_APP_SECRET}' } },
      second: { ...app, secrets: { SCHWAB_APP_SECRET: '${SCHWAB_APP_SECRET_SECOND}' } } as never,
    },
    secrets: {
      entries: { SCHWAB_APP_SECRET: entry(), SCHWAB_APP_SECRET_SECOND: entry('SCHWAB_APP_SECRET') },
      commands: { login: { service: 'app', run: ['toy', 'auth'] } },
    },
  });
  const never = await besideBoard(NO_ENGINE, both, NOW);
  expect(never.credentials).toEqual([
    { name: 'SCHWAB_LOGIN', service: 'app', state: 'never' },
    { name: 'SCHWAB_LOGIN', service: 'second', state: 'never' },
  ]);
  expect(besideLines({ ...BOARD, ...never }, NOW).map(({ text }) => text)).toEqual([
    'SCHWAB_LOGIN of app: nobody has logged in yet: trading-setup secrets login --service app',
    'SCHWAB_LOGIN of second: nobody has logged in yet: trading-setup secrets login --service second',
  ]);
  await rememberLogin(both, NOW - 6 * 86_400_000, 'second');
  await rememberLogin(both, NOW, 'app');
  const { credentials } = await besideBoard(NO_ENGINE, both, NOW);
  expect(credentials).toEqual([
    { name: 'SCHWAB_LOGIN', service: 'second', expires: '2026-11-23T12:00:00.000Z', state: 'soon' },
    { name: 'SCHWAB_LOGIN', service: 'app', expires: '2026-11-29T12:00:00.000Z', state: 'ok' },
  ]);
});

it('says of a login that nobody did that it is missing, also where the stack does not say how it is done', async () => {
  expect((await besideBoard(NO_ENGINE, SCHWAB, NOW)).credentials).toEqual([{ name: 'SCHWAB_LOGIN', state: 'never' }]);
});

it('takes the login from before there were several for that of the first', async () => {
  await rememberLogin(SCHWAB, NOW);
  expect(await readLogins(SCHWAB)).toMatchObject([{ name: 'SCHWAB_LOGIN' }]);
  await rememberLogin(SCHWAB, NOW, 'app');
  expect(await readLogins(SCHWAB)).toHaveLength(1);
});

it('says of each service what it reaches, and of what it does not why', () => {
  const at = { service: 'app', tls: true, port: 443 } as const;
  const reach = [
    { ...at, host: 'api.example', state: 'reachable' },
    { ...at, host: 'node.example', port: 8546, state: 'reachable' },
    { ...at, host: 'broker.example', state: 'no-answer' },
    { ...at, host: 'old.example', state: 'untrusted', why: 'it has expired' },
  ] as const;
  expect(besideLines({ ...BOARD, reach }, NOW)).toEqual([
    { text: 'app does not reach broker.example: no answer in 3 s', level: 'bad' },
    { text: 'app does not reach old.example: certificate not trusted in that image (it has expired)', level: 'bad' },
    { text: 'app reaches api.example, node.example:8546', level: 'ok' },
  ]);
});
