import { describe, expect, it } from 'vitest';
import { planDeploy } from '../../src/operations/plan.ts';
import { bringToSchema } from '../../src/operations/schema.ts';
import { printPlan } from '../../src/operations/step.ts';
import { summaryOf } from '../../src/operations/summary.ts';
import { schemaService } from '../../src/stack/names.ts';
import { smallStack } from '../stack/stacks.ts';
import { type Answer, collect } from '../support/fake-runner.ts';
import { fakeEngine, workbench } from './engine.ts';

const stack = smallStack({ services: { app: { migrations: { from: 'migrations', file: 'bot.db' } } } });
const STEP = { kind: 'schema', service: 'app', cause: 'x' } as const;
const NOTHING_NEW: Answer = { stdout: 'migrate: the schema of bot.db is up to date\n' };
const NEW: Answer = { stdout: 'migrate: to be applied to bot.db: 2_x.sql\n', exitCode: 10 };
const REFUSED: Answer = {
  stderr: ['  near "TABEL": syntax error', 'migrate: 2_x.sql was tried on a copy and failed.', 'next: mend it'],
  exitCode: 1,
};

function world(asked: Answer, applied: Answer = NOTHING_NEW, isRunning = true) {
  const engine = fakeEngine(stack, {
    'docker compose run': (command) => (command.argv.includes('--pending') ? asked : applied),
    'docker compose --progress=json stop app': () => {
      engine.state.services.set('app', { status: 'exited' });
      return {};
    },
  });
  if (isRunning) engine.state.services.set('app', { status: 'running', health: 'healthy' });
  const bench = workbench(stack, '/repo', engine.runner);
  const did = () =>
    engine.runner
      .printed()
      .flatMap((line) =>
        / stop app/.test(line) ? ['stop'] : /compose run/.test(line) ? [/--pending/.test(line) ? 'ask' : 'apply'] : [],
      );
  return { bench, did, engine };
}

describe('a database that is brought to its schema', () => {
  it('has a step before the start, which says for whom somebody is stopped', () => {
    const plan = printPlan(planDeploy(stack, { volumes: new Set(), known: new Set(), begun: new Set() })).split('\n');
    const at = plan.findIndex((line) => line.startsWith('Bring the database of app to its schema'));
    expect(plan[at]).toContain('app is stopped first');
    expect(plan[at + 1]).toMatch(/^Start the services/);
  });

  it('is left alone, and so is the service, where nothing is new', async () => {
    const { bench, did } = world(NOTHING_NEW);
    await collect(bringToSchema(bench, STEP));
    expect(did()).toEqual(['ask']);
  });

  it('is changed with the service stopped', async () => {
    const { bench, did } = world(NEW);
    const events = await collect(bringToSchema(bench, STEP));
    expect(did()).toEqual(['ask', 'stop', 'apply']);
    expect(events).toContainEqual({ type: 'step-progress', id: 'schema:app', text: 'stopping app' });
  });

  it('is changed without a stop where nothing runs', async () => {
    const { bench, did } = world(NEW, NOTHING_NEW, false);
    await collect(bringToSchema(bench, STEP));
    expect(did()).toEqual(['ask', 'apply']);
  });

  it('stops nobody for a file that fails on a copy', async () => {
    const { bench, did } = world(REFUSED);
    await expect(collect(bringToSchema(bench, STEP))).rejects.toMatchObject({
      code: 'schema-failed',
      message: expect.stringContaining('app runs on as it was'),
      output: [expect.stringContaining('TABEL')],
      next: ['mend it'],
    });
    expect(did()).toEqual(['ask']);
  });

  it('keeps the service stopped after a failure, and says so', async () => {
    const { bench, engine } = world(NEW, REFUSED);
    await expect(collect(bringToSchema(bench, STEP))).rejects.toMatchObject({
      code: 'schema-failed',
      message: expect.stringContaining('app is stopped and stays so'),
    });
    expect(engine.state.services.get('app')?.status).toBe('exited');
  });

  it('stops nobody where another trader would keep it from starting again', async () => {
    const live = smallStack({
      mode: 'live',
      services: { app: { migrations: { from: 'migrations', file: 'bot.db' } } },
    });
    const { bench, did } = world(NEW);
    const whoTrades = async () => [{ who: 'a process', stop: 'kill it', uncertain: false }];
    await expect(collect(bringToSchema({ ...bench, stack: live, whoTrades }, STEP))).rejects.toMatchObject({
      code: 'trader-running',
    });
    expect(did()).toEqual(['ask']);
  });

  it('is done by a one-shot, which is well when it has ended', () => {
    const services = summaryOf(stack).services;
    expect(services.map(({ name, oneShot }) => [name, oneShot])).toEqual([
      [schemaService('app'), true],
      ['app', false],
    ]);
  });
});
