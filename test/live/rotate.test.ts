import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Container, containersOf, healthy, isWell } from './support/engine.ts';
import { ask } from './support/http.ts';
import { killedAt } from './support/killed.ts';
import { cli, type How, type Ran } from './support/run.ts';
import { deploy, deployed, type Stack, sql } from './support/stack.ts';
import { type Venue, venue } from './support/venue.ts';

const ADDRESS = `0x${'5a'.repeat(20)}`;
const OTHER = `0x${'6b'.repeat(20)}`;
const ACCOUNTS = [ADDRESS, OTHER];
const KEYS = ['7c1e', '93d5', 'b2f8'].map((four) => `0x${four.repeat(16)}`);

let stack: Stack;
let there: Venue;
/** What the venue says to a question that comes out of a container. */
let inside: 'good' | 'bad' = 'good';
/** The address that this machine asks from. */
let here = '';

beforeAll(async () => {
  stack = await deployed('sample');
  there = await venue((_, body) => {
    const isInside = there.asked.at(-1)?.from !== here;
    const { type, user } = JSON.parse(body) as { type: string; user: string }; // our own question
    if (type === 'extraAgents') return [];
    if (isInside && inside === 'bad') return { role: 'missing' };
    return ACCOUNTS.includes(user) ? { role: 'user' } : { role: 'agent', data: { user: ADDRESS } };
  });
  await fetch(there.url, { method: 'POST', body: '{}' });
  here = there.asked.at(-1)?.from ?? '';
});
afterAll(() => there?.close());

const env = () => ({ TRADING_SETUP_HYPERLIQUID_URL: there.url });

function rotate(args: readonly string[], how: How = {}): Promise<Ran> {
  return cli(['rotate', ...args, '--dir', stack.dir], { ...how, env: { ...env(), ...how.env } });
}

/** What a person says when the old value has ended as well. */
const REVOKED = ['--resume', '--manual-done', '--yes'];

async function rotated(args: readonly string[], how: How = {}): Promise<string> {
  const { code, stdout, stderr } = await rotate(args, how);
  expect(code, stdout + stderr).toBe(0);
  return stdout + stderr;
}

/** Services whose container is another one now. */
async function recreated(before: ReadonlyMap<string, Container>): Promise<readonly string[]> {
  const after = await containersOf(stack.id);
  return [...after]
    .filter(([name, { Id }]) => before.get(name)?.Id !== Id)
    .map(([name]) => name)
    .sort();
}

async function reveal(name: string): Promise<string> {
  return (await cli(['secrets', 'reveal', name, '--yes', '--dir', stack.dir])).stdout.trim();
}

const gate = async (password: string) =>
  (await ask(stack.tui, '/', { login: `${stack.login.split(':')[0]}:${password}` })).status;

function rotationKilledAt(args: readonly string[], event: RegExp): Promise<void> {
  return killedAt(['rotate', ...args, '--yes', '--json', '--dir', stack.dir], event, { env: env() });
}

describe('rotate', () => {
  it('gives the database role a new password, proves it, and measures who was away', async () => {
    const before = await containersOf(stack.id);
    const old = await reveal('DATABASE_PASSWORD');
    const said = await rotated(['DATABASE_PASSWORD', '--yes', '--json']);
    console.info(said.match(/\{"type":"downtime".*\}/g)?.join('\n'));
    for (const text of [
      'the new password of algo_trade logs in, from another container',
      'the old password of algo_trade is refused',
      'collect runs with the new DATABASE_PASSWORD',
      'scheduled-backtest runs with the new DATABASE_PASSWORD',
    ])
      expect(said).toContain(text);
    expect(said.match(/"type":"downtime"/g)).toHaveLength(2);
    expect(await recreated(before)).toEqual(['collect', 'scheduled-backtest']);
    expect(await reveal('DATABASE_PASSWORD')).not.toBe(old);
    expect(await sql(stack, 'select 1')).toMatchObject({ code: 0 });
    await healthy(stack.id);
  });

  it('gives gate and superuser new passwords at once, and recreates only the gate', async () => {
    const before = await containersOf(stack.id);
    const old = await reveal('GATE_PASSWORD');
    const said = await rotated(['GATE_PASSWORD', 'DATABASE_SUPERUSER_PASSWORD', '--yes']);
    expect(said).toContain('the new password of postgres logs in, from another container');
    expect(said).toContain('the gate answers 401 to the old password');
    expect(await recreated(before)).toEqual(['gate']);
    expect([await gate(old), await gate(await reveal('GATE_PASSWORD'))]).toEqual([401, 200]);
    // What is up stays so when Compose is asked again: the database is not ended for a file that it does not read.
    const then = await containersOf(stack.id);
    await deploy(stack.dir);
    expect((await recreated(then)).filter((name) => name !== 'migrate')).toEqual([]);
  });
});

