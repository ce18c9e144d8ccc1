import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('with-keyring.sh', import.meta.url));

/** Why there can be no keyring here; undefined where there can. */
export function noKeyring(): string | undefined {
  const { status, stdout } = spawnSync(SCRIPT, ['--check'], { encoding: 'utf8' });
  return status === 0 ? undefined : stdout.trim();
}

/** A real gnome-keyring on a bus of its own. */
export interface Keyring {
  /** The environment in which a program finds it, with a data folder of its own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  lock(): void;
  /** Runs lines that use `keytar`, as another program would. */
  edit(lines: string): void;
  /** The real library, whose process dies before the write after so many as DIES_AFTER says. */
  readonly dyingModule: string;
  stop(): Promise<void>;
}

/** Starts a keyring that ends with `stop`, or with us: it reads our end of a pipe. */
export async function startKeyring(): Promise<Keyring> {
  const session = spawn(SCRIPT, ['sh', '-c', 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [line] = await once(session.stdout, 'data');
  const data = mkdtempSync(join(tmpdir(), 'keyring-data-'));
  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: String(line).trim(), XDG_DATA_HOME: data };
  const path = '/org/freedesktop/secrets';
  const keytar = createRequire(import.meta.url).resolve('keytar');
  const dyingModule = join(data, 'dying.cjs');
  writeFileSync(
    dyingModule,
    `const keytar = require(${JSON.stringify(keytar)});
    let left = Number(process.env.DIES_AFTER);
    const counted = (write) => async (service, account, ...rest) => {
      if (account !== 'check' && left-- === 0) { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); }
      return write(service, account, ...rest);
    };
    module.exports = { ...keytar, setPassword: counted(keytar.setPassword), deletePassword: counted(keytar.deletePassword) };`,
  );
  return {
    env,
    dyingModule,
    edit: (lines) => {
      const program = `const keytar = require(${JSON.stringify(keytar)}); (async () => { ${lines} })()`;
      execFileSync(process.execPath, ['-e', program], { env, stdio: 'pipe' });
    },
    lock: () => {
      const call = ['org.freedesktop.Secret.Service.Lock', `array:objpath:${path}/collection/login`];
      execFileSync('dbus-send', ['--session', '--print-reply', '--dest=org.freedesktop.secrets', path, ...call], {
        env,
        stdio: 'pipe',
      });
    },
    stop: async () => {
      rmSync(data, { recursive: true, force: true });
      session.stdin.end();
      if (session.exitCode === null) await once(session, 'exit');
    },
  };
}
