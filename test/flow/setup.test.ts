import { beforeAll, describe, expect, it, vi } from 'vitest';
import { certain } from '../../src/detect/belief.ts';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { parseSets } from '../../src/flow/answers.ts';
import { createSetup, type Setup, type SetupInput } from '../../src/flow/setup.ts';
import type { ReviewLine } from '../../src/flow/types.ts';
import { Secret } from '../../src/secret.ts';
import { designed, factsOf, HOST, SUFFIX, smallStack, WRITTEN_BY } from '../stack/stacks.ts';
import { setsOf } from './shell.ts';

let sample: RepoFacts;
beforeAll(async () => {
  sample = await factsOf('templates/sample');
});

function input(over: Partial<SetupInput> = {}): SetupInput {
  return {
    facts: sample,
    host: HOST,
    answers: {},
    flags: {},
    suffix: SUFFIX,
    writtenBy: WRITTEN_BY,
    interactive: true,
    kept: new Set(),
    disk: new Map(),
    ...over,
  };
}

function lines(setup: Setup): readonly ReviewLine[] {
  return setup.getState().sections.flatMap((section) => section.lines);
}

function line(setup: Setup, path: string): ReviewLine {
  return lines(setup).find((each) => each.path === path) ?? expect.fail(`no line ${path}`);
}

