import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { bundle } from '../commands/program.ts';
import { asDeployed, containers } from './support/engine.ts';
import { matchesGolden } from './support/golden.ts';
import { KEY } from './support/real.ts';
import { PINNED, type Stage, stage } from './support/stage.ts';

vi.setConfig({ testTimeout: 90_000 });

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

const WALLET = 'HYPERLIQUID_API_WALLET_KEY';
const OLD = `0x${'ab'.repeat(32)}`;
const NEW = `0x${'cd'.repeat(32)}`;

/** A repository that is set up, whose secrets have values. */
async function setUp(): Promise<Stage> {
  const made = stage(program.start);
  onTestFinished(() => made.strike());
  const init = made.play(['init', '--yes', '--no-start', ...PINNED]);
  if ((await init.ended) !== 0) throw new Error(init.screen());
  keep(made, WALLET, OLD, '--expires', '2026-11-24T09:00:00Z');
  keep(made, 'DATABASE_PASSWORD', 'old-database-password');
  keep(made, 'GATE_PASSWORD', 'old-gate-password');
  return made;
}

function keep(made: Stage, name: string, input: string, ...flags: readonly string[]): void {
  const argv = [program.start, 'secrets', 'set', name, '--no-check', ...flags];
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd: made.dir, env: made.env, input });
  expect(status, String(stderr)).toBe(0);
}

it('rotates on a full screen up to the agreement, and changes nothing before', async () => {
  const made = await setUp();
  made.docker(asDeployed('board-healthy'));
  const terminal = made.play(['rotate']);
  await terminal.sees('Which secrets');
  await terminal.press(KEY.down, KEY.down, KEY.down, ' ');
  await matchesGolden(terminal, 'rotate-choose');
  terminal.type(KEY.enter);
  await terminal.sees('New value of');
  await terminal.press('0xcd');
  await matchesGolden(terminal, 'rotate-enter');
  await terminal.press('\u0015', NEW, KEY.enter);
  await terminal.sees('Enter once more');
  await matchesGolden(terminal, 'rotate-warned');
  terminal.type(KEY.enter);
  await terminal.sees('Type REPLACE');
  await matchesGolden(terminal, 'rotate-plan');
  terminal.type(KEY.ctrlC);
  expect(await terminal.ended).toBe(130);
  expect(terminal.screen()).toContain('Nothing was changed.');
});

it('counts down on the board', async () => {
  const made = await setUp();
  made.docker(containers('board-healthy'));
  made.time('2026-11-22T11:11:09.000Z');
  const terminal = made.play(['status']);
  await terminal.sees('expires in');
  await matchesGolden(terminal, 'board-expiring');
  made.time('2026-11-24T09:00:01.000Z');
  await terminal.sees('expired 1s');
  terminal.type('q');
  await terminal.ended;
});
