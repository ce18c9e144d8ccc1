import { EXIT_CODES, ReportedError, SetupError } from '../errors.ts';
import { redact, redactedJson } from '../secret.ts';
import { explainSystemError } from '../system/files.ts';

/** Tool output after this many lines says nothing new. */
const MOST_LINES = 30;

function asJson(error: SetupError): string {
  const { kind, code, message, next, output } = error;
  return redactedJson({ version: 1, error: { kind, code, message, next, output } });
}

function asText(error: SetupError): string {
  const output = error.output.slice(0, MOST_LINES).map((line) => `  ${line}`);
  // Who gave up or pressed Ctrl-C has made no error.
  const said = error.kind === 'cancelled' ? error.message : `error: ${error.message}`;
  return redact([said, ...output, ...error.next.map((line) => `next: ${line}`)].join('\n'));
}

/**
 * Says an error in the words of the face and gives the exit code. Only our own bugs show a stack.
 * @param json whether stdout is a JSON stream.
 */
export function reportError(error: unknown, json: boolean): number {
  if (error instanceof ReportedError) return error.exitCode;
  const known = error instanceof SetupError ? error : explainSystemError(error);
  if (known) {
    if (json) process.stdout.write(`${asJson(known)}\n`);
    else process.stderr.write(`${asText(known)}\n`);
    return known.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(redact(`This is a bug in trading-setup.\n${stack}\n`));
  process.stderr.write(
    'next: please report it with these lines; look them over first, only known secrets are blanked.\n',
  );
  process.stderr.write('next: trading-setup status shows what runs now\n');
  return EXIT_CODES['tool-failed'];
}
