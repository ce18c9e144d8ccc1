// How long a list of secrets takes to bare node, in a vault and in a real keychain of its own, and how soon trouble with
// a keychain is said.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, median, read, timed } from './measure.js';

const KEYRING = fileURLToPath(new URL('../secrets/with-keyring.sh', import.meta.url));
const KEY = 'HYPERLIQUID_API_WALLET_KEY';
const ROUNDS = 21;

/** The sample with its secrets in this store, one of them set. */
function setUp(cli, scratch, store, env) {
  const sample = join(scratch, `secrets-${store}`);
  const decisions = [`secrets.store=${store}`, 'secrets.unlock=passphrase'].flatMap((decision) => ['--set', decision]);
  read([...cli, 'try', sample, '--yes', '--no-start'], { env, cwd: scratch });
  read([...cli, 'init', '--yes', '--no-start', ...decisions, '--dir', sample], { env });
  return sample;
}

function setOne(cli, sample, env) {
  const argv = [...cli, 'secrets', 'set', KEY, '--no-check', '--dir', sample];
  read(argv, { env, input: `0x${'4c0883a69102937d'.repeat(4)}` });
}

/** The words of a command that fails, and how long it took. */
async function trouble(cli, sample, env) {
  const times = [];
  for (let round = 0; round < 5; round += 1) {
    times.push(await timed([...cli, 'secrets', 'list', '--dir', sample], { env, expected: 4 }));
  }
  const { stderr } = spawnSync(cli[0], [...cli.slice(1), 'secrets', 'list', '--dir', sample], {
    env,
    encoding: 'utf8',
  });
  console.log(`  ${median(times).toFixed(0).padStart(5)} ms (< 3000): ${stderr.split('\n', 1)[0]}`);
}

async function keychain(cli, scratch, env, row, bare) {
  const { status, stdout } = spawnSync(KEYRING, ['--check'], { encoding: 'utf8' });
  if (status !== 0) return console.log(`the keychain is left out: ${stdout.trim()}`);
  const session = spawn(KEYRING, ['sh', '-c', 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [address] = await once(session.stdout, 'data');
  const withBus = { ...env, DBUS_SESSION_BUS_ADDRESS: String(address).trim() };
  const sample = setUp(cli, scratch, 'keychain', withBus);
  setOne(cli, sample, withBus);
  const list = () => timed([...cli, 'secrets', 'list', '--dir', sample], { env: withBus });
  row('secrets list, keychain / bare node', await compare(ROUNDS, list, bare), '(no target)');

  console.log('trouble with the keychain is said after');
  const path = '/org/freedesktop/secrets';
  const lock = ['org.freedesktop.Secret.Service.Lock', `array:objpath:${path}/collection/login`];
  read(['dbus-send', '--session', '--print-reply', '--dest=org.freedesktop.secrets', path, ...lock], { env: withBus });
  await trouble(cli, sample, withBus);
  const bus = join(scratch, 'silent-bus');
  const server = createServer(() => undefined);
  await new Promise((listening) => server.listen(bus, listening));
  await trouble(cli, sample, { ...env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` });
  server.close();
  const { DBUS_SESSION_BUS_ADDRESS: _, ...none } = env;
  await trouble(cli, sample, none);
  session.stdin.end();
}

/** @param row prints a figure of `compare`. */
export async function secrets(cli, scratch, env, row, bare) {
  const passphrase = join(scratch, 'passphrase');
  writeFileSync(passphrase, 'correct horse battery', { mode: 0o600 });
  const sample = setUp(cli, scratch, 'vault', env);
  setOne(cli, sample, { ...env, TRADING_SETUP_PASSPHRASE_FILE: passphrase });
  const help = () => timed([...cli, '--help']);
  row('--help / bare node', await compare(ROUNDS, help, bare), '(to compare)');
  // Without the passphrase: a list needs none.
  const list = () => timed([...cli, 'secrets', 'list', '--dir', sample], { env });
  row('secrets list, vault / bare node', await compare(ROUNDS, list, bare), '(no target)');
  await keychain(cli, scratch, env, row, bare);
}
