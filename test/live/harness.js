// What every run against a real engine needs: an engine where none answers, the packed program installed as a person would,
// and afterwards nothing left: containers, volumes, networks and images by the ids of the stacks that the run made.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LAB_SCRIPTS = join(ROOT, 'test/live/lab');
const LAB = process.env.TRADING_SETUP_LAB || join(homedir(), '.cache/trading-setup-lab');
/** Folders of runs: a workspace for each stack, the vaults, the installed program, the report. */
export const RUN_PREFIX = 'trading-setup-live-';

/** The environment of everything that a run starts. */
export const env = {
  ...process.env,
  PATH: [join(LAB, 'bin'), process.env.PATH].join(delimiter),
  TRADING_SETUP_LAB: LAB,
  // No test asks a real venue: nobody listens there.
  TRADING_SETUP_HYPERLIQUID_URL: 'http://127.0.0.1:9',
};
// A keychain of the person at this machine is none of our business.
delete env.DBUS_SESSION_BUS_ADDRESS;

let child;
let interrupted = 0;

/** Whether somebody asked the run to end. */
export const wasInterrupted = () => interrupted > 0;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted += 1;
    process.stderr.write(`${signal}: ending, then cleaning up\n`);
    endGroup(interrupted === 1 ? 'SIGTERM' : 'SIGKILL');
  });
}

/** The program that runs, and what it has started. */
function endGroup(signal) {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: it ended in this very moment.
  }
}

/** A program with its output on ours, in a process group of its own: Ctrl-C reaches only us. */
export function stream(argv, options = {}) {
  if (interrupted > 0) return Promise.resolve(130);
  return new Promise((done) => {
    child = spawn(argv[0], argv.slice(1), {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
      ...options,
    });
    child.on('error', (error) => {
      process.stderr.write(`${argv[0]}: ${error.message}\n`);
      done(127);
    });
    child.on('close', (code) => {
      child = undefined;
      done(code ?? 1);
    });
  });
}

/** A quick call whose output is wanted; empty when it fails. */
export function lines(...argv) {
  const { stdout, status } = spawnSync(argv[0], argv.slice(1), { env, encoding: 'utf8' });
  return status === 0 ? stdout.split('\n').filter(Boolean) : [];
}

/** Whether an engine is there. */
export function answers() {
  return spawnSync('docker', ['info'], { env, stdio: 'ignore' }).status === 0;
}

/** The stacks of a run: those with files, and those with a vault whose files a test has removed. */
function stackIds(home) {
  const paths = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !path.includes('node_modules'),
  );
  const vaults = paths.flatMap((path) => /^xdg\/data\/trading-setup\/([^/]+)$/.exec(path)?.[1] ?? []);
  const written = paths
    .filter((path) => /(^|\/)trading-setup\.yaml$/.test(path))
    .flatMap((path) => /^id: (\S+)$/m.exec(readFileSync(join(home, path), 'utf8'))?.[1] ?? []);
  return [...new Set([...vaults, ...written])];
}

function removeAll(kind, ids) {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return;
  const force = { container: ['--force', '--volumes'], network: [] }[kind] ?? ['--force'];
  const { status, stderr } = spawnSync('docker', [kind, 'rm', ...force, ...unique], { env, encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`could not remove every ${kind}: ${stderr.trim()}\n`);
}

/** Everything on the engine that carries the id of one of the run's stacks, or the label of the run. */
export function cleanEngine(home) {
  const labels = [
    `trading-setup.live=${home}`,
    ...stackIds(home).flatMap((id) =>
      ['com.docker.compose.project', 'trading-setup.stack', 'trading-setup.lock'].map((label) => `${label}=${id}`),
    ),
  ];
  const withLabel = (...list) => labels.flatMap((label) => lines('docker', ...list, '--filter', `label=${label}`));
  const helpers = stackIds(home).flatMap((id) =>
    lines('docker', 'container', 'ls', '-aq', '--filter', `name=^trading-setup-volume-${id}`),
  );
  const images = stackIds(home).flatMap((id) => lines('docker', 'image', 'ls', '-q', `localhost/${id}/*`));
  removeAll('container', [...withLabel('container', 'ls', '-aq'), ...helpers]);
  removeAll('network', withLabel('network', 'ls', '-q'));
  removeAll('volume', withLabel('volume', 'ls', '-q'));
  removeAll('image', [...images, ...withLabel('image', 'ls', '-q')]);
}

/** Small disks that a failed test left mounted would keep their folder from being removed. */
function unmountUnder(home) {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  const ours = mounts.filter((path) => path.startsWith(`${home}/`)).reverse();
  for (const path of ours) spawnSync('umount', ['--lazy', path], { stdio: 'ignore' });
}

/** The lab, also where an engine runs already: stand-ins for base images may be missing. */
export async function bringUp() {
  const code = await stream([join(LAB_SCRIPTS, 'up.sh')]);
  if (code !== 0) throw new Error('the lab did not come up, see above');
  env.PATH = lines('bash', '-c', `. "${LAB}/env" && printf '%s\n' "$PATH"`)[0] ?? env.PATH;
  // The stage that would download ttyd is replaced by a folder; the generated files stay as they are.
  const override = join(LAB, 'ttyd-override.yml');
  const contexts = { ttyd: join(LAB, 'ttyd') };
  writeFileSync(override, JSON.stringify({ services: { tui: { build: { additional_contexts: contexts } } } }));
  env.COMPOSE_FILE = `docker-compose.yml:${override}`;
}

/** The program as it is published: packed, and installed into an empty folder. */
export async function install(home) {
  mkdirSync(join(home, 'cli'), { recursive: true });
  // `npm pack` runs `prepare`, which makes the bundle.
  if ((await stream(['npm', 'pack', '--silent', '--pack-destination', home])) !== 0) throw new Error('npm pack failed');
  const tarball = readdirSync(home).find((name) => name.endsWith('.tgz'));
  if (!tarball) throw new Error('npm pack made no tarball');
  env.TRADING_SETUP_TARBALL = join(home, tarball);
  writeFileSync(join(home, 'cli/package.json'), '{"private":true}\n');
  const flags = ['--silent', '--no-audit', '--no-fund', '--prefer-offline'];
  const code = await stream(['npm', 'install', ...flags, env.TRADING_SETUP_TARBALL], { cwd: join(home, 'cli') });
  if (code !== 0) throw new Error('npm could not install the tarball');
  env.TRADING_SETUP_CLI = join(home, 'cli/node_modules/trading-setup/bin/trading-setup.js');
}

/** Stops the engine that `bringUp` started. */
export function bringDown() {
  return stream([join(LAB_SCRIPTS, 'down.sh')]);
}

/** A folder for a run; everything that runs keeps its own files in there. */
export function makeHome() {
  const home = mkdtempSync(join(tmpdir(), RUN_PREFIX));
  Object.assign(env, {
    TRADING_SETUP_LIVE: home,
    XDG_DATA_HOME: join(home, 'xdg/data'),
    XDG_CONFIG_HOME: join(home, 'xdg/config'),
    XDG_STATE_HOME: join(home, 'xdg/state'),
    XDG_CACHE_HOME: join(home, 'xdg/cache'),
  });
  return home;
}

/** Takes a run away; cleaning up is not stopped by the signal that asked for it. */
export async function remove(home, hadEngine) {
  interrupted = 0;
  if (answers()) cleanEngine(home);
  unmountUnder(home);
  rmSync(home, { recursive: true, force: true });
  if (!hadEngine) await bringDown();
}
