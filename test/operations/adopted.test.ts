import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkAdoptions } from '../../src/operations/adopt.ts';
import { execute } from '../../src/operations/execute.ts';
import { planDeploy, planPush } from '../../src/operations/plan.ts';
import { takeSnapshot } from '../../src/operations/snapshot.ts';
import type { Step } from '../../src/operations/step.ts';
import { printPlan } from '../../src/operations/step.ts';
import { smallStack } from '../stack/stacks.ts';
import { type Answer, collect } from '../support/fake-runner.ts';
import { fakeEngine, workbench } from './engine.ts';

const VOLUME = 'toy-5a3b1e_app-data';
const stack = smallStack({
  services: { app: { environment: { DB: 'sqlite:///data/bots.db?mode=rwc' } } },
  adopt: { sqlite: { app: 'bots.db' } },
});

/** A repository whose database was copied by a deploy that ended before its start. */
async function copied(up: Answer = {}, starts = true) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'adopted-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, 'bots.db');
  writeFileSync(path, 'SQLite format 3\0'.padEnd(4096, '\0'));
  const engine = fakeEngine(stack, {
    'docker build': {},
    'docker image rm': {},
    'docker container rm --force': {},
    'docker container run': { stdout: ['adopt: 5 rows in 1 tables'] },
    'docker container ls --filter': {},
    'docker compose --progress=json up -d --no-build': () => {
      if (starts) engine.state.services.set('app', { status: 'running', health: 'healthy' });
      return up;
    },
  });
  const bench = workbench(stack, dir, engine.runner);
  const run = (step: Step) => collect(execute(step, bench));
  for (const step of planPush(stack, await takeSnapshot(engine.runner, stack, dir)))
    if (step.kind === 'volume') await run(step);
  return {
    ...{ dir, path, engine, bench, run },
    plan: async (asked = stack) => planDeploy(asked, await takeSnapshot(engine.runner, asked, dir)),
    start: () => run({ kind: 'start', cause: 'x' }),
  };
}

const compares = (plan: readonly Step[]) =>
  printPlan(plan).includes('Compare the volume app-data with what it is a copy');

describe('a copy on which nothing has started', () => {
  it('is gone on with where what it was made from is as it was', async () => {
    const { plan, bench, run, engine } = await copied();
    const steps = await plan();
    expect(compares(steps)).toBe(true);
    await expect(checkAdoptions(bench, steps)).resolves.toBeUndefined();
    const filled = engine.volumes.get(VOLUME)?.length;
    for (const step of steps) if (step.kind === 'volume') await run(step);
    expect(engine.volumes.get(VOLUME)).toHaveLength(filled ?? 0);
  });

  it('is refused when the old program ran on, before the build and again after it', async () => {
    const { plan, bench, run, path } = await copied();
    const steps = await plan();
    appendFileSync(path, 'a position');
    const stale = {
      code: 'adopt-stale',
      exitCode: 4,
      next: [expect.stringContaining(`docker volume rm ${VOLUME}`), expect.stringContaining('adopt.sqlite.app=null')],
    };
    await expect(checkAdoptions(bench, steps)).rejects.toMatchObject(stale);
    const step = steps.find((each) => each.kind === 'volume') ?? expect.fail();
    await expect(run(step)).rejects.toMatchObject(stale);
  });

  it('is refused while the old program runs', async () => {
    const { plan, bench } = await copied();
    const open = { ...bench, whoHasOpen: async () => ['algo-trade (pid 812)'] };
    await expect(checkAdoptions(open, await plan())).rejects.toMatchObject({ code: 'adopt-open' });
  });

  it('is made anew when a person has removed it', async () => {
    const { plan, engine } = await copied();
    engine.volumes.delete(VOLUME);
    expect(printPlan(await plan())).toContain('Make the volume app-data with a copy of bots.db');
  });

  it('is gone on with as it is when a person says so', async () => {
    const { plan, path } = await copied();
    appendFileSync(path, 'a position');
    const without = smallStack({ services: { app: { environment: { DB: 'sqlite:///data/bots.db?mode=rwc' } } } });
    expect(compares(await plan(without))).toBe(false);
  });

  it('is the data from its first start on, whatever the old file does and when the containers are gone', async () => {
    const { plan, start, engine, path } = await copied();
    await start();
    appendFileSync(path, 'x');
    engine.state.services.clear();
    expect(printPlan(await plan())).not.toContain('app-data');
    engine.volumes.delete(VOLUME);
    await expect(plan()).rejects.toMatchObject({ code: 'data-volume-lost' });
  });

  it('is the data when it was started by hand', async () => {
    const { plan, engine } = await copied();
    engine.state.services.set('app', { status: 'exited' });
    expect(printPlan(await plan())).not.toContain('app-data');
  });

  it.each([
    ['is still one where the start failed before it', false, true],
    ['is the data where the start failed after it', true, false],
  ])('%s', async (_, hasStarted, isCopy) => {
    const { plan, start } = await copied({ stderr: 'no', exitCode: 1 }, hasStarted);
    await expect(start()).rejects.toMatchObject({ kind: 'tool-failed' });
    expect(compares(await plan())).toBe(isCopy);
  });
});