describe('the store of a setup', () => {
  it('starts with the designed stack, every file to be created', () => {
    const setup = createSetup(input());
    expect(setup.stack()).toEqual({
      ...designed(sample),
      secrets: { ...designed(sample).secrets, unlock: 'passphrase' },
    });
    expect(setup.getState().files.every(({ action }) => action === 'create')).toBe(true);
    // Without questions nobody could type a passphrase, and a key file would be the default.
    expect(setup.getState().equivalent).toBe('npx trading-setup init --yes --set secrets.unlock=passphrase');
  });

  it('has no line twice and each line under the words of a person', () => {
    const all = lines(createSetup(input()));
    expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
    for (const { title, help, value, path } of all) {
      expect(`${title}${help}${value}`, path).not.toMatch(/undefined|\[object/);
      expect(title, path).not.toBe('');
    }
  });

  it('does not ask again for an optional secret that an earlier run left out', () => {
    const saved = createSetup(input()).stack();
    const optional = Object.entries(saved.secrets.entries).filter(([, { required }]) => !required);
    expect(optional.length).toBeGreaterThan(0);
    const setup = createSetup(input({ saved }));
    for (const [name] of optional) {
      expect(line(setup, `secrets.${name}`)).toMatchObject({ value: 'left out', state: 'answered' });
    }
  });

  it('tells a change to everybody who listens, until they leave', () => {
    const setup = createSetup(input());
    const listener = vi.fn();
    const leave = setup.subscribe(listener);
    expect(setup.change('ports.tui', '7700')).toBeUndefined();
    leave();
    setup.change('ports.tui', '7701');
    expect(listener).toHaveBeenCalledTimes(1);
    expect(line(setup, 'ports.tui')).toMatchObject({ value: '7701', origin: { source: 'typed' } });
  });

  it('takes changes back one by one, secrets too', () => {
    const setup = createSetup(input());
    const start = setup.getState();
    setup.change('name', 'desk');
    setup.skipSecret('HYPERLIQUID_API_WALLET_KEY');
    expect(setup.undo()).toBe(true);
    expect(line(setup, 'secrets.HYPERLIQUID_API_WALLET_KEY').state).toBe('open');
    expect(line(setup, 'name').value).toBe('desk');
    expect(setup.undo()).toBe(true);
    expect(setup.getState()).toEqual(start);
    expect(setup.undo()).toBe(false);
  });

  it.each([
    ['mode', 'demo', /paper/],
    ['ports.tui', 'abc', /number|NaN/i],
    ['ports.tui', '80x', /^expected a number, got text$/],
    ['ports.tui', '', /^expected a number, got text$/],
    ['services.app.health', 'tcp 80x', /expected a number, got text/],
    ['ports.tui', '0', /1 or more/],
    ['ports.tui', '8080', /same port/],
    ['ports.bind', 'here', /./],
    ['services.app.health', 'http 8080', /./],
    ['services.app.health', 'dance', /./],
    ['services.app.stopGrace', '30', /seconds or minutes/],
    ['database.image', 'timescaledb:latest/x', /exact tag/],
    ['database.memory', 'lots', /./],
    ['build.rustImage', 'rust', /exact tag/],
    ['nothing.there', 'x', /there is no nothing\.there/],
  ])('refuses %s = %s in words and changes nothing', (path, text, problem) => {
    const setup = createSetup(input());
    const before = setup.getState();
    expect(setup.change(path, text)).toMatch(problem);
    expect(setup.getState()).toEqual(before);
    expect(setup.undo(), 'nothing to take back').toBe(false);
  });

  it('names who holds a port, unless it is this very stack', () => {
    const held = (stack?: string) => ({
      ...HOST,
      holders: [{ port: 7700, who: 'container web-1', ...(stack ? { stack } : {}) }],
    });
    expect(createSetup(input({ host: held() })).change('ports.tui', '7700')).toBe(
      '7700 is used by container web-1; next free: 7701',
    );
    const own = createSetup(input({ host: held(`algo-trade-${SUFFIX}`) }));
    expect(own.change('ports.tui', '7700')).toBeUndefined();
  });

  it('changes a health check from one kind to another and back', () => {
    const setup = createSetup(input());
    for (const text of ['tcp 8080', 'process 20', 'http 8080 /api/bots']) {
      expect(setup.change('services.app.health', text), text).toBeUndefined();
    }
    expect(setup.stack().services.app?.health).toEqual({ kind: 'http', port: 8080, path: '/api/bots' });
  });

  it('changes the way to the terminal and back', () => {
    const setup = createSetup(input());
    expect(setup.change('tui', 'exec')).toBeUndefined();
    expect(lines(setup).some(({ path }) => path === 'ports.tui')).toBe(false);
    expect(setup.change('tui', 'browser')).toBeUndefined();
    expect(setup.stack().tui).toEqual(designed(sample).tui);
  });

  it('gives a command that makes the same stack', () => {
    const setup = createSetup(input({ answers: { services: { collect: null } }, flags: { ports: { tui: 7700 } } }));
    setup.change('tui', 'exec');
    setup.change('services.app.args', 'run --fast');
    setup.change('services.app.health', 'process 20');
    setup.change('build.locked', 'true');
    setup.change('secrets.gateUser', 'ops');
    const again = createSetup(input({ flags: parseSets(setsOf(setup.getState().equivalent)) }));
    expect(again.stack()).toEqual(setup.stack());
  });

  it('says which layer a value is from, the strongest first', () => {
    const setup = createSetup(input({ answers: { name: 'a', ports: { tui: 7690 } }, flags: { name: 'b' } }));
    expect(line(setup, 'name')).toMatchObject({ value: 'b', origin: { source: 'flag', text: '--set' } });
    expect(line(setup, 'ports.tui').origin.source).toBe('answers');
    expect(line(setup, 'services.app.args').origin.source).toBe('detected');
    expect(line(setup, 'database.memory').origin.source).toBe('host');
    setup.change('name', 'c');
    expect(line(setup, 'name').origin.source).toBe('typed');
  });

  it('lets saved decisions beat what is detected', () => {
    const setup = createSetup(
      input({ saved: smallStack({ name: 'mine' }), flags: { ports: { api: { host: 9000 } } } }),
    );
    expect(setup.stack()).toEqual(smallStack({ name: 'mine', ports: { api: { host: 9000 } } }));
    expect(line(setup, 'name').origin.source).toBe('saved');
  });

  it.each([
    ['flags', { flags: { colour: 'red' } }],
    ['answers', { answers: { ports: { tui: 'x' } } }],
  ])('refuses wrong %s before anything is drawn', (_, over) => {
    expect(() => createSetup(input(over))).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('a secret in the store', () => {
  const KEY = 'HYPERLIQUID_API_WALLET_KEY';
  const RIGHT = `0x${'ab'.repeat(32)}`;

  it('is checked at once, and a wrong one is never repeated', () => {
    const setup = createSetup(input());
    const wrong = `0x${'cd'.repeat(20)}`;
    const problem = setup.enterSecret(KEY, new Secret(wrong));
    expect(problem).toMatch(/40 digits after 0x, like an address/);
    expect(problem).not.toContain('cdcd');
    expect(setup.entered().size).toBe(0);
    expect(line(setup, `secrets.${KEY}`)).toMatchObject({ state: 'open', value: '' });
  });

  it.each([
    ['two lines', 'abc\ndef', /more than one line/],
    ['a NUL', 'abc\0def', /NUL/],
    ['nothing', '', /empty/],
  ])('is refused as everywhere: %s', (_, value, problem) => {
    const setup = createSetup(input());
    expect(setup.enterSecret('GATE_PASSWORD', new Secret(value))).toMatch(problem);
    expect(setup.entered().size).toBe(0);
  });

  it('loses the line end that a paste brings', () => {
    const setup = createSetup(input());
    expect(setup.enterSecret(KEY, new Secret(`${RIGHT}\n`))).toBeUndefined();
    expect(setup.entered().get(KEY)?.reveal()).toBe(RIGHT);
  });

  describe('that could withdraw', () => {
    // The address of this key.
    const KEY_OF_ACCOUNT = `0x${'1'.padStart(64, '0')}`;
    const ACCOUNT = '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf';
    const ADDRESS = 'HYPERLIQUID_ACCOUNT_ADDRESS';

    it('is refused while it is typed, and when it is entered', async () => {
      const setup = createSetup(input());
      expect(setup.enterSecret(ADDRESS, new Secret(ACCOUNT))).toBeUndefined();
      const check = await setup.check(`secrets.${KEY}`, KEY_OF_ACCOUNT);
      expect(check).toMatchObject({ level: 'bad', text: expect.stringContaining('can withdraw') });
      expect(setup.enterSecret(KEY, new Secret(KEY_OF_ACCOUNT))).toContain('can withdraw');
      expect([...setup.entered().keys()]).toEqual([ADDRESS]);
    });

    it('is refused in the other order as well', async () => {
      const setup = createSetup(input());
      await setup.check(`secrets.${KEY}`, KEY_OF_ACCOUNT);
      expect(setup.enterSecret(KEY, new Secret(KEY_OF_ACCOUNT))).toBeUndefined();
      expect(setup.enterSecret(ADDRESS, new Secret(ACCOUNT))).toContain('could withdraw');
    });
  });

  it('is entered, and nothing that is shown contains it', () => {
    const setup = createSetup(input());
    expect(setup.enterSecret(KEY, new Secret(RIGHT))).toBeUndefined();
    expect(setup.entered().get(KEY)?.reveal()).toBe(RIGHT);
    expect(line(setup, `secrets.${KEY}`)).toMatchObject({ state: 'answered', value: 'entered' });
    expect(JSON.stringify(setup.getState())).not.toContain('abab');
    expect(JSON.stringify(setup.stack())).not.toContain('abab');
  });

  it('is skipped, which is an answer and not a value', () => {
    const setup = createSetup(input());
    const open = setup.getState().open;
    setup.skipSecret(KEY);
    expect(line(setup, `secrets.${KEY}`)).toMatchObject({ state: 'answered', value: 'skipped' });
    expect(setup.getState().open).toBe(open - 1);
    expect(setup.entered().size).toBe(0);
  });

  it.each([
    ['kept', KEY, new Set([KEY])],
    ['will be generated', 'GATE_PASSWORD', new Set<string>()],
  ])('is not asked for when it is %s', (value, name, kept) => {
    expect(line(createSetup(input({ kept })), `secrets.${name}`)).toMatchObject({ state: 'answered', value });
  });
});

describe('the mode', () => {
  const live = () => ({
    ...sample,
    endpoints: [
      {
        url: 'https://api.hyperliquid.xyz',
        testnet: false,
        by: 'config' as const,
        ...certain({ file: 'src/venue.rs', line: 7 }),
      },
    ],
  });

  it('is not paper because somebody says so', () => {
    const flags = parseSets(['mode=paper']);
    expect(() => createSetup(input({ facts: live(), flags }))).toThrow(
      expect.objectContaining({ code: 'mode-contradiction', exitCode: 2 }),
    );
    const setup = createSetup(input({ facts: live() }));
    expect(setup.change('mode', 'paper')).toContain('no test network');
  });

  it('that was saved as paper does not outlive its evidence', () => {
    const saved = { ...designed(sample), mode: 'paper' as const };
    expect(createSetup(input({ saved })).stack().mode).toBe('paper');
    expect(createSetup(input({ facts: live(), saved })).stack().mode).toBe('live');
  });

  it('that was saved as live stays', () => {
    expect(createSetup(input({ saved: { ...designed(sample), mode: 'live' } })).stack().mode).toBe('live');
  });
});

describe('a saved stack whose program is gone', () => {
  const renamed = (): RepoFacts => ({
    ...sample,
    binaries: sample.binaries.map((binary) => ({ ...binary, bin: 'moon' })),
    services: sample.services.map((service) => ({ ...service, binary: 'moon' })),
    subcommands: sample.subcommands.map((subcommand) => ({ ...subcommand, binary: 'moon' })),
    env: sample.env.map((variable) => ({ ...variable, readBy: ['moon'] })),
  });

  it('is asked which one runs now, is not written before, and what is built follows', () => {
    const saved = createSetup(input()).stack();
    const setup = createSetup(input({ saved, facts: renamed() }));
    expect(setup.stack().services).toEqual(saved.services);
    const asked = line(setup, 'services.app.binary');
    expect(asked).toMatchObject({ state: 'open', value: expect.stringContaining('(gone)') });
    expect(asked.input).toMatchObject({ kind: 'choice', options: [{ value: 'moon' }] });
    expect(setup.differences().some(({ blocks }) => blocks)).toBe(true);
    for (const path of lines(setup).filter(({ path: each, state }) => state === 'open' && /binary$/.test(each)))
      expect(setup.change(path.path, 'moon')).toBeUndefined();
    expect(line(setup, 'services.app.binary')).toMatchObject({ state: 'answered', value: 'moon' });
    expect(setup.stack().build.binaries.map(({ bin }) => bin)).toEqual(['moon']);
    expect(setup.differences().filter(({ blocks }) => blocks)).toEqual([]);
    expect(setup.getState().equivalent).toContain('--set services.app.binary=moon');
    expect(setup.undo()).toBe(true);
  });

  it('says in the review what is different and where it was read', () => {
    const saved = createSetup(input()).stack();
    const setup = createSetup(input({ saved, facts: renamed() }));
    const notes = setup.getState().sections.flatMap((section) => section.notes);
    expect(notes).toContainEqual(
      expect.stringMatching(/no binary .* any more; likely it is moon now \(.+:\d+\)\. Take it over/),
    );
    expect(createSetup(input({ saved })).differences()).toEqual([]);
  });
});
