import { spawn } from 'node:child_process';
import { CLI } from './run.ts';

/** Runs trading-setup and ends it without warning when this is among what it prints. */
export function killedAt(
  args: readonly string[],
  event: RegExp,
  how: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<void> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...how.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(how.stdin);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (event.test(text)) child.kill('SIGKILL');
  });
  return new Promise((done, fail) => {
    child.on('close', (code, signal) =>
      signal === 'SIGKILL' ? done() : fail(new Error(`it ended with ${code} before ${event}\n${text}`)),
    );
  });
}