describe('rotate after an init that nobody has deployed', () => {
  const init = async (port: number) => {
    const args = ['init', '--yes', '--no-start', '--dir', stack.dir, '--set', `ports.tui=${port}`];
    const { code, stdout, stderr } = await cli(args);
    expect(code, stdout + stderr).toBe(0);
  };

  it('recreates nothing that would come back as another, and everything else', async () => {
    const port = stack.tui;
    const before = await containersOf(stack.id);
    await init(port + 1);
    try {
      const { code, stderr } = await rotate(['GATE_PASSWORD', '--yes']);
      expect([code, stderr]).toEqual([4, expect.stringContaining('with settings that nobody has deployed yet')]);
      expect(await recreated(before)).toEqual([]);
      await rotated(['DATABASE_SUPERUSER_PASSWORD', '--yes']);
    } finally {
      await init(port);
    }
  });
});

describe('rotate that was killed in a stack that was then taken down', () => {
  it('is finished without starting anything but the database', async () => {
    await rotationKilledAt(['DATABASE_PASSWORD'], /"step-progress","id":"recreate"/);
    const down = await cli(['down', '--dir', stack.dir]);
    expect([down.code, down.stdout + down.stderr]).toEqual([0, expect.stringContaining('rotate --resume')]);
    await rotated(['--resume', '--yes']);
    expect([...(await containersOf(stack.id)).keys()]).toEqual(['database']);
    await deploy(stack.dir);
    await healthy(stack.id);
    expect(await sql(stack, 'select 1')).toMatchObject({ code: 0 });
    // What nobody was seen to run with was not called proven.
    await rotated(['--resume', '--yes']);
  });
});

describe('rotate of a credential', () => {
  beforeAll(async () => {
    for (const [name, stdin] of [
      ['HYPERLIQUID_ACCOUNT_ADDRESS', ADDRESS],
      ['HYPERLIQUID_API_WALLET_KEY', KEYS[0]],
    ] as const) {
      const set = await cli(['secrets', 'set', name, '--dir', stack.dir], { ...(stdin && { stdin }), env: env() });
      expect(set.code, set.stderr).toBe(0);
    }
    await deploy(stack.dir);
  });

  it('asks the provider out of the container that uses it', async () => {
    const key = KEYS[1] ?? '';
    const said = await rotated(['HYPERLIQUID_API_WALLET_KEY', '--yes', '--manual-done'], { stdin: key });
    expect(said).toMatch(/HYPERLIQUID_API_WALLET_KEY, asked from app: /);
    expect(there.asked.some(({ from }) => from !== here)).toBe(true);
    expect(JSON.stringify(there.asked)).not.toContain(key.slice(2));
    expect(said).toMatch(/Remove the old API wallet/);
    expect(await rotated(REVOKED)).toContain('the old ones are forgotten');
  });

  it('goes back when the proof fails, and the old value works on', async () => {
    inside = 'bad';
    const { code, stdout, stderr } = await rotate(['HYPERLIQUID_ACCOUNT_ADDRESS', '--yes'], { stdin: OTHER });
    inside = 'good';
    expect(code, stdout + stderr).toBe(1);
    expect(stdout + stderr).toContain('are in force again');
    expect(await reveal('HYPERLIQUID_ACCOUNT_ADDRESS')).toBe(ADDRESS);
    await healthy(stack.id, ['app']);
  });

  it('stays stopped when the old value is compromised and the new one fails, and says so', async () => {
    inside = 'bad';
    const args = ['HYPERLIQUID_API_WALLET_KEY', '--yes', '--manual-done', '--compromised'];
    const { code, stdout, stderr } = await rotate(args, { ...(KEYS[2] && { stdin: KEYS[2] }) });
    inside = 'good';
    expect(code, stdout + stderr).toBe(1);
    expect(stdout + stderr).toContain('app stopped and stays so');
    const app = (await containersOf(stack.id)).get('app');
    expect(app && isWell('app', app)).toBe(false);
    const refused = await cli(['deploy', '--yes', '--dir', stack.dir]);
    expect([refused.code, /rotate --resume/.test(refused.stdout + refused.stderr)]).toEqual([4, true]);
    await rotated(['--resume', '--manual-done', '--yes']);
    await rotated(REVOKED);
    await healthy(stack.id, ['app']);
  });
});

describe('rotate that was killed', () => {
  it.each([
    ['DATABASE_PASSWORD', 'when the database was about to be told', /"step-started","id":"alter"/],
    ['DATABASE_PASSWORD', 'while containers were recreated', /"step-progress","id":"recreate"/],
    ['GATE_PASSWORD', 'when all was proven', /"step-started","id":"promote"/],
  ])('of %s, %s, is finished by --resume', async (name, _, event) => {
    const old = await reveal(name);
    await rotationKilledAt([name], event);
    const said = await rotated(['--resume', '--yes']);
    expect(said).toContain('are in force and proven');
    const fresh = await reveal(name);
    expect(fresh).not.toBe(old);
    await healthy(stack.id);
    if (name === 'GATE_PASSWORD') expect([await gate(old), await gate(fresh)]).toEqual([401, 200]);
    else expect(await sql(stack, 'select 1')).toMatchObject({ code: 0 });
    expect((await rotate(['--resume', '--yes'])).stdout).toContain('No rotation is unfinished');
  });
});
