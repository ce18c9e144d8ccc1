import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('with-keyring.sh', import.meta.url));

/** Why there can be no keyring here; undefined where there can. */
export function noKeyring(): string | undefined {
  const { status, stdout } = spawnSync(SCRIPT, ['--check'], { encoding: 'utf8' });
  return status === 0 ? undefined : stdout.trim();
}

/** A real gnome-keyring on a bus of its own. */
export interface Keyring {
  /** The environment in which a program finds it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  lock(): void;
  stop(): Promise<void>;
}

/** Starts a keyring that ends with `stop`, or with us: it reads our end of a pipe. */
export async function startKeyring(): Promise<Keyring> {
  const session = spawn(SCRIPT, ['sh', '-c', 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [line] = await once(session.stdout, 'data');
  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: String(line).trim() };
  const path = '/org/freedesktop/secrets';
  return {
    env,
    lock: () => {
      const call = ['org.freedesktop.Secret.Service.Lock', `array:objpath:${path}/collection/login`];
      execFileSync('dbus-send', ['--session', '--print-reply', '--dest=org.freedesktop.secrets', path, ...call], {
        env,
        stdio: 'pipe',
      });
    },
    stop: async () => {
      session.stdin.end();
      if (session.exitCode === null) await once(session, 'exit');
    },
  };
}
