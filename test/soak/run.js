// npm run soak [-- --runs 40] [-- --seed N]
// Rotations against a real engine that are killed: at the boundary of every step and at random moments. After each one
// single `rotate --resume --yes` has to leave one value everywhere. Prints a table; any mixture ends it with 1.
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { answers, bringUp, env, install, makeHome, remove, wasInterrupted } from '../live/harness.js';
import { cases, generator } from './cases.js';
import { must, parsed, program, run } from './program.js';
import { containersOf, decisionsOf, journalOf, mixtures, valuesOf } from './stack.js';
import { ACCOUNT, standIn } from './stand-in.js';

const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
const RUNS = option('--runs', 40);
const SEED = option('--seed', Math.floor(Math.random() * 1e9));
/** What a shell says for SIGKILL. */
const KILLED = 137;
/** How long a rotation takes at most before it counts as hanging. */
const LIMIT_S = 240;

const key = () => `0x${randomBytes(32).toString('hex')}`;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** A port that nobody has, and that nobody who looks for the next free one is led to. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The sample, deployed, with a key that a stand-in of the venue approves. */
async function setUp(dir) {
  const [api, tui] = [await freePort(), await freePort()];
  await must(program('try', dir, '--no-start', '--set', `ports.api.host=${api}`, '--set', `ports.tui=${tui}`));
  const set = (name, stdin) => must(program('secrets', 'set', name, '--dir', dir), { stdin });
  await set('HYPERLIQUID_ACCOUNT_ADDRESS', ACCOUNT);
  await set('HYPERLIQUID_API_WALLET_KEY', key());
  await must(program('deploy', '--yes', '--dir', dir));
}

function rotation(names, dir) {
  const entered = names.includes('HYPERLIQUID_API_WALLET_KEY');
  const file = join(env.TRADING_SETUP_LIVE, 'new-key');
  return {
    entered,
    file,
    argv: program(
      'rotate',
      ...names,
      '--yes',
      '--json',
      '--manual-done',
      '--dir',
      dir,
      ...(entered ? ['--from-file', `HYPERLIQUID_API_WALLET_KEY=${file}`] : []),
    ),
  };
}

/** Starts a rotation and kills it; says where it was. */
function killed({ names, at }, dir, usualMs) {
  const { entered, file, argv } = rotation(names, dir);
  if (entered) writeFileSync(file, key(), { mode: 0o600 });
  return killedAt(argv, at, usualMs);
}

/** Takes what was killed back, and is killed at one of the boundaries of the way back; `undo`: which, from 0 to 1. */
function killedUndoing(undo, dir) {
  return killedAt(program('rotate', '--undo', '--yes', '--json', '--dir', dir), { undo }, 0);
}

async function killedAt(argv, at, usualMs) {
  let step = 'before its first step';
  let boundary = at;
  let late;
  const began = performance.now();
  const onLine = (line, child) => {
    const event = parsed(line);
    if (event?.type === 'planned' && at.share !== undefined)
      setTimeout(() => child.kill('SIGKILL'), at.share * usualMs).unref();
    if (event?.type === 'step-started' || event?.type === 'step-done') step = `${event.id} ${event.type.slice(5)}`;
    if (event?.type === 'planned' && at.undo !== undefined) boundary = boundaryOf(event.steps, at.undo);
    if (event !== undefined && event.type === boundary.type && event.id === boundary.id) child.kill('SIGKILL');
    late ??= setTimeout(() => child.kill('SIGKILL'), LIMIT_S * 1000);
  };
  const { code, stdout, stderr } = await run(argv, { onLine });
  clearTimeout(late);
  return { code, stdout, stderr, step, ms: performance.now() - began };
}

function boundaryOf(steps, share) {
  const all = steps.flatMap(({ id }) => ['step-started', 'step-done'].map((type) => ({ type, id })));
  return all[Math.floor(share * all.length)] ?? {};
}

async function one(each, dir, usualMs) {
  const { id } = decisionsOf(dir);
  const before = { values: await valuesOf(dir), containers: await containersOf(id) };
  let ended = await killed(each, dir, usualMs);
  const wasKilled = ended.code === KILLED;
  if (each.undo !== undefined && existsSync(journalOf(id))) {
    const undone = await killedUndoing(each.undo, dir);
    ended = { ...undone, step: `${ended.step}; ${undone.step}` };
  }
  const hadJournal = existsSync(journalOf(id));
  const began = performance.now();
  const resume = () => run(program('rotate', '--resume', '--yes', '--manual-done', '--json', '--dir', dir));
  const resumed = await resume();
  const seconds = (performance.now() - began) / 1000;
  // What is for a person to do when the new values are in force can be said to be done only then.
  if (resumed.code === 0 && existsSync(journalOf(id))) await resume();
  const { wrong, finished } = await mixtures(dir, { names: each.names, before });
  if (resumed.code !== 0) wrong.unshift(`--resume ended with ${resumed.code}: ${saidBy(resumed)}`);
  if (ended.code !== KILLED && ended.code !== 0)
    wrong.unshift(`the rotation ended by itself with ${ended.code}: ${saidBy(ended)}`);
  return { ...ended, wasKilled, hadJournal, seconds, wrong, finished };
}

