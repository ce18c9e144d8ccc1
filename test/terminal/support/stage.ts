import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { RealTerminal, type Size } from './real.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const CLOCK = new URL('./clock.mjs', import.meta.url).href;
const NAME = 'algo-sample';
/** Ports that no other program of the machine is likely to have, and the id of the recordings. */
export const PINNED = ['--set', 'ports.api.host=28680', '--set', 'ports.tui=28681', '--set', 'id=algo-trade-c0ffee'];
/** When the recordings were made, or a little later. */
export const START = '2026-11-22T08:01:36.500Z';

/** Everything that the program sees of a machine, made for one test: a repository, a home, a `docker`, a clock. */
export interface Stage {
  /** The unpacked sample workspace. */
  readonly dir: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Starts the program on a terminal of its own. */
  play(args: readonly string[], size?: Partial<Size>, env?: Readonly<Record<string, string>>): RealTerminal;
  /** What `docker` does, as a shell script of cases over "$*". */
  docker(cases: string): void;
  /** Sets the clock of everything that is played. */
  time(iso: string): void;
  /** Ends what still runs and takes the folder away. */
  strike(): void;
}

/** An engine that is there, on which nothing runs. */
const ENGINE = `
  *compose*version*) echo 2.40.0 ;;
  *buildx*version*) echo "github.com/docker/buildx v0.30.0 x" ;;
  *system*df*) echo '{}' ;;
  *context*) echo '{"Name":"default","Endpoints":{"docker":{"Host":"unix:///var/run/docker.sock"}}}' ;;
  *info*) echo '{"ServerVersion":"29.0.0","OSType":"linux","Architecture":"x86_64","NCPU":4,"MemTotal":30064771072,"DockerRootDir":"/"}' ;;
  *version*) echo '{"Client":{"Version":"29.0.0"},"Server":{"Version":"29.0.0"}}' ;;
  *events*) exec sleep 600 ;;
`;

/** The sample under another name: who tries the real one on this machine has its processes, and the wizard would see them. */
function unpack(dir: string): void {
  cpSync(join(ROOT, 'templates/sample'), dir, { recursive: true });
  renameSync(join(dir, '_gitignore'), join(dir, '.gitignore'));
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
    const path = join(dir, name);
    if (statSync(path).isFile()) writeFileSync(path, readFileSync(path, 'utf8').replaceAll('algo-trade', NAME));
  }
}

/** @param start the bundled program. */
export function stage(start: string): Stage {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'stage-')));
  const dir = join(root, NAME);
  unpack(dir);
  const home = join(root, 'home');
  const bin = join(root, 'bin');
  for (const folder of [home, bin]) mkdirSync(folder);
  const clock = join(root, 'clock');
  const playing: RealTerminal[] = [];
  const env = {
    PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: home,
    SHELL: '/bin/sh',
    NODE_OPTIONS: `--import=${CLOCK}`,
    TRADING_SETUP_TEST_CLOCK: clock,
  };
  const docker = (cases: string): void => {
    writeFileSync(join(bin, 'docker'), `#!/bin/sh\ncase "$*" in\n${cases}${ENGINE}esac\n`);
    chmodSync(join(bin, 'docker'), 0o755);
  };
  const time = (iso: string): void => writeFileSync(clock, iso);
  docker('');
  time(START);
  return {
    dir,
    home,
    env,
    docker,
    time,
    play(args, size = {}, more = {}) {
      const terminal = new RealTerminal({
        argv: [process.execPath, start, ...args],
        env: { ...env, ...more },
        cwd: dir,
        ...size,
      });
      playing.push(terminal);
      return terminal;
    },
    strike() {
      for (const each of playing) each.kill('SIGKILL');
      rmSync(root, { recursive: true, force: true });
    },
  };
}
