import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { build } from '../../src/engine/build.ts';
import { type Answer, fakeRunner } from '../support/fake-runner.ts';

const STARTED = '2026-11-21T23:20:00Z';

async function run(answer: Answer, signal?: AbortSignal) {
  const runner = fakeRunner({ 'docker compose --progress=json build': answer });
  const events = build(runner, { dir: '/repo', project: 'toy-5a3b1e', ...(signal ? { signal } : {}) });
  let count = 0;
  for (;;) {
    const next = await events.next();
    if (next.done) return { outcome: next.value, count, runner };
    count += 1;
  }
}

function failing(
  log: string,
  error = 'process "/bin/sh -c x" did not complete successfully: exit code: 101',
): readonly string[] {
  return [
    JSON.stringify({ vertexes: [{ digest: 'd', name: '[build 2/3] RUN x', started: STARTED }] }),
    JSON.stringify({ logs: [{ vertex: 'd', stream: 2, data: Buffer.from(log).toString('base64') }] }),
    JSON.stringify({
      vertexes: [{ digest: 'd', name: '[build 2/3] RUN x', started: STARTED, completed: STARTED, error }],
    }),
  ];
}

const RUSTC = [
  '   Compiling x v1',
  'warning: unused',
  'error[E0425]: cannot find value `y` in this scope',
  '  --> crates/x/src/x.rs:3:5',
  '   |',
  '3  |     y',
  '',
  'error[E0308]: mismatched types',
  '',
  'error: could not compile `x` (bin "x") due to 2 previous errors',
].join('\n');

describe('build', () => {
  it('runs Compose in the folder of the stack and never with -f', async () => {
    const { outcome, runner } = await run({
      stdout: readFileSync(new URL('samples/rawjson-ok.jsonl', import.meta.url), 'utf8'),
    });
    expect(outcome.steps).toBeGreaterThan(5);
    expect(runner.calls[0]).toMatchObject({ argv: ['docker', 'compose', '--progress=json', 'build'], cwd: '/repo' });
  });

  it.each<[string, Answer, string, string]>([
    [
      'the first error of the compiler',
      { stdout: failing(RUSTC), exitCode: 1 },
      'compile-error',
      'crates/x/src/x.rs:3: cannot find value `y` in this scope',
    ],
    [
      'a linker error',
      {
        stdout: failing('error: linking with `cc` failed: exit status: 1\n  |\n\nerror: could not compile `x`\n'),
        exitCode: 1,
      },
      'compile-error',
      'linking with `cc` failed: exit status: 1',
    ],
    [
      'an error of cargo itself',
      { stdout: failing('error: cannot update the lock file because --locked was passed\n'), exitCode: 1 },
      'build-failed',
      'cannot update the lock file because --locked was passed',
    ],
    [
      'another failing step',
      { stdout: failing('boom\n'), exitCode: 1 },
      'build-failed',
      '[build 2/3] RUN x failed with exit code 101',
    ],
    [
      'a full disk in a step',
      { stdout: failing('No space left on device (os error 28)\n'), exitCode: 1 },
      'disk-full',
      'disk',
    ],
    [
      'a base image',
      {
        stderr:
          '{"error":true,"message":"failed to solve: nope/none:2: failed to resolve source metadata for docker.io/nope/none:2: no such host\\n"}',
        exitCode: 1,
      },
      'image-unreachable',
      'nope/none:2',
    ],
    [
      'no engine',
      { stderr: 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?', exitCode: 1 },
      'engine-not-running',
      'does not answer',
    ],
    ['no docker', { missing: true }, 'docker-missing', 'not installed'],
    [
      'a Dockerfile error',
      { stderr: 'failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN', exitCode: 1 },
      'build-failed',
      'build failed',
    ],
  ])('tells %s', async (_, answer, code, sentence) => {
    await expect(run(answer)).rejects.toMatchObject({ code, message: expect.stringContaining(sentence) });
  });

  it('does not take the words of a failing step for an engine error', async () => {
    const log = 'test: Cannot connect to the Docker daemon at x\nunexpected EOF\n';
    await expect(run({ stdout: failing(log), exitCode: 1 })).rejects.toMatchObject({ code: 'build-failed' });
  });

  it('shows only the first block of a thousand errors', async () => {
    const error = await run({ stdout: failing(`${RUSTC}\n${'error[E0000]: z\n\n'.repeat(1000)}`), exitCode: 1 }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ output: expect.arrayContaining(['3  |     y']) });
    expect(JSON.stringify(error)).not.toContain('E0000');
  });

  it('is cancelled, not failed, when the person stops it', async () => {
    await expect(run({ exitCode: 130 }, AbortSignal.abort())).rejects.toMatchObject({
      kind: 'cancelled',
      exitCode: 130,
    });
  });
});
