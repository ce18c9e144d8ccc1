import { beforeAll, describe, expect, it } from 'vitest';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { parseSets } from '../../src/flow/answers.ts';
import { createSetup, type Setup, type SetupInput } from '../../src/flow/setup.ts';
import type { SystemFacts } from '../../src/host/facts.ts';
import { designed, factsOf, HOST, SUFFIX, WRITTEN_BY } from '../stack/stacks.ts';
import { setsOf } from './shell.ts';

let sample: RepoFacts;
beforeAll(async () => {
  sample = await factsOf('templates/sample');
});

const evidence = { where: '/proc/812', what: 'seen', confidence: 'certain' } as const;
const container = { image: 'x', running: true, program: 'algo-trade', trades: true, volumes: [], evidence };

/** A machine on which the system has lived before. */
function lived(): SystemFacts {
  return {
    running: {
      processes: [{ pid: 812, program: 'algo-trade', subcommand: 'run', trades: true, folder: '/opt', evidence }],
      units: [
        {
          name: 'bot.service',
          path: '/etc/systemd/system/bot.service',
          scope: 'system',
          enabled: true,
          program: 'algo-trade',
          trades: true,
          evidence,
        },
      ],
      containers: [
        { ...container, name: 'mine', stack: `algo-trade-${SUFFIX}` },
        { ...container, name: 'theirs', project: 'old' },
      ],
    },
    existing: {
      volumes: [{ name: 'old_pg', project: 'old', holds: 'database', evidence }],
      sqlite: [
        {
          path: `${sample.root}/bots.db`,
          size: 12_000,
          unfolded: 4_000_000,
          key: 'BOT_DATABASE_URL',
          openIn: ['algo-trade (pid 812)'],
          evidence,
        },
      ],
    },
  };
}

function setup(over: Partial<SetupInput> = {}): Setup {
  return createSetup({
    facts: sample,
    host: { ...HOST, system: lived() },
    answers: {},
    flags: {},
    suffix: SUFFIX,
    writtenBy: WRITTEN_BY,
    interactive: true,
    kept: new Set(),
    disk: new Map(),
    ...over,
  });
}

const section = (store: Setup, title: string) => store.getState().sections.find((each) => each.title === title);
const line = (store: Setup, path: string) =>
  store
    .getState()
    .sections.flatMap(({ lines }) => lines)
    .find((each) => each.path === path);

describe('a system that has lived on this machine before', () => {
  it('is shown: what runs, and what would start by itself, but not this very stack', () => {
    const notes = section(setup(), 'Repository')?.notes.join('\n') ?? '';
    expect(notes).toContain('Runs already: algo-trade run (pid 812, in /opt).');
    expect(notes).toContain('Runs already: container theirs');
    expect(notes).toContain('unit bot.service, which starts algo-trade by itself (/etc/systemd/system/bot.service)');
    expect(notes).not.toContain('mine');
  });

  it('is offered its data, with its size, who has it open, and where it was seen', () => {
    const store = setup();
    expect(line(store, 'adopt.sqlite.app')).toMatchObject({
      value: 'bots.db',
      state: 'answered',
      origin: { source: 'host' },
    });
    expect(line(store, 'adopt.database')).toMatchObject({ value: 'old_pg', origin: { source: 'host' } });
    const notes = section(store, 'Services')?.notes.join('\n') ?? '';
    expect(notes).toMatch(
      /bots\.db \(12 kB and 4\.0 MB in its write-ahead log, open in algo-trade \(pid 812\)\) is copied once/,
    );
    expect(notes).toContain('Stop algo-trade (pid 812) before the deploy.');
    expect(section(store, 'Database')?.notes.join('\n')).toContain('The volume old_pg is copied once');
  });

  it('starts without it when the person says so, and is told that the data stays where it is', () => {
    const store = setup();
    expect(store.change('adopt.sqlite.app', '')).toBeUndefined();
    expect(store.change('adopt.database', 'none')).toBeUndefined();
    expect(store.stack().adopt).toEqual({ sqlite: {} });
    expect(section(store, 'Services')?.notes.join('\n')).toContain('it is not taken over');
    const again = setup({ flags: parseSets(setsOf(store.getState().equivalent)) });
    expect(again.stack()).toEqual(store.stack());
  });

  it('takes what the person names instead', () => {
    const store = setup();
    const migration = store.stack().database.kind === 'none' ? '' : sample.migrations[0]?.path;
    expect(store.change('adopt.sqlite.app', '../elsewhere/bots.db')).toBeUndefined();
    expect(store.change('adopt.database', `other_pg ${migration}`)).toBeUndefined();
    expect(store.change('adopt.database', 'other_pg no-such.sql')).toContain(
      'no-such.sql is not in database.migrations',
    );
    expect(store.stack().adopt).toEqual({
      sqlite: { app: '../elsewhere/bots.db' },
      database: { volume: 'other_pg', baseline: migration },
    });
  });

  it('is not offered its data again once it is set up', () => {
    const store = setup({ saved: designed(sample) });
    expect(store.stack().adopt).toBeUndefined();
    expect(section(store, 'Services')?.notes.join('\n')).not.toContain('bots.db');
    expect(section(store, 'Repository')?.notes.join('\n')).toContain('Runs already');
  });
});

describe('the account of a LIVE stack', () => {
  const live = (): Partial<SetupInput> => ({
    facts: { ...sample, endpoints: sample.endpoints.map((endpoint) => ({ ...endpoint, testnet: false })) },
  });

  it('waits for a person, who is told what runs', () => {
    const store = setup(live());
    expect(line(store, 'account.onlyTrader')).toMatchObject({
      state: 'open',
      value: '',
      help: expect.stringMatching(/Running now: algo-trade run \(pid 812, in \/opt\); container theirs/),
    });
    const { open } = store.getState();
    expect(store.change('account.onlyTrader', 'true')).toBeUndefined();
    expect(line(store, 'account.onlyTrader')).toMatchObject({ state: 'answered', value: 'none' });
    expect(store.getState().open).toBe(open - 1);
    expect(store.stack().account).toEqual({ onlyTrader: true });
  });

  it('is told what follows when something else trades', () => {
    const store = setup(live());
    store.change('account.onlyTrader', 'false');
    expect(section(store, 'Repository')?.notes.join('\n')).toContain('the LIVE start is refused until it has stopped');
  });

  it('is not asked about on paper', () => {
    expect(line(setup(), 'account.onlyTrader')).toBeUndefined();
  });
});
