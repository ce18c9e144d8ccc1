import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it, onTestFinished, vi } from 'vitest';
import { bundle } from '../commands/program.ts';
import { buildTo, buildUntil, containers, deployable } from './support/engine.ts';
import { matchesGolden, SIZES } from './support/golden.ts';
import { KEY } from './support/real.ts';
import { PINNED, type Stage, stage } from './support/stage.ts';

vi.setConfig({ testTimeout: 60_000 });

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** A repository that is set up. */
async function setUp(...more: readonly string[]): Promise<Stage> {
  const made = stage(program.start);
  onTestFinished(() => made.strike());
  const init = made.play(['init', '--yes', '--no-start', ...PINNED, ...more]);
  const code = await init.ended;
  await init.settled();
  if (code !== 0) throw new Error(`init ended with ${code}:\n${init.screen()}`);
  return made;
}

it('shows a build at work, its log stopped and searched', async () => {
  const made = await setUp();
  made.docker(buildUntil('build-ok', 'Compiling\u001B[0m algo-trade-market'));
  const terminal = made.play(['build']);
  await terminal.sees('401/406');
  await matchesGolden(terminal, 'build-running');
  await terminal.press(KEY.space);
  await matchesGolden(terminal, 'build-paused');
  await terminal.press('/', 'never_used', KEY.enter);
  await matchesGolden(terminal, 'build-search');
});

it('shows why a build failed', async () => {
  const made = await setUp();
  made.docker(buildTo('build-fail'));
  for (const [columns, rows] of SIZES) {
    made.time('2026-11-22T08:02:16.000Z');
    const terminal = made.play(['build'], { columns, rows });
    await terminal.ended;
    await matchesGolden(terminal, 'build-failed', [[columns, rows]]);
  }
});

it('shows the steps of a deploy, and the services that it waits for', async () => {
  const made = await setUp();
  const state = join(made.home, 'volumes');
  mkdirSync(state);
  made.time('2026-11-22T08:09:00.000Z');
  made.docker(buildTo('build-ok') + deployable(state) + containers('board-starting'));
  const terminal = made.play(['deploy']);
  // A service below the step: it is at work.
  await terminal.sees(/^ {3}\S collect/m);
  await matchesGolden(terminal, 'deploy-waiting');
});

it('shows the board: healthy, unhealthy with the reasons, stopped', async () => {
  const made = await setUp();
  for (const [name, recorded, time] of [
    ['healthy', 'board-healthy', '2026-11-22T11:11:09.000Z'],
    ['unhealthy', 'board-unhealthy', '2026-11-22T11:11:09.000Z'],
    ['stopped', undefined, '2026-11-22T11:11:09.000Z'],
  ] as const) {
    made.time(time);
    made.docker(recorded === undefined ? '' : containers(recorded));
    const terminal = made.play(['status']);
    await terminal.sees('Restarts');
    await matchesGolden(terminal, `board-${name}`);
    terminal.type('q');
    await terminal.ended;
  }
});

it('asks for the passphrase of a vault', async () => {
  const made = await setUp('--set', 'secrets.unlock=passphrase');
  const terminal = made.play(['secrets', 'set', 'HYPERLIQUID_API_WALLET_KEY']);
  await terminal.sees('Value of');
  await terminal.press('0x', 'ab'.repeat(32));
  await matchesGolden(terminal, 'ask-secret');
  terminal.type(KEY.enter);
  await terminal.sees('assphrase');
  await terminal.press('correct horse');
  await matchesGolden(terminal, 'passphrase');
});

it('has LIVE and an address beyond this machine confirmed by typing', async () => {
  const exposed = stage(program.start);
  onTestFinished(() => exposed.strike());
  const first = exposed.play(['init', '--no-start', ...PINNED, '--set', 'ports.bind=0.0.0.0']);
  await first.sees('ctrl-c quit');
  await first.settled();
  await first.press('w');
  first.type(KEY.enter);
  await first.sees('Type the address');
  await matchesGolden(first, 'confirm-address');

  const live = stage(program.start);
  onTestFinished(() => live.strike());
  const config = join(live.dir, 'config/Config.toml');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll('hyperliquid-testnet', 'hyperliquid'));
  const written = live.play(['init', '--yes', '--no-start', ...PINNED, '--set', 'account.onlyTrader=true']);
  if ((await written.ended) !== 0) throw new Error(written.screen());
  const state = join(live.home, 'volumes');
  mkdirSync(state);
  live.docker(buildTo('build-ok') + deployable(state));
  const key = live.play(['secrets', 'set', 'HYPERLIQUID_API_WALLET_KEY']);
  await key.sees('Value of');
  key.type('0x', 'ab'.repeat(32), KEY.enter);
  if ((await key.ended) !== 0) throw new Error(key.screen());
  const second = live.play(['deploy']);
  await second.sees(/Type .*LIVE/);
  await matchesGolden(second, 'confirm-live');
});