/** The end of what a run said, without its boards. */
function saidBy({ stdout, stderr }) {
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.includes('"type":"board"'));
  return `${stderr.trim().slice(-600)} ${lines.slice(-2).join(' ').slice(-900)}`.trim();
}

const SHORT = { DATABASE_PASSWORD: 'database', GATE_PASSWORD: 'gate', HYPERLIQUID_API_WALLET_KEY: 'API key' };

function row(number, { names, at }, { wasKilled, step, hadJournal, seconds, wrong, finished }) {
  const where = at.share === undefined ? step : `random, ${step}`;
  const how = !wasKilled
    ? 'ended before the kill'
    : hadJournal
      ? `resumed in ${seconds.toFixed(1)} s`
      : 'nothing begun';
  const result = finished ? 'new' : 'old';
  console.log(
    `${String(number).padStart(3)}  ${names
      .map((name) => SHORT[name])
      .join(', ')
      .padEnd(
        24,
      )} ${where.padEnd(30)} ${how.padEnd(22)} ${result} everywhere${wrong.length === 0 ? '' : `: NOT SO: ${wrong.join('; ')}`}`,
  );
}

async function soak(dir) {
  const random = generator(SEED);
  const stepsOf = async (names) => {
    const { argv } = rotation(names, dir);
    const words = argv.filter(
      (word, at) => !['--from-file', '--yes', '--manual-done'].includes(word) && argv[at - 1] !== '--from-file',
    );
    return JSON.parse(await must([...words, '--dry-run'])).steps.map(({ id }) => id);
  };
  const { all, boundaries, covered } = await cases(RUNS, random, stepsOf);
  console.log(
    `soak: ${all.length} rotations, ${covered} killed at one of ${boundaries} boundaries of steps, ${all.length - covered} at random moments (--seed ${SEED})`,
  );
  // How long one takes that nobody kills; the random moments lie within it.
  const { code, ms: usualMs, stdout } = await killed({ names: ['DATABASE_PASSWORD'], at: {} }, dir, 0);
  if (code !== 0) throw new Error(`a rotation that nobody killed ended with ${code}: ${stdout.slice(-1500)}`);
  console.log(`soak: one that is left alone takes ${(usualMs / 1000).toFixed(1)} s`);
  const results = [];
  for (const each of all) {
    // One that was over before its moment is no run: it is tried again, earlier.
    for (let earlier = 1; !wasInterrupted(); earlier /= 2) {
      results.push(await one(each, dir, usualMs * earlier));
      row(results.length, each, results.at(-1));
      await wait(100);
      if (results.at(-1).wasKilled) break;
    }
  }
  return results;
}

function told(results, asked) {
  const bad = results.filter(({ wrong }) => wrong.length > 0).length;
  const resumed = results.filter(({ hadJournal }) => hadJournal);
  const count = (of) => results.filter(of).length;
  const killedRuns = count(({ wasKilled }) => wasKilled);
  console.log(
    [
      `soak: ${results.length} runs, ${killedRuns} killed, ${resumed.length} of them with something to resume`,
      `soak: ${count(({ finished }) => finished)} finished, ${count(({ finished }) => !finished)} undone or never begun, ${bad} mixtures`,
      `soak: median of --resume ${median(resumed.map(({ seconds }) => seconds)).toFixed(1)} s, the longest ${Math.max(0, ...resumed.map(({ seconds }) => seconds)).toFixed(1)} s; the venue's stand-in was asked ${asked} times`,
    ].join('\n'),
  );
  return bad === 0 && killedRuns === RUNS;
}

async function main() {
  const hadEngine = answers();
  const home = makeHome();
  let venue;
  process.exitCode = 1;
  try {
    await bringUp();
    await install(home);
    venue = await standIn();
    env.TRADING_SETUP_HYPERLIQUID_URL = venue.url;
    const dir = join(home, 'soak');
    await setUp(dir);
    if (told(await soak(dir), venue.asked())) process.exitCode = 0;
  } catch (error) {
    process.stderr.write(`soak: ${error.stack}\n`);
  } finally {
    venue?.close();
    await remove(home, hadEngine);
  }
}

await main();
