// node system-b.js DIR [--flake shell|package|none] [--version 2] [--empty-submodule] [--artefact]
// Makes the second of the systems that the product is for in DIR: a git repository with a real submodule, from
// test/fixtures/system-b and, for its second version, what test/fixtures/system-b-v2 lays over it.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const SUBMODULE = 'lib/orderbook';

/** git refuses submodules from local folders since one could be used to read a person's files. */
export const ALLOW_LOCAL = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'protocol.file.allow',
  GIT_CONFIG_VALUE_0: 'always',
};
const WHO = ['-c', 'user.name=desk', '-c', 'user.email=desk@localhost', '-c', 'init.defaultBranch=main'];

function git(cwd, ...args) {
  execFileSync('git', [...WHO, ...args], {
    cwd,
    env: { ...process.env, ...ALLOW_LOCAL },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function commit(dir, message) {
  git(dir, 'add', '--all');
  git(dir, 'commit', '--quiet', '--message', message);
}

function copy(fixture, dir) {
  cpSync(join(FIXTURES, fixture), dir, { recursive: true });
  if (existsSync(join(dir, '_gitignore'))) renameSync(join(dir, '_gitignore'), join(dir, '.gitignore'));
}

/** A bare repository with the contracts, as it would lie on a server. */
function contracts(bare) {
  const work = mkdtempSync(join(tmpdir(), 'orderbook-'));
  try {
    copy('system-b-orderbook', work);
    git(work, 'init', '--quiet');
    commit(work, 'The interface of the order book');
    git(work, 'clone', '--quiet', '--bare', work, bare);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Makes the repository; `flake`: `shell`, `package` or `none`. */
export function makeSystemB(dir, { flake = 'shell', version = 1, submodule = true, artefact = false } = {}) {
  const bare = join(dirname(dir), `${basename(dir)}-orderbook.git`);
  contracts(bare);
  copy('system-b', dir);
  if (flake === 'none') rmSync(join(dir, 'nix'), { recursive: true });
  else cpSync(join(dir, `flake-${flake}.nix`), join(dir, 'flake.nix'));
  for (const kind of ['shell', 'package']) rmSync(join(dir, `flake-${kind}.nix`));
  git(dir, 'init', '--quiet');
  git(dir, 'submodule', '--quiet', 'add', bare, SUBMODULE);
  commit(dir, 'Version 1');
  if (version === 2) evolveSystemB(dir);
  if (artefact) makeArtefact(dir);
  if (!submodule) emptySubmodule(dir);
}

/** The second version: another name for the daemon, a new member, other variables, and a migration without a way back. */
export function evolveSystemB(dir) {
  cpSync(join(FIXTURES, 'system-b-v2'), dir, { recursive: true });
  rmSync(join(dir, 'src/bin/main.rs'));
  commit(dir, 'Version 2');
}

/** What the task of the flake makes, without Nix. */
export function makeArtefact(dir) {
  const script = join(FIXTURES, 'system-b/nix/prep-sol-artifacts.sh');
  chmodSync(script, 0o755);
  execFileSync('bash', [script], { cwd: dir, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** As after a clone that left the submodules out. */
export function emptySubmodule(dir) {
  git(dir, 'submodule', '--quiet', 'deinit', '--force', SUBMODULE);
  rmSync(join(dir, '.git/modules', SUBMODULE), { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      flake: { type: 'string' },
      version: { type: 'string' },
      'empty-submodule': { type: 'boolean' },
      artefact: { type: 'boolean' },
    },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('usage: system-b.js DIR [--flake shell|package|none] [--version 2] …');
  makeSystemB(resolve(folder), {
    flake: values.flake,
    version: Number(values.version ?? 1),
    submodule: !values['empty-submodule'],
    artefact: values.artefact,
  });
}
