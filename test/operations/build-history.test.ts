import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuildEvent } from '../../src/events/build.ts';
import { readHistory, saveHistory, withEstimates } from '../../src/operations/build-history.ts';
import { NO_HISTORY } from '../../src/operations/estimate.ts';
import { collect } from '../support/fake-runner.ts';

const HISTORY = { builds: [1_000, 2_000], steps: { abc: { ms: 5, marks: [1, 2], ran: [true, false] } } };

let dir = '';
let path = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'times-'));
  path = join(dir, 'trading-setup', 'builds', 'x.json');
});
afterEach(() => rm(dir, { recursive: true }));

async function* build(...batches: readonly (readonly BuildEvent[])[]): AsyncGenerator<readonly BuildEvent[]> {
  yield* batches;
}

const STEP = { type: 'step', id: '1', name: '[build 1/1] RUN x', stage: 'build' } as const;

describe('the times of builds', () => {
  it('are kept, for their owner only', async () => {
    await saveHistory(path, HISTORY);
    expect(await readHistory(path)).toEqual(HISTORY);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['broken', '{"version":1,'],
    ['of another version', '{"version":2,"builds":[],"steps":{}}'],
    ['of another form', '{"version":1,"builds":["soon"],"steps":{}}'],
  ])('are none where the file is %s', async (_, text) => {
    await mkdir(dirname(path), { recursive: true });
    if (text !== undefined) await writeFile(path, text);
    expect(await readHistory(path)).toEqual(NO_HISTORY);
  });

  it('that cannot be kept do no harm to a build', async () => {
    await writeFile(join(dir, 'trading-setup'), 'a file where a folder should be');
    await expect(saveHistory(path, HISTORY)).resolves.toBeUndefined();
    await chmod(dir, 0o700);
    expect(await collect(withEstimates(build([STEP_DONE]), path))).toHaveLength(1);
  });

  it('are remembered of a build that went well', async () => {
    expect(await collect(withEstimates(build([STEP_DONE]), path))).toEqual([{ type: 'build', events: [STEP_DONE] }]);
    const { builds, steps } = await readHistory(path);
    expect(builds).toHaveLength(1);
    expect(Object.values(steps)).toEqual([{ ms: 4_000, ran: [true] }]);
    expect(await readFile(path, 'utf8')).not.toContain('RUN');
  });

  it('are not of one that failed', async () => {
    async function* failing(): AsyncGenerator<readonly BuildEvent[]> {
      yield [STEP_DONE];
      throw new Error('exit code 101');
    }
    await expect(collect(withEstimates(failing(), path))).rejects.toThrow('exit code 101');
    expect(await readHistory(path)).toEqual(NO_HISTORY);
  });
});

const STEP_DONE: BuildEvent = { ...STEP, state: 'done', startedAt: 1_000, endedAt: 5_000 };
