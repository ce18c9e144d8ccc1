import { describe, expect, it } from 'vitest';
import { ERROR_RULES } from '../../src/engine/error-table.ts';
import { commandError, engineError, takenPort } from '../../src/engine/errors.ts';
import { Secret } from '../../src/secret.ts';

describe('engineError', () => {
  const samples = ERROR_RULES.flatMap((rule) => rule.samples.map((sample) => [rule.code, sample, rule] as const));

  it.each(samples)('recognises %s in: %s', (code, sample, rule) => {
    const error = engineError(`level=warning msg="something before"\n${sample}\n`, 'up');
    expect(error.code).toBe(code);
    expect(error.kind).toBe(rule.kind);
    // No group of the pattern was left without a value.
    expect(error.message.replace('undefined secret', '')).not.toMatch(/undefined/);
    expect(error.next.length).toBeGreaterThan(0);
  });

  it('gives every code once', () => {
    const codes = ERROR_RULES.map((rule) => rule.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each([
    ['docker: unknown command: docker compose', 4],
    ['Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?', 4],
    ['Bind for 127.0.0.1:8080 failed: port is already allocated', 1],
    ['something nobody has seen', 1],
  ])('%s is exit code %i', (text, exitCode) => expect(engineError(text, 'up').exitCode).toBe(exitCode));

  it.each([
    ['failed to bind host port for 127.0.0.1:18099:172.17.0.2:80/tcp: address already in use', '127.0.0.1', 18_099],
    ['Bind for 127.0.0.1:18098 failed: port is already allocated', '127.0.0.1', 18_098],
    ['listen tcp4 0.0.0.0:8080: bind: address already in use', '0.0.0.0', 8080],
    ['failed to bind host port for [::1]:8080:172.17.0.2:80/tcp: address already in use', '[::1]', 8080],
  ])('names the port in: %s', (text, host, port) => {
    const error = engineError(text, 'up');
    expect(takenPort(error)).toEqual({ host, port });
    expect(error.message).toContain(String(port));
  });

  it('keeps the last lines of what it does not know, without a secret', () => {
    const secret = new Secret('hunter2-hunter2');
    const error = engineError(`${'old\n'.repeat(50)}odd ${secret.reveal()}`, 'up');
    expect(error.code).toBe('engine-error');
    expect(error.output.at(-1)).toBe('odd [secret]');
    expect(error.output.length).toBe(20);
  });
});

describe('commandError', () => {
  it('repeats nothing of .env, whatever Compose says of it', () => {
    for (const text of [
      '{"error":true,"message":"failed to read /srv/a/.env: line 2: unterminated quoted value \\"hunter2"}',
      '{"error":true,"message":"failed to read /srv/a/.env: Invalid template: \\"${hunter2\\""}',
      'failed to read /srv/a/.env: line 1: unexpected character "-" in variable name "MY-KEY=hunter2"',
    ]) {
      const { code, message, output, next } = engineError(text, 'x');
      expect(code).toBe('dotenv-invalid');
      expect(JSON.stringify([message, output, next])).not.toContain('hunter2');
    }
    expect(engineError('failed to read /srv/a/.env: line 2: x', 'x').message).toBe(
      'Compose cannot read /srv/a/.env: line 2.',
    );
  });

  it('says that docker is not installed', () => {
    const error = commandError({ argv: ['docker', 'ps'] }, { missing: true, stdout: '', stderr: '' });
    expect(error).toMatchObject({ code: 'docker-missing', kind: 'needs-you', exitCode: 4 });
  });
});
