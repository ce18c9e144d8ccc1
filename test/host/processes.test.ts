import { describe, expect, it } from 'vitest';
import { findProcesses, readProcesses } from '../../src/host/processes.ts';
import { type Faked, fakeProc, sought } from './machine.ts';

const ROOT = '/srv/bot';
const find = async (proc: string, self = 1) => findProcesses(sought(ROOT), await readProcesses(self, proc));
const look = (process: Faked) => find(fakeProc({ 812: process }));
const SECRET = 'hunter2-hunter2';

describe('a process of the repository', () => {
  it('is told with its folder, its start and what it runs, and nothing else of its arguments', async () => {
    const [seen] = await look({
      exe: `${ROOT}/target/release/algo-trade`,
      argv: ['target/release/algo-trade', 'run', '--key', SECRET],
      cwd: ROOT,
    });
    expect(seen?.fact).toEqual({
      pid: 812,
      program: 'algo-trade',
      subcommand: 'run',
      trades: true,
      folder: ROOT,
      since: '2023-11-14T22:14:20.000Z',
      evidence: {
        where: expect.stringMatching(/\/812$/),
        what: 'runs target/release/algo-trade',
        confidence: 'certain',
      },
    });
    expect(JSON.stringify(seen)).not.toContain(SECRET);
  });

  it.each<[string, Faked, string]>([
    ['was installed elsewhere', { exe: '/opt/algo-trade', argv: ['algo-trade', 'run'] }, 'likely'],
    ['works in the repository', { exe: '/opt/algo-trade', argv: ['algo-trade'], cwd: `${ROOT}/data` }, 'certain'],
    ['belongs to another user', { argv: ['/opt/algo-trade', 'run'] }, 'likely'],
    ['has a name that says nothing', { exe: '/opt/server', argv: ['server'] }, 'guess'],
    ['was replaced by a new build', { exe: `${ROOT}/target/debug/algo-trade (deleted)`, argv: ['x'] }, 'certain'],
    ['is built here under a name nobody knows', { exe: `${ROOT}/target/debug/examples/x`, argv: ['x'] }, 'certain'],
  ])('is found when it %s', async (_, process, confidence) => {
    const [seen] = await look(process);
    expect(seen?.fact.evidence.confidence).toBe(confidence);
    expect(seen?.fact.trades).toBe(true);
  });

  it.each<[string, Faked]>([
    ['another program', { exe: '/usr/bin/vim', argv: ['vim', 'algo-trade'], cwd: ROOT }],
    ['a build script', { exe: `${ROOT}/target/debug/build/x-1/build-script-build`, argv: ['x'] }],
    ['a test', { exe: `${ROOT}/target/debug/deps/algo_trade-1a2b`, argv: ['x'] }],
    ['a kernel thread', { argv: [] }],
    ['a folder with the same beginning', { exe: `${ROOT}-old/target/release/other`, argv: ['other'] }],
  ])('is not %s', async (_, process) => {
    expect(await look(process)).toEqual([]);
  });

  it('does not trade when it runs a command that ends by itself', async () => {
    const [seen] = await look({ exe: '/opt/algo-trade', argv: ['algo-trade', '-v', 'backtest', 'today'] });
    expect(seen?.fact).toMatchObject({ subcommand: 'backtest', trades: false });
  });

  it('may trade where the name of such a command may be the value of an option', async () => {
    const [seen] = await look({ exe: '/opt/algo-trade', argv: ['algo-trade', '--strategy', 'backtest', 'run'] });
    expect(seen?.fact).toMatchObject({ subcommand: 'run', trades: true });
  });

  it('is never ourselves', async () => {
    const proc = fakeProc({ 7: { exe: '/opt/algo-trade', argv: ['algo-trade'] } });
    expect(await find(proc, 7)).toEqual([]);
  });

  it('is told with the container that it is in', async () => {
    const id = 'ab'.repeat(32);
    const [seen] = await look({
      exe: '/usr/local/bin/algo-trade',
      argv: ['algo-trade'],
      cgroup: `1:x:/docker/${id}`,
      nspid: '812\t7',
    });
    expect(seen).toMatchObject({ container: id, nested: true });
  });

  it('is none where there is no /proc', async () => {
    expect(await find('/no-such-proc')).toEqual([]);
  });
});
