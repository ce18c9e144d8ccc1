import { describe, expect, it } from 'vitest';
import type { HostFacts, SqliteFact, VolumeFact } from '../../src/host/facts.ts';
import { adoptableFiles, adoptionWords, designAdoption, sqliteFilesOf } from '../../src/stack/design/adopt.ts';
import { inspect } from '../../src/stack/inspect.ts';
import { overlay } from '../../src/stack/overlay.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { HOST, smallStack } from './stacks.ts';

const ROOT = '/srv/bot';
const stack = smallStack({ services: { app: { environment: { DB: 'sqlite:///data/bots.db?mode=rwc' } } } });
const file = (path: string, over: Partial<SqliteFact> = {}): SqliteFact => ({
  path,
  size: 4096,
  unfolded: 0,
  openIn: [],
  evidence: { where: path, what: 'in the repository', confidence: 'likely' },
  ...over,
});
const volume = (name: string, over: Partial<VolumeFact> = {}): VolumeFact => ({
  name,
  project: 'old',
  holds: 'database',
  evidence: { where: name, what: 'seen', confidence: 'certain' },
  ...over,
});
const host = (sqlite: readonly SqliteFact[], volumes: readonly VolumeFact[] = []): HostFacts => ({
  ...HOST,
  system: { running: { processes: [], units: [], containers: [] }, existing: { sqlite, volumes } },
});
const DATABASE: Extract<Stack['database'], { kind: 'timescaledb' }> = {
  ...{ kind: 'timescaledb', image: 'x:1', name: 'd', role: 'd', migrations: ['a.sql'], memory: '1GB', cpus: 1 },
};

describe('the SQLite file of a service', () => {
  it.each([
    ['a URL', { DB: 'sqlite:///data/bots.db?mode=rwc' }, ['bots.db']],
    ['a URL inside an inline table', { APP_DB: '{url="sqlite:///data/b.db?mode=rwc"}' }, ['b.db']],
    ['another folder', { DB: 'sqlite:///other/bots.db' }, []],
    ['no database', { LOG: 'info' }, []],
  ])('is what its settings name: %s', (_, environment, wanted) => {
    expect(sqliteFilesOf({ ...smallStack().services.app, environment } as never)).toEqual(wanted);
  });
});

describe('what is proposed to be taken over', () => {
  it('is the file of that name, inside the repository by its relative path', () => {
    const { adopt, origins } = designAdoption(ROOT, host([file('/srv/bot/x.db'), file('/srv/bot/data/bots.db')]), {
      ...stack,
      database: { kind: 'none' },
    });
    expect(adopt).toEqual({ sqlite: { app: 'data/bots.db' } });
    expect(origins).toEqual([
      ['adopt.sqlite.app', { source: 'host', text: 'in the repository' }],
      ['adopt.database', { source: 'default', text: 'none found' }],
    ]);
  });

  it('is the one that the running program uses, then the larger one, with its log counted', () => {
    const running = file('/opt/bots.db', { evidence: { where: '', what: 'in use', confidence: 'certain' } });
    const files = [file('/srv/bot/bots.db', { size: 9e9 }), running];
    expect(designAdoption(ROOT, host(files), stack).adopt?.sqlite.app).toBe('/opt/bots.db');
    const sizes = [
      file('/srv/bot/bots.db', { size: 5000 }),
      file('/srv/bot/target/release/bots.db', { unfolded: 1000 }),
    ];
    expect(designAdoption(ROOT, host(sizes), stack).adopt?.sqlite.app).toBe('target/release/bots.db');
  });

  it.each([
    ['one database volume', [volume('old_pg'), volume('old_cache', { holds: 'unknown' })], 'old_pg'],
    ['two: a person chooses', [volume('a_pg'), volume('b_pg')], undefined],
    ['only a name', [volume('old_pg', { evidence: { where: '', what: '', confidence: 'guess' } })], undefined],
  ])('is the volume where there is %s', (_, volumes, wanted) => {
    const { adopt } = designAdoption(ROOT, host([], volumes), { ...stack, database: DATABASE });
    expect(adopt?.database?.volume).toBe(wanted);
    expect(designAdoption(ROOT, host([], volumes), stack).adopt).toBeUndefined();
  });

  it('is nothing where nothing is there, or nobody looked', () => {
    expect(designAdoption(ROOT, host([]), stack).adopt).toBeUndefined();
    expect(designAdoption(ROOT, HOST, stack)).toEqual({ origins: [] });
  });

  it('is taken out again by null', () => {
    const proposed = { adopt: { sqlite: { app: 'bots.db' }, database: { volume: 'old_pg', baseline: null } } };
    expect(overlay(proposed, { adopt: { sqlite: { app: null }, database: null } })).toEqual({ adopt: { sqlite: {} } });
  });
});

describe('a stack that takes something over', () => {
  it.each([
    ['for a service without an SQLite database', { sqlite: { app: 'x.db' } }, {}, 'adopt.sqlite.app'],
    ['for a database that it has not', { database: { volume: 'x' } }, {}, 'adopt.database'],
    [
      'with a baseline that is none of its files',
      { database: { volume: 'x', baseline: 'z.sql' } },
      { database: DATABASE },
      'adopt.database.baseline',
    ],
  ])('is refused %s', (_, adopt, over, path) => {
    const errors = inspect(smallStack({ adopt, ...over })).filter(({ level }) => level === 'error');
    expect(errors.map((error) => error.path)).toEqual([path]);
  });

  it('says so in words, with the way to leave it out', () => {
    const adopt = { sqlite: { app: 'bots.db' }, database: { volume: 'old_pg', baseline: null } };
    expect(adoptionWords({ adopt })).toEqual([
      expect.stringMatching(/^bots\.db is copied when .* of app is made\. .*--set adopt\.sqlite\.app=null$/),
      expect.stringMatching(/^The volume old_pg is copied .*--set adopt\.database=null$/),
    ]);
    expect(adoptionWords({})).toEqual([]);
    expect(adoptableFiles(stack)).toEqual([{ service: 'app', file: 'bots.db' }]);
  });
});
