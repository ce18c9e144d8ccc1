import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { CLI, LIVE, type Ran } from '../support/run.ts';

/** trading-setup while it is at work. */
export interface Running {
  readonly pid: number;
  readonly stdout: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves when it has ended; `code` is 128 + number where a signal ended it. */
  readonly ended: Promise<Ran>;
}

export function begin(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const started = performance.now();
  const child: ChildProcess = spawn(process.execPath, [CLI, ...args], {
    cwd: LIVE,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  const ended = new Promise<Ran>((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code, signal) => {
      // The pipes stay open as long as a grandchild has them: the answer must not wait for that.
      const seconds = (performance.now() - started) / 1000;
      setTimeout(() => done({ code: code ?? (signal === 'SIGKILL' ? 137 : 128), ...text, seconds }), 100);
    });
  });
  return { pid: child.pid ?? -1, stdout: () => text.stdout, signal: (name) => void child.kill(name), ended };
}

/** Programs of Docker at work in a folder, e.g. a build that nobody waits for any more. */
export function clientsIn(dir: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/cwd`) !== dir) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return /docker|buildx/.test(command) ? [command] : [];
      } catch {
        return [];
      }
    });
}
