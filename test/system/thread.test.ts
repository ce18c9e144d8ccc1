import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SetupError } from '../../src/errors.ts';
import { startThread, type Thread, ThreadLost } from '../../src/system/thread.ts';

const SRC = new URL('../../src/', import.meta.url).pathname;

/** A thread whose module answers with this body of a function of `question`; the sources are no JavaScript yet. */
async function threadOf(body: string): Promise<Thread> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'thread-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const outfile = join(dir, 'thread.mjs');
  const contents = `import { answerOne } from '${SRC}system/thread.ts';
import { SetupError } from '${SRC}errors.ts';
answerOne(async (question) => { ${body} });`;
  await build({ stdin: { contents, resolveDir: dir }, outfile, bundle: true, platform: 'node', format: 'esm' });
  return startThread(pathToFileURL(outfile));
}

async function thrown(working: Promise<unknown>): Promise<unknown> {
  return working.then(
    (value) => expect.fail(`answered ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

describe('a thread', () => {
  it('answers with a plain value', async () => {
    const thread = await threadOf('return { asked: question, list: [1, undefined], empty: undefined };');
    expect(await thread.ask({ root: '/x' })).toEqual({ asked: { root: '/x' }, list: [1, undefined], empty: undefined });
  });

  it('hands an error for the person over whole', async () => {
    const thread = await threadOf(
      `throw new SetupError('needs-you', 'It is not there.', { code: 'gone', next: ['Bring it back.'], output: ['x: 1'] });`,
    );
    const error = await thrown(thread.ask(''));
    expect(error).toBeInstanceOf(SetupError);
    expect(error).toMatchObject({
      name: 'SetupError',
      message: 'It is not there.',
      kind: 'needs-you',
      exitCode: 4,
      code: 'gone',
      next: ['Bring it back.'],
      output: ['x: 1'],
    });
  });

  it('hands a bug over with its name and its place', async () => {
    const thread = await threadOf('const detectPorts = () => question.nothing.there; return detectPorts();');
    const error = await thrown(thread.ask('/x'));
    expect(error).not.toBeInstanceOf(ThreadLost);
    expect(error).toMatchObject({ name: 'TypeError', stack: expect.stringContaining('detectPorts') });
  });

  it('hands over what is thrown and is no error', async () => {
    expect(await thrown((await threadOf("throw 'early';")).ask(''))).toMatchObject({ message: 'early' });
  });

  it.each([
    ['ends by itself', 'process.exit(3);', /ended with 3/],
    ['answers with what cannot be copied', 'return () => 1;', /ThreadLost/],
  ])('that %s is lost, and the process lives', async (_, body, why) => {
    const error = await thrown((await threadOf(body)).ask(''));
    expect(error).toBeInstanceOf(ThreadLost);
    expect(String(error)).toMatch(why);
  });

  it('whose module is not there is lost, before it was asked too', async () => {
    const thread = startThread(pathToFileURL('/there/is/no/module.mjs'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await thrown(thread.ask(''))).toBeInstanceOf(ThreadLost);
  });
});
