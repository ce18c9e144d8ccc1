import { beforeAll, describe, expect, it, vi } from 'vitest';
import { certain } from '../../src/detect/belief.ts';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { parseSets } from '../../src/flow/answers.ts';
import { decidedBy, parseOnConflict } from '../../src/flow/decide.ts';
import { addressCheck } from '../../src/flow/forms.ts';
import { createSetup, type Setup, type SetupInput } from '../../src/flow/setup.ts';
import type { HostFacts } from '../../src/host/facts.ts';
import { Secret } from '../../src/secret.ts';
import { factsOf, HOST, SUFFIX, WRITTEN_BY } from '../stack/stacks.ts';

const KEY = 'HYPERLIQUID_API_WALLET_KEY';
let sample: RepoFacts;
beforeAll(async () => {
  sample = await factsOf('templates/sample');
});

function setupOf(over: Partial<SetupInput> = {}): Setup {
  return setupWithoutDisk({ disk: new Map(), ...over });
}

function setupWithoutDisk(over: Partial<SetupInput>): Setup {
  return createSetup({
    facts: sample,
    host: HOST,
    answers: {},
    flags: {},
    suffix: SUFFIX,
    writtenBy: WRITTEN_BY,
    interactive: true,
    kept: new Set(),
    ...over,
  });
}

const held = (...ports: readonly number[]): HostFacts => ({
  ...HOST,
  holders: ports.map((port) => ({ port, who: `nginx (pid ${port})` })),
});
const PENDING: HostFacts = { ...HOST, pending: true };

const lineOf = (setup: Setup, path: string) =>
  setup
    .getState()
    .sections.flatMap(({ lines }) => lines)
    .find((line) => line.path === path) ?? expect.fail(`no line ${path}`);

const isSettled = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe('a machine that is looked at late', () => {
  it('is waited for, and its ports say so meanwhile', async () => {
    const setup = setupOf({ host: PENDING });
    expect(await isSettled(setup.observed)).toBe(false);
    expect(lineOf(setup, 'ports.tui').check).toEqual({ level: 'looking', text: 'looking' });
    expect(setup.getState().machine.map(({ check }) => check.level)).toEqual(['looking', 'looking']);
    setup.observe(held());
    expect(await isSettled(setup.observed)).toBe(true);
    expect(lineOf(setup, 'ports.tui').check).toEqual({ level: 'good', text: 'free' });
  });

  it('changes what nobody typed, and leaves what was typed with a word on it', () => {
    const setup = setupOf({ host: PENDING });
    setup.change('ports.api.host', '9000');
    setup.observe(held(7681, 9000));
    expect(lineOf(setup, 'ports.tui')).toMatchObject({
      value: '7682',
      origin: { source: 'host', text: '7681 is used by nginx (pid 7681)' },
      check: { level: 'good' },
    });
    expect(lineOf(setup, 'ports.api.host')).toMatchObject({
      value: '9000',
      check: { level: 'bad', text: 'used by nginx (pid 9000)', advice: 'next free: 9001' },
    });
  });

  it('tells everybody who listens', () => {
    const setup = setupOf({ host: PENDING });
    const listener = vi.fn();
    setup.subscribe(listener);
    setup.observe(held());
    expect(listener).toHaveBeenCalled();
  });

  it('may bring files and kept secrets before everything else is seen', async () => {
    const setup = setupWithoutDisk({ host: PENDING });
    expect(setup.getState().files).toEqual([]);
    setup.observe(PENDING, { disk: new Map(), kept: new Set([KEY]) });
    expect(setup.getState().files.length).toBeGreaterThan(5);
    expect(lineOf(setup, `secrets.${KEY}`).value).toBe('kept');
    expect(await isSettled(setup.observed)).toBe(false);
  });

  it('that is known from the start is not waited for', async () => {
    expect(await isSettled(setupOf().observed)).toBe(true);
  });

  it('moves a port around one that was typed', () => {
    const setup = setupOf({ host: PENDING });
    setup.change('ports.tui', '8081');
    setup.observe(held(8080));
    expect(setup.stack().ports).toMatchObject({ tui: 8081, api: { host: 8082 } });
  });
});

