// npm run live [-- --keep] [-- vitest's own arguments, e.g. -t pattern]
// npm run live -- --remove        takes away what earlier runs with --keep left
// Brings up an engine where none answers, installs the packed program as a person would, runs the live tests against
// it, and takes everything away again: containers, volumes, networks and images by the ids of the stacks it made.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  answers,
  bringDown,
  bringUp,
  cleanEngine,
  env,
  install,
  lines,
  makeHome,
  ROOT,
  RUN_PREFIX,
  remove,
  stream,
  wasInterrupted,
} from './harness.js';

/** In a run's folder when it was left standing. */
const KEPT = 'kept.json';

const args = process.argv.slice(2).filter((word) => word !== '--');
const keep = args.includes('--keep');
const inCi = Boolean(process.env.CI) && process.env.CI !== 'false';

async function removeKept() {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(RUN_PREFIX));
  for (const home of folders.map((name) => join(tmpdir(), name))) {
    const kept = readKept(home);
    if (!kept) continue;
    if (answers()) cleanEngine(home);
    rmSync(home, { recursive: true, force: true });
    console.log(`live: removed ${home} and its stacks`);
    if (kept.ourEngine) await bringDown();
  }
}

function readKept(home) {
  try {
    return JSON.parse(readFileSync(join(home, KEPT), 'utf8'));
  } catch {
    return undefined;
  }
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
  const home = makeHome();
  let outcome = { code: 1, passed: 0, failed: 0, skipped: 0 };
  try {
    await bringUp();
    await install(home);
    outcome = await runTests(home);
  } catch (error) {
    process.stderr.write(`live: ${error.message}\n`);
  } finally {
    const interrupted = wasInterrupted();
    if (keep && !interrupted && env.TRADING_SETUP_CLI) await present(home, !hadEngine);
    else await remove(home, hadEngine);
    if (interrupted) outcome = { ...outcome, code: 130 };
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
