import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startReader } from '../../src/detect/apart.ts';
import { detect } from '../../src/detect/detect.ts';
import { SetupError } from '../../src/errors.ts';
import { unpackSample } from '../../src/flow/sample.ts';
import { type Thread, ThreadLost } from '../../src/system/thread.ts';

async function sample(): Promise<string> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'apart-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  await unpackSample(join(dir, 'sample'));
  return join(dir, 'sample');
}

function answering(ask: Thread['ask']): Thread {
  return { ask, end: () => expect.fail('it was needed') };
}

describe('a reader', () => {
  it('finds what detection finds: everything in it can be copied between threads', async () => {
    const dir = await sample();
    const facts = await detect(dir);
    const thread = answering(async (root) => structuredClone(await detect(String(root))));
    expect(await startReader(() => thread).read(dir)).toStrictEqual(facts);
  });

  it.each([
    ['no thread can be had', () => undefined],
    ['the thread is lost', () => answering(() => Promise.reject(new ThreadLost('no memory')))],
  ])('reads by itself where %s, with the same result', async (_, start) => {
    const dir = await sample();
    expect(await startReader(start).read(dir)).toEqual(await detect(dir));
  });

  it.each([
    ['an error for the person', new SetupError('usage', 'No.', { code: 'no', next: ['Yes.'] })],
    ['a bug', new TypeError('undefined is not a function')],
  ])('hands %s on and does not read a second time', async (_, error) => {
    const thread = answering(() => Promise.reject(error));
    await expect(startReader(() => thread).read('/there/is/nothing')).rejects.toBe(error);
  });
});
