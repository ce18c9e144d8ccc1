// The program under test as a person runs it, without a terminal, and docker.
import { spawn } from 'node:child_process';
import { env } from '../live/harness.js';

/** Runs to its end; what it wrote and its exit code, 137 for one that was killed. */
export function run(argv, { stdin, cwd, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      env,
      cwd,
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr, rest] = ['', '', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      stdout += chunk;
      if (onLine === undefined) return;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line, child);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 137, stdout, stderr }));
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
  });
}

/** Output of what has to succeed. */
export async function must(argv, how) {
  const { code, stdout, stderr } = await run(argv, how);
  if (code !== 0)
    throw new Error(`${argv.join(' ')} ended with ${code}\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`);
  return stdout;
}

export const docker = (...args) => must(['docker', ...args]);
export const program = (...args) => [process.execPath, env.TRADING_SETUP_CLI, ...args];

/** `words` of JSON lines that are JSON; anything else is left out. */
export function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
