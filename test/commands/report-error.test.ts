import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportError } from '../../src/commands/report-error.ts';
import { type ErrorKind, EXIT_CODES, ReportedError, SetupError } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';

afterEach(() => vi.restoreAllMocks());

function said(error: unknown, json = false) {
  const out: string[] = [];
  const err: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  const code = reportError(error, json);
  vi.restoreAllMocks();
  return { code, stdout: out.join(''), stderr: err.join('') };
}

const error = (kind: ErrorKind, output: readonly string[] = []) =>
  new SetupError(kind, 'It is so.', { code: 'a-code', next: ['Do this.', 'Or that.'], output });

describe('an error', () => {
  it.each(Object.entries(EXIT_CODES) as [ErrorKind, number][])('of kind %s ends with %i', (kind, code) => {
    expect(said(error(kind)).code).toBe(code);
    expect(said(new ReportedError(error(kind)))).toEqual({ code, stdout: '', stderr: '' });
  });

  it('has the codes that are documented', () => {
    expect(EXIT_CODES).toEqual({ 'tool-failed': 1, usage: 2, unhealthy: 3, 'needs-you': 4, locked: 5, cancelled: 130 });
  });

  it('is a sentence, what the tool said, and what to do next', () => {
    expect(said(error('usage', ['line 1']))).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: It is so.\n  line 1\nnext: Do this.\nnext: Or that.\n',
    });
  });

  it('is one line of JSON on stdout where that is asked for', () => {
    const { stdout, stderr } = said(error('locked', ['x']), true);
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toHaveLength(2);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      error: { kind: 'locked', code: 'a-code', message: 'It is so.', next: ['Do this.', 'Or that.'], output: ['x'] },
    });
  });

  it('says a bounded number of lines', () => {
    const { stderr } = said(
      error(
        'tool-failed',
        Array.from({ length: 500 }, (_, at) => `line ${at}`),
      ),
    );
    expect(stderr.split('\n').length).toBeLessThan(50);
  });

  it.each([true, false])('never contains a secret (json: %s)', (json) => {
    const secret = new Secret('hunter2-hunter2');
    const leaky = new SetupError('usage', `Wrong: ${secret.reveal()}`, {
      code: 'x',
      next: [secret.reveal()],
      output: [secret.reveal()],
    });
    for (const each of [leaky, new TypeError(secret.reveal()), secret.reveal()]) {
      const { stdout, stderr } = said(each, json);
      expect(`${stdout}${stderr}`).not.toContain('hunter2');
      expect(`${stdout}${stderr}`).toContain('[secret]');
    }
  });

  it.each([new TypeError('x is not a function'), 'thrown text', undefined])(
    'that is our bug shows where, and asks for a report: %s',
    (bug) => {
      const { code, stdout, stderr } = said(bug, true);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toContain('This is a bug in trading-setup');
      expect(stderr).toContain('next: please report it');
      expect(stderr).not.toMatch(/half-written|no secret/);
      if (bug instanceof Error) expect(stderr).toMatch(/report-error\.test\.ts/);
    },
  );
});