describe('a check', () => {
  it('says what the engine, the disk and the keychain say', () => {
    const host: HostFacts = {
      ...HOST,
      freeBytes: 4e9,
      engineProblem: 'No Docker engine answers.',
      keychain: { available: true, why: 'the keychain answers' },
    };
    expect(setupOf({ host }).getState().machine).toEqual([
      { title: 'Engine', check: expect.objectContaining({ level: 'warn', text: 'No Docker engine answers' }) },
      { title: 'Disk', check: expect.objectContaining({ level: 'bad', text: '4.0 GB free' }) },
      { title: 'Keychain', check: { level: 'good', text: 'the keychain answers' } },
    ]);
  });

  it.each([
    ['ports.tui', '7700', { level: 'bad', text: 'used by nginx (pid 7700)', advice: 'next free: 7701' }],
    ['ports.tui', '7701', { level: 'good', text: 'free' }],
    ['ports.tui', '8080', { level: 'bad', text: 'the web API has the same port' }],
    ['ports.tui', 'x', { level: 'bad' }],
    ['ports.bind', '0.0.0.0', { level: 'warn', text: 'others can reach it' }],
    ['database.image', 'timescale/timescaledb', { level: 'bad' }],
    ['database.memory', '64GB', { level: 'bad', text: 'more than there is', advice: 'the machine has 16 GB' }],
    ['services.app.args', `--key 0x${'ab'.repeat(32)}`, { level: 'bad', text: expect.stringContaining('is a secret') }],
    [`secrets.${KEY}`, '0x12', { level: 'warn', text: expect.stringContaining('2 digits after 0x') }],
    [`secrets.${KEY}`, `0x${'cd'.repeat(32)}`, { level: 'good' }],
  ])('of %s = %s while it is typed says %j and changes nothing', async (path, text, said) => {
    const setup = setupOf({ host: held(7700) });
    const before = setup.getState();
    const check = await setup.check(path, text);
    expect(check).toMatchObject(said);
    expect(JSON.stringify(check)).not.toMatch(/abab|cdcd/);
    expect(setup.getState()).toBe(before);
  });

  it.each([
    ['name', 'desk'],
    ['ports.tui', ''],
    ['nothing.there', 'x'],
    ['secrets.NOT_THERE', 'x'],
  ])('of %s = %j has nothing to say', async (path, text) => {
    expect(await setupOf().check(path, text)).toBeUndefined();
  });

  it('looks at a port that nobody had in mind, once', async () => {
    const look = vi.fn(
      async (ports: readonly number[]) => new Map(ports.includes(9000) ? [[9000, 'web (pid 3)']] : []),
    );
    const setup = setupOf({ look });
    expect(await setup.check('ports.tui', '9000')).toEqual({
      level: 'bad',
      text: 'used by web (pid 3)',
      advice: 'next free: 9001',
    });
    await setup.check('ports.tui', '9000');
    expect(look).toHaveBeenCalledTimes(1);
    expect(setup.change('ports.tui', '9000')).toBe('9000 is used by web (pid 3); next free: 9001');
  });

  it('of a look that fails says nothing and stops nobody', async () => {
    const setup = setupOf({ look: async () => Promise.reject(new Error('no /proc')) });
    expect(await setup.check('ports.tui', '9000')).toEqual({ level: 'good', text: 'free' });
    expect(setup.change('ports.tui', '9000')).toBeUndefined();
  });
});

describe('the way back', () => {
  it('goes forth again, until something else is done', () => {
    const setup = setupOf();
    setup.change('name', 'a');
    setup.change('name', 'b');
    setup.undo();
    expect(setup.redo()).toBe(true);
    expect(lineOf(setup, 'name').value).toBe('b');
    setup.undo();
    setup.change('name', 'c');
    expect(setup.redo()).toBe(false);
    expect(lineOf(setup, 'name').value).toBe('c');
  });

  it('sets one line back and leaves the others', () => {
    const setup = setupOf();
    setup.change('ports.tui', '7700');
    setup.change('ports.api.host', '9000');
    setup.skipSecret(KEY);
    expect(setup.reset('ports.tui')).toBeUndefined();
    expect(lineOf(setup, 'ports.tui')).toMatchObject({ value: '7681', origin: { source: 'default' } });
    expect(lineOf(setup, 'ports.api.host').value).toBe('9000');
    expect(setup.reset(`secrets.${KEY}`)).toBeUndefined();
    expect(lineOf(setup, `secrets.${KEY}`).state).toBe('open');
    expect(setup.reset('ports.tui')).toBe('Nothing was changed here.');
    setup.undo();
    expect(lineOf(setup, `secrets.${KEY}`).value).toBe('skipped');
  });
});

