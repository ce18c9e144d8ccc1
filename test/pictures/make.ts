import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KEY, RealTerminal } from '../terminal/support/real.ts';
import { svgOf } from './svg.ts';

const SIZE = { columns: 96, rows: 30 };
/** Room for what proves each service. */
const BOARD = { columns: 130, rows: 14 };
const MINUTE = 60_000;

export interface Pictures {
  /** The bundled program. */
  readonly main: string;
  /** The folder for the pictures. */
  readonly to: string;
}

/**
 * Sets the sample up with keys, deploys it with keys, and takes a picture of each screen on the way. Needs an engine;
 * where a lab was brought up for the live tests its images and its stand-in for the download of ttyd are used.
 */
export async function makePictures({ main, to }: Pictures): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pictures-')));
  const env = environment(root);
  const dir = join(root, 'algo-trade');
  const playing: RealTerminal[] = [];
  const play = (args: readonly string[]): RealTerminal => {
    const start = `const { main } = await import(${JSON.stringify(main)}); await main(process.argv.slice(1));`;
    const argv = [process.execPath, '--input-type=module', '-e', start, '--', ...args];
    const terminal = new RealTerminal({ argv, env, cwd: root, ...SIZE });
    playing.push(terminal);
    return terminal;
  };
  const keep = (terminal: RealTerminal, name: string, title: string): void => {
    writeFileSync(join(to, `${name}.svg`), svgOf(terminal.cells(), title));
    process.stdout.write(`pictures: ${name}.svg\n${terminal.screen()}\n`);
  };
  try {
    await setUp(play(['try', dir, '--no-start', ...ports()]), keep);
    for (const turn of ['first', 'second']) {
      // A change of the program's own source: what is compiled anew is compiled before our eyes.
      appendFileSync(join(dir, 'crates/core/src/lib.rs'), `\n// ${root} ${turn}\n`);
      const build = play(['build', '--dir', dir]);
      // The second one knows how long the first one took.
      if (turn === 'second') await built(build, keep);
      if ((await build.ended) !== 0) throw new Error(build.screen());
    }
    const deploy = play(['deploy', '--dir', dir]);
    await deployed(deploy, keep);
    deploy.type('q');
    await deploy.ended;
  } finally {
    for (const each of playing) each.kill('SIGKILL');
    const down = [join(dir, 'docker-compose.yml'), 'down', '--volumes', '--remove-orphans', '--rmi', 'local'];
    spawnSync('docker', ['compose', '-f', ...down], { env, cwd: dir, stdio: 'inherit' });
    for (const each of labelled(env)) spawnSync('docker', ['volume', 'rm', each], { env, stdio: 'ignore' });
    rmSync(root, { recursive: true, force: true });
  }
}

type Keep = (terminal: RealTerminal, name: string, title: string) => void;

async function setUp(wizard: RealTerminal, keep: Keep): Promise<void> {
  await wizard.sees('to create');
  await wizard.sees('answers:');
  await wizard.settled();
  keep(wizard, 'wizard', 'The review of the sample: everything has an answer, two optional credentials wait');
  for (let turns = 0; !/^ ▸ Ports/m.test(wizard.screen()) && turns < 10; turns += 1) {
    wizard.type(KEY.tab);
    await wizard.settled();
  }
  keep(wizard, 'wizard-ports', 'The ports of the sample, each looked at on this machine');
  wizard.type('w');
  await wizard.settled();
  for (let keys = 0; wizard.state.alternate && keys < 20; keys += 1) {
    wizard.type('w');
    await wizard.settled();
    if (/▸ Write these files/.test(wizard.screen())) wizard.type(KEY.enter);
    else wizard.type(KEY.down);
    await wizard.settled();
  }
  const code = await wizard.ended;
  if (code !== 0) throw new Error(`the wizard ended with ${code}:\n${wizard.screen()}`);
}

async function built(build: RealTerminal, keep: Keep): Promise<void> {
  await build.sees('Compiling algo-trade-market', 10 * MINUTE);
  await build.settled();
  keep(build, 'build', 'A build of the sample: its stages, the crates that are compiled, the log');
}

async function deployed(deploy: RealTerminal, keep: Keep): Promise<void> {
  await answerUntil(deploy, 'Restarts');
  await deploy.sees(/healthy\s*$/m, MINUTE);
  deploy.resize(BOARD.columns, BOARD.rows);
  await new Promise((done) => setTimeout(done, 12_000));
  keep(deploy, 'board', 'The board of the running sample');
}

/** Waits for a screen; a question for the passphrase on the way is answered, others are taken as they are offered. */
async function answerUntil(terminal: RealTerminal, wanted: string | RegExp): Promise<void> {
  const end = performance.now() + 15 * MINUTE;
  while (performance.now() < end) {
    const screen = terminal.screen();
    if (typeof wanted === 'string' ? screen.includes(wanted) : wanted.test(screen)) return;
    if (/assphrase/.test(screen) && /enter keep/.test(screen)) {
      terminal.type('only for pictures', KEY.enter);
      await terminal.settled();
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${String(wanted)} never came:\n${terminal.screen()}`);
}

/** A home of its own; the engine and the lab's programs as they are. */
function environment(root: string): Readonly<Record<string, string>> {
  const lab = process.env.TRADING_SETUP_LAB || join(homedir(), '.cache/trading-setup-lab');
  const override = join(root, 'override.yml');
  writeFileSync(
    override,
    `services:\n  tui:\n    build:\n      additional_contexts:\n        ttyd: ${join(lab, 'ttyd')}\n`,
  );
  const home = join(root, 'home');
  mkdirSync(home);
  return {
    PATH: [join(lab, 'bin'), process.env.PATH ?? ''].join(delimiter),
    HOME: home,
    COMPOSE_FILE: `docker-compose.yml:${override}`,
    ...(process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST }),
  };
}

/** Ports beside those of a sample that already runs here. */
function ports(): readonly string[] {
  return ['--set', 'ports.api.host=18080', '--set', 'ports.tui=17681', '--set', 'id=algo-trade-b1c7e5'];
}

function labelled(env: Readonly<Record<string, string>>): readonly string[] {
  const list = ['volume', 'ls', '-q', '--filter', 'label=trading-setup.stack=algo-trade-b1c7e5'];
  return spawnSync('docker', list, { env, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
}
