// Machines on which something is missing, full or broken: made for real, and undone.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CLI, must, type Ran, run } from '../support/run.ts';
import { waitFor } from '../support/wait.ts';
import { emptyFolder } from './workspace.ts';

export interface How {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
}

/** A way to run trading-setup on such a machine. */
export type Machine = (args: readonly string[], how?: How) => Promise<Ran>;

function which(program: string): Promise<string> {
  return must(['sh', '-c', `command -v ${program}`]).then((path) => realpathSync(path.trim()));
}

/** Where a client finds plugins for the whole machine. */
const PLUGIN_FOLDERS = ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'].map(
  (folder) => `${folder}/docker/cli-plugins`,
);

/** The folders are hidden in a mount namespace of this one command; others see them as ever. */
const HIDE = `for folder in ${PLUGIN_FOLDERS.join(' ')}; do [ ! -d $folder ] || mount -t tmpfs none $folder; done; exec "$@"`;

async function pluginPath(plugin: string): Promise<string> {
  const { stdout } = await run([
    'docker',
    'info',
    '--format',
    '{{range .ClientInfo.Plugins}}{{.Name}} {{.Path}}\n{{end}}',
  ]);
  const path = stdout.split('\n').find((line) => line.startsWith(`${plugin} `));
  if (path === undefined) throw new Error(`this client has no plugin ${plugin}`);
  return realpathSync(path.slice(plugin.length + 1));
}

/** A client that has only the named plugins. */
export async function withPlugins(...plugins: readonly string[]): Promise<Machine> {
  const config = emptyFolder('client');
  mkdirSync(join(config, 'cli-plugins'));
  for (const plugin of plugins) symlinkSync(await pluginPath(plugin), join(config, 'cli-plugins', `docker-${plugin}`));
  return (args, how) =>
    run(['unshare', '-m', 'sh', '-c', HIDE, 'sh', process.execPath, CLI, ...args], {
      env: { ...how?.env, DOCKER_CONFIG: config },
    });
}

/** A client whose Compose plugin says that it is of this version. */
export function withCompose(version: string): Machine {
  const config = emptyFolder('compose');
  mkdirSync(join(config, 'cli-plugins'));
  const metadata = JSON.stringify({ SchemaVersion: '0.1.0', Vendor: 'none', Version: version });
  const script = `#!/bin/sh\ncase "$1" in docker-cli-plugin-metadata) echo '${metadata}' ;; *) echo ${version} ;; esac\n`;
  writeFileSync(join(config, 'cli-plugins/docker-compose'), script, { mode: 0o755 });
  return (args, how) => run([process.execPath, CLI, ...args], { env: { ...how?.env, DOCKER_CONFIG: config } });
}

export function withEnv(env: Readonly<Record<string, string | undefined>>): Machine {
  return (args, how) => run([process.execPath, CLI, ...args], { ...how, env: { ...how?.env, ...env } });
}

const NOBODY = 65_534;

export interface Unprivileged {
  readonly cli: Machine;
  /** A folder that this user may write. */
  readonly home: string;
  /** Hands a folder over to this user. */
  readonly own: (folder: string) => Promise<unknown>;
}

/** A user without any group. Program and client are copied: the run's own folder is closed to others. */
export async function unprivileged(): Promise<Unprivileged> {
  const home = emptyFolder('nobody', tmpdir());
  const installed = dirname(dirname(realpathSync(CLI)));
  for (const part of ['bin', 'dist', 'templates', 'docker', 'package.json']) {
    cpSync(join(installed, part), join(home, 'cli', part), { recursive: true, dereference: true });
  }
  mkdirSync(join(home, 'bin'));
  cpSync(await which('docker'), join(home, 'bin/docker'));
  chmodSync(home, 0o755);
  const own = (folder: string) => must(['chown', '-R', `${NOBODY}:${NOBODY}`, folder]);
  await own(home);
  const user = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const env = {
    HOME: home,
    PATH: `${join(home, 'bin')}:/usr/bin:/bin`,
    XDG_DATA_HOME: undefined,
    XDG_CONFIG_HOME: undefined,
    XDG_STATE_HOME: undefined,
    XDG_CACHE_HOME: undefined,
  };
  const program = join(home, 'cli/bin/trading-setup.js');
  return { home, own, cli: (args) => run([...user, process.execPath, program, ...args], { env, cwd: home }) };
}