describe('a conflict', () => {
  const disk = new Map([
    ['Dockerfile', { current: 'FROM mine\n', base: undefined }],
    ['.dockerignore', { current: 'mine\n', base: undefined }],
  ]);
  const decidedIn = (setup: Setup) =>
    setup.getState().files.flatMap(({ path, decided }) => (decided ? [[path, decided]] : []));

  it('is decided in the review, and the command says it', () => {
    const setup = setupOf({ disk });
    expect(decidedIn(setup)).toEqual([]);
    setup.decide('Dockerfile', 'keep');
    // An ignore file of ours goes beside a Dockerfile that stays.
    expect(decidedIn(setup)).toEqual([
      ['Dockerfile', 'keep'],
      ['.dockerignore', 'keep'],
    ]);
    expect(setup.getState().equivalent).toContain('--on-conflict Dockerfile=keep --on-conflict .dockerignore=keep');
    setup.undo();
    expect(decidedIn(setup)).toEqual([]);
  });

  it('is decided by flags where the person says nothing', () => {
    const setup = setupOf({ disk });
    setup.heed(decidedBy(parseOnConflict(['replace'])));
    setup.decide('Dockerfile', 'keep');
    expect(decidedIn(setup)).toEqual([
      ['Dockerfile', 'keep'],
      ['.dockerignore', 'replace'],
    ]);
    setup.reset('Dockerfile');
    expect(decidedIn(setup)[0]).toEqual(['Dockerfile', 'replace']);
  });
});

describe('the mode', () => {
  it('is proven by evidence, and by a person', () => {
    expect(setupOf().getState()).toMatchObject({ mode: 'paper', proven: true });
    const unknown = { ...sample, endpoints: [], switches: [] };
    expect(setupOf({ facts: unknown }).getState()).toMatchObject({ mode: 'live', proven: false });
    expect(setupOf({ facts: unknown, flags: { mode: 'live' } }).getState()).toMatchObject({
      mode: 'live',
      proven: true,
    });
    const chosen = setupOf({ flags: { mode: 'live' } }).getState();
    expect(chosen).toMatchObject({ mode: 'live', proven: true });
    expect(chosen.modeReason).toMatch(/^LIVE was chosen; by itself it would be PAPER: /);
  });

  it('that is LIVE asks what else trades, among what is open', () => {
    const live = {
      ...sample,
      endpoints: [
        {
          url: 'https://api.hyperliquid.xyz',
          testnet: false,
          by: 'config' as const,
          ...certain({ file: 'src/venue.rs', line: 7 }),
        },
      ],
    };
    expect(lineOf(setupOf({ facts: live }), 'account.onlyTrader').state).toBe('open');
  });
});

