// The stack of the soak: what the store, the volumes, the database, the gate and the running programs hold.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { env } from '../live/harness.js';
import { docker, must, program, run } from './program.js';

/** The secrets that are rotated, and the running services that read each. */
export const READERS = {
  DATABASE_PASSWORD: ['collect', 'scheduled-backtest'],
  GATE_PASSWORD: ['gate'],
  HYPERLIQUID_API_WALLET_KEY: ['app'],
};

/** A value of the store. */
export async function secretOf(dir, name) {
  return (await must(program('secrets', 'reveal', name, '--yes', '--dir', dir))).trim();
}

/** Every rotated secret's value. */
export async function valuesOf(dir) {
  const values = {};
  for (const name of Object.keys(READERS)) values[name] = await secretOf(dir, name);
  return values;
}

export const journalOf = (id) => join(env.XDG_DATA_HOME, 'trading-setup', id, 'rotation.json');

export function decisionsOf(dir) {
  const text = readFileSync(join(dir, 'trading-setup.yaml'), 'utf8');
  const of = (pattern) => pattern.exec(text)?.[1];
  return { id: of(/^id: (\S+)$/m), tui: Number(of(/^ {2}tui: (\d+)$/m)), user: of(/^ {2}gateUser: (\S+)$/m) };
}

/** Container id by service, of those that exist. */
export async function containersOf(id) {
  const format = '{{.Label "com.docker.compose.service"}} {{.ID}}';
  const filters = [
    '--filter',
    `label=com.docker.compose.project=${id}`,
    '--filter',
    'label=com.docker.compose.oneoff=False',
  ];
  const lines = (await docker('ps', '-a', '--no-trunc', ...filters, '--format', format)).split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(' ')));
}

/** What a service's secret volume holds, by path. */
async function volumeOf(id, service) {
  const script = 'cd /volume; find . -type f ! -name ".*" -exec sh -c \'echo "$1 $(base64 -w0 "$1")"\' _ {} \\;';
  const label = `trading-setup.live=${env.TRADING_SETUP_LIVE}`;
  const flags = ['--rm', '--network', 'none', '--label', label, '-v', `${id}_${service}-secrets:/volume:ro`];
  const lines = await docker('run', ...flags, 'debian:13.1-slim', 'sh', '-euc', script);
  return Object.fromEntries(
    lines
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0], Buffer.from(line.split(' ')[1] ?? '', 'base64').toString()]),
  );
}

/** The environments of all processes of a container, as this machine sees them. */
async function environmentsOf(container) {
  const [, ...rows] = (await docker('top', container, '-eo', 'pid')).trim().split('\n');
  return rows.flatMap((row) => {
    try {
      return readFileSync(`/proc/${row.trim()}/environ`, 'utf8').split('\0');
    } catch {
      // It ended in this moment.
      return [];
    }
  });
}

/** A login with a password, from a container that is no part of the stack. */
async function databaseTakes(id, password) {
  const query = [
    'psql',
    '--no-psqlrc',
    '-At',
    '-h',
    'database',
    '-U',
    'algo_trade',
    '-d',
    'algo_trade',
    '-c',
    'SELECT 1',
  ];
  const label = `trading-setup.live=${env.TRADING_SETUP_LIVE}`;
  const flags = ['--rm', '-i', '--label', label, '--network', `${id}_database`, '--entrypoint', 'sh'];
  const script = `read -r PGPASSWORD; export PGPASSWORD PGREQUIREAUTH=scram-sha-256; exec ${query.map((word) => `'${word}'`).join(' ')}`;
  const { code, stderr } = await run(['docker', 'run', ...flags, `localhost/${id}/migrate:current`, '-c', script], {
    stdin: `${password}\n`,
  });
  if (code !== 0 && !/password authentication failed/.test(stderr)) throw new Error(`psql: ${stderr}`);
  return code === 0;
}