export interface Disk {
  readonly folder: string;
  /** Takes all of its room. */
  readonly fill: () => Promise<unknown>;
  /** Gives back this many bytes of what `fill` took; all of it by default. */
  readonly free: (bytes?: number) => Promise<unknown>;
  /** Bytes that are free. */
  readonly room: () => number;
  readonly remove: () => Promise<void>;
}

/** A small disk of its own. */
export async function smallDisk(megabytes: number): Promise<Disk> {
  const home = emptyFolder('disk');
  const [image, folder] = [join(home, 'image'), join(home, 'mounted')];
  mkdirSync(folder);
  await must(['truncate', '-s', `${megabytes}M`, image]);
  // Without a reserve for root, who runs the tests.
  await must(['mkfs.ext4', '-q', '-m', '0', image]);
  await must(['mount', '-o', 'loop', image, folder]);
  const file = join(folder, 'other-data');
  return {
    folder,
    fill: () =>
      waitFor('the disk is full', async () => {
        // Each sync gives back what the file system had put aside for its own records.
        await run(['sh', '-c', 'dd if=/dev/zero bs=1k 2>/dev/null >>"$1"; sync "$1"', 'sh', file]);
        return statfsSync(folder).bavail === 0 ? true : undefined;
      }),
    room: () => {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    },
    free: (bytes) => (bytes === undefined ? must(['rm', '-f', file]) : must(['truncate', '-s', `-${bytes}`, file])),
    remove: async () => {
      await must(['umount', folder]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface Engine {
  readonly env: Readonly<Record<string, string>>;
  readonly start: () => Promise<void>;
  /** As at a power cut: without a word to its clients, who wait for an answer in this moment. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * A second engine with all of its data on a disk of its own. It has its own network namespace: one that shares the
 * machine's takes the other engine's bridge away.
 */
export async function privateEngine(disk: Disk): Promise<Engine> {
  const home = emptyFolder('engine', tmpdir());
  const [socket, pid] = [join(home, 'docker.sock'), join(home, 'pid')];
  const env = { DOCKER_HOST: `unix://${socket}` };
  const args = ['--data-root', join(disk.folder, 'engine'), '--exec-root', join(home, 'exec'), '--pidfile', pid];
  const quiet = ['-H', env.DOCKER_HOST, '--bridge=none', '--iptables=false', '--ip6tables=false'];
  const script = 'log=$1; shift; ip link set lo up; exec dockerd "$@" >>"$log" 2>&1';
  const argv = ['-n', '-m', 'sh', '-c', script, 'sh', join(home, 'log'), ...args, ...quiet];
  const process_ = (): number => Number(readFileSync(pid, 'utf8'));
  const gone = (id: number) => waitFor('the engine has ended', async () => (isAlive(id) ? undefined : true), 30);
  return {
    env,
    start: async () => {
      rmSync(pid, { force: true });
      rmSync(socket, { force: true });
      spawn('unshare', argv, { stdio: 'ignore', detached: true }).unref();
      await waitFor('the private engine answers', async () =>
        (await run(['docker', 'info'], { env })).code === 0 ? true : undefined,
      );
    },
    kill: async () => {
      const id = process_();
      process.kill(id, 'SIGKILL');
      await gone(id);
    },
    stop: async () => {
      const id = process_();
      process.kill(id, 'SIGTERM');
      await gone(id);
    },
  };
}

function isAlive(id: number): boolean {
  try {
    // A child that has ended and that nobody has waited for still has its number.
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${id}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * A `docker` that takes a port in the moment between all checks and the start of the containers, then does what it is
 * asked to do. `holder`: the file with the process id of who has the port then.
 */
export async function portThief(port: number): Promise<{ readonly cli: Machine; readonly holder: () => number }> {
  const folder = emptyFolder('thief');
  const holder = join(folder, 'holder');
  const take = `require('node:net').createServer().listen(${port},'127.0.0.1',()=>require('node:fs').writeFileSync('${holder}',String(process.pid)))`;
  const script = `#!/bin/sh
case " $* " in
*" up "*)
  setsid '${process.execPath}' -e "${take}" >/dev/null 2>&1 </dev/null &
  while [ ! -s '${holder}' ]; do sleep 0.05; done ;;
esac
exec '${await which('docker')}' "$@"
`;
  writeFileSync(join(folder, 'docker'), script, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env.PATH}` };
  return {
    cli: (args) => run([process.execPath, CLI, ...args], { env }),
    holder: () => Number(readFileSync(holder, 'utf8')),
  };
}
