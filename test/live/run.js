// npm run live [-- --keep] [-- vitest's own arguments, e.g. -t pattern]
// npm run live -- --remove        takes away what earlier runs with --keep left
// Brings up an engine where none answers, installs the packed program as a person would, runs the live tests against
// it, and takes everything away again: containers, volumes, networks and images by the ids of the stacks it made.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LAB_SCRIPTS = join(ROOT, 'test/live/lab');
const LAB = process.env.TRADING_SETUP_LAB || join(homedir(), '.cache/trading-setup-lab');
/** Folders of runs: a workspace for each stack, the vaults, the installed program, the report. */
const RUN_PREFIX = 'trading-setup-live-';
/** In a run's folder when it was left standing. */
const KEPT = 'kept.json';

const env = { ...process.env, PATH: [join(LAB, 'bin'), process.env.PATH].join(delimiter), TRADING_SETUP_LAB: LAB };
// A keychain of the person at this machine is none of our business.
delete env.DBUS_SESSION_BUS_ADDRESS;

const args = process.argv.slice(2).filter((word) => word !== '--');
const keep = args.includes('--keep');
const inCi = Boolean(process.env.CI) && process.env.CI !== 'false';

let child;
let interrupted = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    interrupted += 1;
    process.stderr.write(`live: ${signal}: ending the tests, then cleaning up\n`);
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
function stream(argv, options = {}) {
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
      process.stderr.write(`live: ${argv[0]}: ${error.message}\n`);
      done(127);
    });
    child.on('close', (code) => {
      child = undefined;
      done(code ?? 1);
    });
  });
}

/** A quick call whose output is wanted; empty when it fails. */
function lines(...argv) {
  const { stdout, status } = spawnSync(argv[0], argv.slice(1), { env, encoding: 'utf8' });
  return status === 0 ? stdout.split('\n').filter(Boolean) : [];
}

function answers() {
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
  if (status !== 0) process.stderr.write(`live: could not remove every ${kind}: ${stderr.trim()}\n`);
}

/** Everything on the engine that carries the id of one of the run's stacks, or the label of the run. */
function cleanEngine(home) {
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

async function removeKept() {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(RUN_PREFIX));
  for (const home of folders.map((name) => join(tmpdir(), name))) {
    const kept = readKept(home);
    if (!kept) continue;
    if (answers()) cleanEngine(home);
    rmSync(home, { recursive: true, force: true });
    console.log(`live: removed ${home} and its stacks`);
    if (kept.ourEngine) await stream([join(LAB_SCRIPTS, 'down.sh')]);
  }
}

/** Small disks that a failed test left mounted would keep their folder from being removed. */
function unmountUnder(home) {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  const ours = mounts.filter((path) => path.startsWith(`${home}/`)).reverse();
  for (const path of ours) spawnSync('umount', ['--lazy', path], { stdio: 'ignore' });
}

function readKept(home) {
  try {
    return JSON.parse(readFileSync(join(home, KEPT), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The lab, also where an engine runs already: stand-ins for base images may be missing. */
async function bringUp() {
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
async function install(home) {
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

async function runTests(home) {
  const report = process.env.TRADING_SETUP_LIVE_REPORT || join(home, 'report.json');
  const own = args.filter((word) => word !== '--keep');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const code = await stream([process.execPath, vitest, 'run', '--project', 'live', ...reporters, ...own]);
  return { code, ...count(report) };
}

function count(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
  // A file that broke before its tests fails none of them.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/** Leaves the sample running for a person to look at. */
async function present(home, ourEngine) {
  const dir = join(home, 'sample');
  const program = [process.execPath, env.TRADING_SETUP_CLI];
  const command = readdirSync(home).includes('sample') ? ['deploy', '--yes'] : ['try'];
  const code = await stream([...program, ...command, ...(command[0] === 'try' ? [dir] : ['--dir', dir])]);
  writeFileSync(join(home, KEPT), JSON.stringify({ ourEngine }));
  const text = readFileSync(join(dir, 'trading-setup.yaml'), 'utf8');
  const port = (pattern) => pattern.exec(text)?.[1];
  const [password] = lines(...program, 'secrets', 'reveal', 'GATE_PASSWORD', '--yes', '--dir', dir);
  console.log(`
The sample stack ${code === 0 ? 'is up and healthy' : 'is kept, but not healthy'}: ${dir}
  terminal  http://127.0.0.1:${port(/^ {2}tui: (\d+)$/m)}/
  web API   http://127.0.0.1:${port(/^ {4}host: (\d+)$/m)}/api/bots
  login     ${port(/^ {2}gateUser: (\S+)$/m)} / ${password}
  look      . ${join(home, 'env')} && cd ${dir} && node "$TRADING_SETUP_CLI" status
  remove    npm run live -- --remove
`);
  const names = ['PATH', 'COMPOSE_FILE', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'TRADING_SETUP_CLI'];
  writeFileSync(join(home, 'env'), names.map((name) => `export ${name}='${env[name]}'\n`).join(''));
}

async function main() {
  if (args.includes('--remove')) return removeKept();
  const started = Date.now();
  const hadEngine = answers();
  const home = mkdtempSync(join(tmpdir(), RUN_PREFIX));
  let outcome = { code: 1, passed: 0, failed: 0, skipped: 0 };
  try {
    Object.assign(env, {
      TRADING_SETUP_LIVE: home,
      XDG_DATA_HOME: join(home, 'xdg/data'),
      XDG_CONFIG_HOME: join(home, 'xdg/config'),
    });
    await bringUp();
    await install(home);
    outcome = await runTests(home);
  } catch (error) {
    process.stderr.write(`live: ${error.message}\n`);
  } finally {
    const wasInterrupted = interrupted > 0;
    // Cleaning up is not stopped by the signal that asked for it.
    interrupted = 0;
    if (keep && !wasInterrupted && env.TRADING_SETUP_CLI) await present(home, !hadEngine);
    else {
      if (answers()) cleanEngine(home);
      unmountUnder(home);
      rmSync(home, { recursive: true, force: true });
      if (!hadEngine) await stream([join(LAB_SCRIPTS, 'down.sh')]);
    }
    if (wasInterrupted) outcome = { ...outcome, code: 130 };
  }
  const { code, passed, failed, skipped } = outcome;
  const asked = args.some((word) => word !== '--keep');
  if (inCi && skipped > 0 && !asked) process.stderr.write('live: nothing may be skipped in CI\n');
  const bad = failed > 0 || passed === 0 || (inCi && skipped > 0 && !asked);
  process.exitCode = code !== 0 ? code : bad ? 1 : 0;
  console.log(`live: ${Math.round((Date.now() - started) / 1000)} s`);
  console.log(`live: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}

await main();