function gateAnswers({ tui, user }, password) {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return new Promise((resolve, reject) => {
    const call = request(
      { host: '127.0.0.1', port: tui, path: '/', headers: { authorization }, agent: false, timeout: 10_000 },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    );
    call.on('timeout', () => call.destroy(new Error('the gate does not answer')));
    call.on('error', reject);
    call.end();
  });
}

const passwordIn = (text) => {
  const [, encoded] = /:\/\/[^:/@\s]*:([^@\s]+)@/.exec(text ?? '') ?? [];
  return encoded === undefined ? undefined : decodeURIComponent(encoded);
};

/**
 * Everything that is not one value, in words without any value; empty where store, volumes, database, gate and running
 * programs agree and nothing of a rotation is left.
 * @param before values and containers before the rotation; @param names what was rotated.
 */
export async function mixtures(dir, { names, before }) {
  const decisions = decisionsOf(dir);
  const { id } = decisions;
  const wrong = [];
  const check = (isRight, text) => void (isRight || wrong.push(text));
  if (existsSync(journalOf(id))) wrong.push('a journal is left');
  const now = await valuesOf(dir);
  const { secrets } = JSON.parse(await must(program('secrets', 'list', '--json', '--dir', dir)));
  for (const { name, pending, previous } of secrets)
    check(!pending && !previous, `${name} has a pending or a previous value`);
  const sides = new Set(names.map((name) => now[name] !== before.values[name]));
  check(sides.size === 1, 'some secrets have the new value and some the old one');
  for (const name of Object.keys(READERS))
    if (!names.includes(name)) check(now[name] === before.values[name], `${name} has changed`);
  const containers = await containersOf(id);
  const env = async (service) => environmentsOf(containers.get(service));
  for (const service of READERS.DATABASE_PASSWORD) {
    check(
      passwordIn((await volumeOf(id, service))['./env/APP_DATABASE']) === now.DATABASE_PASSWORD,
      `the volume of ${service} has another password`,
    );
    const told = (await env(service)).filter((each) => each.startsWith('APP_DATABASE='));
    check(
      told.length > 0 && told.every((each) => passwordIn(each) === now.DATABASE_PASSWORD),
      `${service} runs with another password`,
    );
  }
  const key = (await volumeOf(id, 'app'))['./env/HYPERLIQUID_API_WALLET_KEY']?.trim();
  check(key === now.HYPERLIQUID_API_WALLET_KEY, 'the volume of app has another key');
  const told = (await env('app')).filter((each) => each.startsWith('HYPERLIQUID_API_WALLET_KEY='));
  check(
    told.length > 0 && told.every((each) => each.endsWith(`=${now.HYPERLIQUID_API_WALLET_KEY}`)),
    'app runs with another key',
  );
  check(await databaseTakes(id, now.DATABASE_PASSWORD), 'the database does not take the password of the store');
  check((await gateAnswers(decisions, now.GATE_PASSWORD)) === 200, 'the gate does not take the password of the store');
  if (now.DATABASE_PASSWORD !== before.values.DATABASE_PASSWORD)
    check(!(await databaseTakes(id, before.values.DATABASE_PASSWORD)), 'the database takes the old password');
  if (now.GATE_PASSWORD !== before.values.GATE_PASSWORD)
    check((await gateAnswers(decisions, before.values.GATE_PASSWORD)) === 401, 'the gate takes the old password');
  const readers = new Set(names.flatMap((name) => READERS[name]));
  for (const [service, container] of before.containers)
    if (!readers.has(service))
      check(containers.get(service) === container, `${service} was recreated and reads nothing of it`);
  check(containers.size === before.containers.size, 'there are other containers than before');
  const strays = readdirSync(join(dir)).filter((name) => /\.tmp|core/.test(name));
  check(strays.length === 0, `files are left: ${strays.join(', ')}`);
  return { wrong, finished: now[names[0]] !== before.values[names[0]] };
}
