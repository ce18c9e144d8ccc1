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
const STEP = { kind: 'schema', services: ['app'], cause: 'x' } as const;
const NOTHING_NEW: Answer = { stdout: 'migrate: the schema of bot.db is up to date\n' };
const NEW: Answer = { stdout: 'migrate: to be applied to bot.db: 2_x.sql\n', exitCode: 10 };
const REFUSED: Answer = {
  stderr: ['  near "TABEL": syntax error', 'migrate: 2_x.sql was tried on a copy and failed.', 'next: mend it'],
  exitCode: 1,
};

function world(
  asked: Answer,
  applied: Answer = NOTHING_NEW,
  isRunning = true,
  {
    started = {},
    stop,
    apply,
  }: { readonly started?: Answer; readonly stop?: () => void; readonly apply?: () => void } = {},
) {
  const engine = fakeEngine(stack, {
    'docker container rm --force': {},
    'docker container ls --filter': {},
    'docker container start': () => {
      if (!started.exitCode) engine.state.services.set('app', { status: 'running', health: 'healthy' });
      return started;
    },
    'docker compose run': (command) => {
      if (command.argv.includes('--pending')) return asked;
      apply?.();
      return applied;
    },
    'docker compose --progress=json stop app': () => {
      engine.state.services.set('app', { status: 'exited' });
      stop?.();
      return {};
    },
  });
  if (isRunning) engine.state.services.set('app', { status: 'running', health: 'healthy' });
  const bench = workbench(stack, '/repo', engine.runner);
  const did = () =>
    engine.runner
      .printed()
      .flatMap((line) =>
        / container start/.test(line)
          ? ['start']
          : / stop app/.test(line)
            ? ['stop']
            : /compose run/.test(line)
              ? [/--pending/.test(line) ? 'ask' : 'apply']
              : [],
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
    expect(events).toContainEqual({ type: 'step-progress', id: 'schema', text: 'stopping app' });
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

  it('runs again in the container that it had where nothing was changed', async () => {
    const { bench, did, engine } = world(NEW, { ...REFUSED, exitCode: 12 });
    await expect(collect(bringToSchema(bench, STEP))).rejects.toMatchObject({
      code: 'schema-failed',
      message: expect.stringMatching(/^nothing was changed, and app was started again as it was; its database was not/),
    });
    expect(did()).toEqual(['ask', 'stop', 'apply', 'start']);
    expect(engine.runner.printed()).toContain('docker container start c-app');
    expect(engine.state.services.get('app')?.status).toBe('running');
  });

  it('is said to be stopped where it does not start again', async () => {
    const { bench } = world(NEW, { ...REFUSED, exitCode: 12 }, true, {
      started: { stderr: 'no', exitCode: 1 },
    });
    await expect(collect(bringToSchema(bench, STEP))).rejects.toMatchObject({
      message: expect.stringContaining('app is stopped: it could not be started again'),
    });
  });

  it('runs again where somebody cancels before a file is applied', async () => {
    const abort = new AbortController();
    const { bench, did } = world(NEW, NOTHING_NEW, true, { stop: () => abort.abort() });
    await expect(collect(bringToSchema({ ...bench, signal: abort.signal }, STEP))).rejects.toMatchObject({
      kind: 'cancelled',
      message: 'Stopped: the stop. Now nothing was changed, and app was started again as it was.',
    });
    expect(did()).toEqual(['ask', 'stop', 'start']);
  });

  it('is said to be stopped where somebody cancels while files are applied', async () => {
    const abort = new AbortController();
    const { bench } = world(NEW, REFUSED, true, { apply: () => abort.abort() });
    await expect(collect(bringToSchema({ ...bench, signal: abort.signal }, STEP))).rejects.toMatchObject({
      kind: 'cancelled',
      message: 'Stopped: the migration. Now app is stopped and stays so.',
    });
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

describe('the databases of several instances', () => {
  const file = { from: 'migrations', file: 'bot.db' };
  const app = smallStack({ services: { app: { migrations: file } } }).services.app ?? {};
  const both = smallStack({ services: { app: { migrations: file }, backup: { ...app } } });
  const BOTH = { kind: 'schema', services: ['app', 'backup'], cause: 'x' } as const;

  /** @param answers what the one-shots answer, by `SERVICE ask` and `SERVICE apply`. */
  function instances(answers: Readonly<Record<string, Answer>>) {
    const did: string[] = [];
    const stop = (service: string) => () => {
      engine.state.services.set(service, { status: 'exited' });
      did.push(`${service} stop`);
      return {};
    };
    const engine = fakeEngine(both, {
      'docker container rm --force': {},
      'docker container ls --filter': {},
      'docker compose --progress=json stop app': stop('app'),
      'docker compose --progress=json stop backup': stop('backup'),
      'docker compose run': ({ argv }) => {
        const service = argv.includes('app-migrate') ? 'app' : 'backup';
        const what = `${service} ${argv.includes('--pending') ? 'ask' : 'apply'}`;
        did.push(what);
        return answers[what] ?? NOTHING_NEW;
      },
    });
    for (const service of ['app', 'backup'])
      engine.state.services.set(service, { status: 'running', health: 'healthy' });
    return { run: () => collect(bringToSchema(workbench(both, '/repo', engine.runner), BOTH)), did };
  }

  it('are all asked about before one of them is stopped', async () => {
    const { run, did } = instances({ 'app ask': NEW, 'backup ask': NEW });
    const events = await run();
    expect(did).toEqual(['app ask', 'backup ask', 'app stop', 'app apply', 'backup stop', 'backup apply']);
    expect(events).toContainEqual({ type: 'step-progress', id: 'schema', text: 'backup: stopping backup' });
  });

  it('stop nobody where one of them is refused', async () => {
    const { run, did } = instances({ 'app ask': NEW, 'backup ask': REFUSED });
    await expect(run()).rejects.toMatchObject({ message: expect.stringContaining('backup runs on as it was') });
    expect(did).toEqual(['app ask', 'backup ask']);
  });

  it('name everybody who is stopped where the second fails after all', async () => {
    const { run } = instances({ 'app ask': NEW, 'backup ask': NEW, 'backup apply': REFUSED });
    await expect(run()).rejects.toMatchObject({
      message: expect.stringMatching(/^backup is stopped and stays so; app is stopped too, with the new schema/),
    });
  });

  it('are one step of the deploy', () => {
    expect(printPlan(planDeploy(both, { volumes: new Set(), known: new Set(), begun: new Set() }))).toContain(
      'Bring the databases of app, backup to their schema',
    );
  });
});
