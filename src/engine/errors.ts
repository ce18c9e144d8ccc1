import { SetupError } from '../errors.ts';
import { redact } from '../secret.ts';
import { type Command, printCommand, type Result } from '../system/run.ts';
import { ERROR_RULES, portIn } from './error-table.ts';

/** How much of a tool's output goes into an error. */
const OUTPUT_LINES = 20;
const LINE_LENGTH = 500;

/** The address of a `port-taken` error; who holds it is for the caller to find. */
export interface TakenPort {
  readonly host: string;
  readonly port: number;
}

/** Turns the prose of docker, Compose or buildx into an error with a stable code; `doing` goes into the fallback. */
export function engineError(text: string, doing: string): SetupError {
  const plain = messagesOf(text);
  for (const rule of ERROR_RULES) {
    const match = rule.pattern.exec(plain);
    if (!match) continue;
    const found: Readonly<Record<string, string>> = match.groups ?? {};
    return new SetupError(rule.kind, redact(rule.sentence(found)), {
      code: rule.code,
      next: rule.next(found).map(redact),
      output: rule.mute ? [] : lastLines(plain),
      ...(rule.code === 'port-taken' ? { cause: portIn(found) } : {}),
    });
  }
  return new SetupError('tool-failed', `Docker failed: ${doing}.`, {
    code: 'engine-error',
    next: ['Read the lines above, then run the command again.'],
    output: lastLines(plain),
  });
}

/** The error of a finished command that did not end well. */
export function commandError(command: Command, result: Pick<Result, 'missing' | 'stdout' | 'stderr'>): SetupError {
  if (result.missing) return dockerMissing();
  return engineError(result.stderr.trim() === '' ? result.stdout : result.stderr, printCommand(command));
}

/** There is no `docker` program. */
export function dockerMissing(): SetupError {
  return new SetupError('needs-you', 'Docker is not installed.', {
    code: 'docker-missing',
    next: [
      'Install Docker Engine 25 or later with Compose and buildx (docs.docker.com/engine/install), then run the command again.',
    ],
  });
}

/** The person stopped us. */
export function cancelled(doing: string): SetupError {
  return new SetupError('cancelled', `Stopped: ${doing}.`, {
    code: 'cancelled',
    next: ['Run the same command again to go on.'],
  });
}

/** The address in a `port-taken` error. */
export function takenPort(error: SetupError): TakenPort | undefined {
  const { cause } = error;
  if (error.code !== 'port-taken' || typeof cause !== 'object' || cause === null) return undefined;
  if (!('host' in cause) || !('port' in cause)) return undefined;
  return typeof cause.host === 'string' && typeof cause.port === 'number'
    ? { host: cause.host, port: cause.port }
    : undefined;
}

/** The last lines of a text, redacted and bounded. */
export function lastLines(text: string, count = OUTPUT_LINES): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).map((line) => redact(line).slice(0, LINE_LENGTH));
}

/** Compose wraps its errors as `{"error":true,"message":"…"}`; everything else stays as it is. */
function messagesOf(text: string): string {
  return text
    .split('\n')
    .map((line) => composeMessage(line) ?? line)
    .join('\n');
}

/** The message in a line of `--progress=json`; undefined for any other line. */
export function composeMessage(line: string): string | undefined {
  if (!line.startsWith('{"error":true')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    return 'message' in value && typeof value.message === 'string' ? value.message : '';
  } catch {
    return undefined;
  }
}
