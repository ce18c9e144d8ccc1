// npm run bench [-- start | detect | questions | faces | rotation | secrets | rebuild]: the figures of the issue as ratios of medians of one run on one machine.
// "start" measures start-up only, "detect" detection only, "questions" how long and how many the questions are, "faces" the build screen,
// "rebuild [a|b|WAY…]" builds after a change of one line by every way to keep what was compiled,
// "rotation" how long services are away while a secret is rotated, "secrets" a list of them; otherwise an engine is brought up where none runs, and builds
// and starts are measured too.
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detection } from './detection.js';
import { faces } from './faces.js';
import { enterLab } from './lab.js';
import { compare, median, read, shown, timed, untilShown } from './measure.js';
import { questions } from './questions.js';
import { rebuild } from './rebuild.js';
import { rotation } from './rotation.js';
import { secrets } from './secrets.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = [process.execPath, join(root, 'bin/trading-setup.js')];
const scratch = mkdtempSync(join(tmpdir(), 'trading-setup-bench-'));
const sample = join(scratch, 'sample');
const ms = (value) => (value > 2000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`);
const rows = [];

function row(what, { ours, theirs, ratio, rounds }, target) {
  rows.push(
    `${what.padEnd(58)} ${ms(ours).padStart(8)} ${ms(theirs).padStart(8)} ${ratio.toFixed(2).padStart(6)}  ${target} (${rounds} rounds)`,
  );
  console.log(rows.at(-1));
}

const bare = () => timed([process.execPath, '-e', '0']);

/** The sample as a new user has it: nothing is set up. The folder is made anew, so that no draft is taken up. */
function newSample() {
  const folder = join(scratch, 'new-sample');
  cpSync(join(root, 'templates/sample'), folder, { recursive: true });
  renameSync(join(folder, '_gitignore'), join(folder, '.gitignore'));
  return folder;
}

/** Read whole: every section, every value with its origin, and what would be written. */
const REVIEW = 'Write these files';

/** The line of the engine was painted again, and no longer says that it is being looked at. */
function isObserved(seen) {
  const line = seen.slice(seen.lastIndexOf('Engine')).slice(0, 80);
  return seen.includes('Engine') && line.length > 40 && !line.includes('looking');
}

async function startUp(env) {
  row('--help / bare node', await compare(21, () => timed([...cli, '--help']), bare), '<= 1.6');
  const options = { env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8' } };
  const wizard = [...cli, 'init', '--dir', newSample()];
  const ink = () => untilShown(wizard, 'Reading the repository', options);
  row('first Ink frame / bare node', await compare(15, ink, bare), '(no target)');
  const memory = [];
  const first = async () => {
    const { ms, mib } = await shown(wizard, (seen) => seen.includes(REVIEW), options);
    memory.push(mib);
    return ms;
  };
  row('first wizard frame, sample detected / bare node', await compare(21, first, bare), '<= 4');
  console.log(`  memory at that frame: ${median(memory).toFixed(0)} MiB`);
  const again = [...cli, 'init', '--dir', sample];
  row(
    'the same, sample set up before / bare node',
    await compare(15, () => untilShown(again, REVIEW, options), bare),
    '(no target)',
  );
  const looked = async () => (await shown(wizard, isObserved, { ...options, rows: 60 })).ms;
  row('review, machine observed / bare node', await compare(9, looked, bare), '(no target)');
}

/** A line that changes one crate, so that it and those that use it are compiled again and nothing else. */
function touch(file, round, side) {
  const path = join(sample, file);
  const source = readFileSync(path, 'utf8').replace(/\n\/\/ bench .*\n$/, '\n');
  writeFileSync(path, `${source}// bench ${side} ${round}\n`);
}

async function builds(what, file, options) {
  const ours = (round) => {
    touch(file, round, 'ours');
    return timed([...cli, 'build', '--dir', sample], options);
  };
  const theirs = (round) => {
    touch(file, round, 'theirs');
    return timed(['docker', 'compose', 'build', '--quiet'], { ...options, cwd: sample });
  };
  row(`build, change in ${what} / docker compose build`, await compare(3, ours, theirs), '<= 1.03');
}