describe('an address of a venue', () => {
  const URL_PATH = 'services.app.environment.HYPERLIQUID_API_URL';

  it('is a line of the service that reads it, and by itself the one of the program', () => {
    const setup = setupOf();
    expect(lineOf(setup, URL_PATH)).toMatchObject({
      title: 'HYPERLIQUID_API_URL',
      value: "the program's own",
      edit: '',
    });
    const paths = setup.getState().sections.flatMap(({ lines }) => lines.map(({ path }) => path));
    expect(paths.filter((path) => path.includes('.environment.'))).toEqual([
      URL_PATH,
      'services.app.environment.HYPERLIQUID_WS_URL',
    ]);
  });

  it.each([
    ['api.hyperliquid.xyz', 'bad', 'is no URL'],
    ['ftp://api.hyperliquid.xyz', 'bad', 'is no address of a venue'],
    ['http://api.hyperliquid-testnet.xyz', 'warn', 'not encrypted'],
    ['https://api.hyperliquid-testnet.xyz', 'good', 'encrypted'],
    ['http://localhost:3001', 'good', 'stays on this machine'],
  ])('is looked at while it is typed: %s is %s', async (text, level, said) => {
    const setup = setupOf();
    expect(await setup.check(URL_PATH, text)).toMatchObject({ level, text: expect.stringContaining(said) });
    const problem = setup.change(URL_PATH, text);
    if (level === 'bad') expect(problem).toContain(said);
    else expect(problem).toBeUndefined();
  });

  it.each([
    ['https://api.hyperliquid-testnet.xyz', 'paper', true],
    ['https://api.hyperliquid.xyz', 'live', true],
    ['wss://nodes.someone.net/ws', 'live', false],
    ['HTTPS://api.hyperliquid.xyz', 'live', true],
    ['http://localhost:3001', 'live', false],
  ])('that is told decides the mode: %s is %s, proven: %s', (url, mode, proven) => {
    const setup = setupOf();
    expect(setup.change(URL_PATH, url)).toBeUndefined();
    expect(setup.getState()).toMatchObject({ mode, proven });
    expect(setupOf({ saved: setup.stack() }).getState()).toMatchObject({ mode });
  });

  it('that contradicts what was said is refused in words, while it is typed and when it is given', async () => {
    const live = 'https://api.hyperliquid.xyz';
    const setup = setupOf({ flags: parseSets(['mode=paper']) });
    const before = setup.getState();
    const problem = setup.change(URL_PATH, live);
    expect(problem).toMatch(/The mode cannot be paper: .*\. Choose LIVE as the mode first\./);
    expect(await setup.check(URL_PATH, live)).toEqual({ level: 'bad', text: problem });
    expect(setup.getState()).toEqual(before);
    expect(setup.change('mode', 'live')).toBeUndefined();
    expect(setup.change(URL_PATH, live)).toBeUndefined();
    expect(setup.change('mode', 'paper')).toContain('no test network');
    expect(setup.reset('mode')).toContain('no test network');
    expect(setup.getState().mode).toBe('live');
  });

  it('on another network than the rest of its venue is refused in words', async () => {
    const live = 'https://api.hyperliquid.xyz';
    const [found] = sample.endpoints;
    if (!found) return expect.fail('the sample names an endpoint');
    const endpoints = [...sample.endpoints, { ...found, url: live, testnet: false, by: 'code' as const }];
    const setup = setupOf({ facts: { ...sample, endpoints } });
    const before = setup.getState();
    expect(setup.change(URL_PATH, live)).toMatch(/two worlds\..*--set/);
    expect(await setup.check(URL_PATH, live)).toMatchObject({
      level: 'bad',
      text: expect.stringContaining('two worlds'),
    });
    expect(setup.getState()).toEqual(before);
  });

  it.each([
    `https://mainnet.infura.io/v3/${'9aa3d95b'.repeat(4)}`,
    'wss://eth-sepolia.g.alchemy.com/v2/kXtBl52Dd_aB-9qWcLmP_0dZyVwXuTsR',
    'https://api.venue.com/v1?apikey=letmein',
    'https://me:letmein@api.venue.com',
  ])('that holds a key is refused: it would stand in files and commands', async (url) => {
    const setup = setupOf();
    const problem = setup.change(URL_PATH, url);
    expect(problem).toMatch(/is a secret.*trading-setup secrets set/);
    expect(problem).not.toMatch(/9aa3d95b|kXtBl52|letmein/);
    expect(await setup.check(URL_PATH, url)).toMatchObject({ level: 'bad' });
    expect(() => parseSets([`${URL_PATH}=${url}`])).toThrow(expect.objectContaining({ code: 'secret-in-answers' }));
    expect(addressCheck(url)).toMatchObject({ level: 'bad', text: expect.stringMatching(/^holds a/) });
  });

  it('is the one of the program again when it is emptied', () => {
    const setup = setupOf();
    setup.change(URL_PATH, 'https://api.hyperliquid-testnet.xyz');
    expect(setup.change(URL_PATH, '')).toBeUndefined();
    expect(setup.stack()).toEqual(setupOf().stack());
  });
});

describe('what is shown', () => {
  it('makes no difference of a file before somebody looks', () => {
    const setup = setupOf();
    setup.enterSecret(KEY, new Secret(`0x${'ab'.repeat(32)}`));
    const [file] = setup.getState().files;
    expect(file && Object.getOwnPropertyDescriptor(file, 'diff')?.get).toBeTypeOf('function');
    expect(file?.diff).toContain('@@');
    expect(file?.diff).toBe(file?.diff);
  });

  it('sums up every section in words of the trade', () => {
    for (const { title, summary = '' } of setupOf().getState().sections) {
      expect(summary, title).not.toMatch(/undefined|\[object|, ,|^$/);
    }
  });

  it('has the gravest notes first', () => {
    for (const { notes, grave = 0 } of setupOf().getState().sections) expect(grave).toBeLessThanOrEqual(notes.length);
    const { sections } = setupOf({ flags: { ports: { bind: '0.0.0.0' } } }).getState();
    const ports = sections.find(({ title }) => title === 'Ports');
    expect(ports?.notes[0]).toContain('can be reached from other machines');
    expect(ports?.notes.at(-1)).toContain('goes through the login');
  });
});