async function starts(options) {
  const down = () => timed(['docker', 'compose', 'down'], { ...options, cwd: sample });
  const ours = async () => {
    await down();
    return timed([...cli, 'deploy', '--dir', sample], options);
  };
  const theirs = async () => {
    await down();
    return timed(['docker', 'compose', 'up', '-d', '--wait'], { ...options, cwd: sample });
  };
  await timed([...cli, 'deploy', '--dir', sample], options);
  row('deploy, all built / docker compose up -d --wait', await compare(5, ours, theirs), '(no target)');
  await timed(['docker', 'compose', 'down', '-v'], { ...options, cwd: sample });
}

function sizes(env) {
  const id = /^id: (.*)$/m.exec(readFileSync(join(sample, 'trading-setup.yaml'), 'utf8'))[1];
  const size = (image) => Number(read(['docker', 'image', 'inspect', '--format', '{{.Size}}', image], { env }));
  const app = `localhost/${id}/app:current`;
  const base = /^FROM (\S+) AS runtime$/m.exec(readFileSync(join(sample, 'Dockerfile'), 'utf8'))[1];
  const binary = Number(
    read(['docker', 'run', '--rm', '--entrypoint', 'stat', app, '-c', '%s', '/usr/local/bin/algo-trade'], { env }),
  );
  const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  console.log(
    `image ${mb(size(app))} = base ${mb(size(base))} + binary ${mb(binary)} + ours ${mb(size(app) - size(base) - binary)} (<= 25 MB)`,
  );
}

async function main() {
  console.log(`node ${process.version}, ${cpus().length} cores, ${new Date().toISOString()}`);
  console.log(`${'figure'.padEnd(58)} ${'ours'.padStart(8)} ${'theirs'.padStart(8)} ${'ratio'.padStart(6)}  target`);
  read([process.execPath, join(root, 'bin/bundle.js')], { cwd: root });
  const privately = {
    XDG_DATA_HOME: join(scratch, 'data'),
    XDG_CONFIG_HOME: join(scratch, 'config'),
    XDG_STATE_HOME: join(scratch, 'state'),
  };
  const onlyStart = process.argv.includes('start');
  const onlyDetect = process.argv.includes('detect');
  const onlyFaces = process.argv.includes('faces');
  const onlyRotation = process.argv.includes('rotation');
  if (process.argv.includes('secrets'))
    return secrets(cli, scratch, { ...process.env, ...privately }, row, bare).finally(() =>
      rmSync(scratch, { recursive: true, force: true }),
    );
  if (process.argv.includes('questions'))
    return questions(cli, { ...process.env, ...privately }, scratch).finally(() =>
      rmSync(scratch, { recursive: true, force: true }),
    );
  const lab = onlyStart || onlyDetect || onlyFaces ? { env: process.env, leave: () => undefined } : enterLab(scratch);
  const env = { ...lab.env, ...privately };
  const ports = ['--set', 'ports.api.host=18180', '--set', 'ports.tui=17781'];
  try {
    const at = process.argv.indexOf('rebuild');
    if (at > 0) return await rebuild(cli, scratch, env, process.argv.slice(at + 1));
    if (onlyRotation) {
      read([...cli, 'try', sample, '--yes', '--no-start', ...ports], { env, cwd: scratch });
      return await rotation(cli, sample, env);
    }
    if (!onlyStart && !onlyDetect) await faces(cli, scratch);
    if (onlyFaces) return;
    if (!onlyStart) await detection(cli, scratch, bare);
    if (onlyDetect) return;
    read([...cli, 'try', sample, '--yes', '--no-start', ...ports], { env, cwd: scratch });
    await startUp(env);
    if (onlyStart) return;
    await secrets(cli, scratch, env, row, bare);
    await timed([...cli, 'build', '--dir', sample], { env });
    await builds('the last crate', 'crates/cli/src/main.rs', { env });
    await builds('the first crate', 'crates/core/src/lib.rs', { env });
    await starts({ env });
    sizes(env);
    await rotation(cli, sample, env);
  } finally {
    lab.leave();
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
