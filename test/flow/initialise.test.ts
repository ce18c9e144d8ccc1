import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { finishSetup } from '../../src/flow/finish.ts';
import { prepareSetup, type SetupFlags } from '../../src/flow/initialise.ts';
import { refuseErrors } from '../../src/flow/refuse.ts';
import { findRepository, readStack, requireStack } from '../../src/flow/repository.ts';
import { unpackSample } from '../../src/flow/sample.ts';
import type { HostFacts } from '../../src/host/facts.ts';
import { Secret } from '../../src/secret.ts';
import { memoryStore } from '../operations/engine.ts';
import { HOST, smallStack } from '../stack/stacks.ts';
import { setsOf } from './shell.ts';

function folder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'flow-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function rustFolder(): Promise<string> {
  const dir = folder();
  await mkdir(join(dir, 'src'));
  writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "bot"\nversion = "0.1.0"\n');
  writeFileSync(join(dir, 'src/main.rs'), 'fn main() { let _ = std::env::var("BOT_TOKEN"); }\n');
  return dir;
}

const AT_HAND = { ...HOST, pending: true } as const;
const PORTS = {
  version: '0.0.0-test',
  readRepository: (dir: string) => detect(dir),
  hostAtHand: AT_HAND,
  observeHost: async () => HOST,
  lookAtPorts: async () => new Map<number, string>(),
  namesKept: async () => ['BOT_TOKEN'],
};
/** The toy is LIVE: somebody has to have said that nothing else trades on its account. */
const ANSWERED = 'account.onlyTrader=true';
const prepare = (dir: string, over: Partial<SetupFlags> = {}) =>
  prepareSetup({ dir, sets: [ANSWERED], interactive: false, ...over }, PORTS);

describe('a setup', () => {
  it('writes nothing before it is finished, and then what it showed', async () => {
    const dir = await rustFolder();
    const before = readdirSync(dir).sort();
    const setup = await prepare(dir);
    expect(readdirSync(dir).sort()).toEqual(before);
    const { changes } = await finishSetup(dir, setup, async () => expect.fail('no secret was entered'));
    expect(changes.map(({ path, action }) => [path, action])).toEqual(
      setup.getState().files.map(({ path, action }) => [path, action]),
    );
    expect(await requireStack(dir)).toEqual(setup.stack());
  });

  it.each([
    ['by nobody', [], 4],
    ['that nothing does', [ANSWERED], undefined],
    ['that something does', ['account.onlyTrader=false'], undefined],
  ])('of a LIVE stack waits for the answer whether something else trades: answered %s', async (_, sets, exitCode) => {
    const dir = await rustFolder();
    const setup = await prepare(dir, { sets });
    const before = readdirSync(dir).sort();
    const error = await finishSetup(dir, setup, async () => memoryStore()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    // The other one is the secret.
    expect(setup.getState().open).toBe(exitCode === 4 ? 2 : 1);
    if (exitCode === undefined) return expect(error).toBeUndefined();
    expect(error).toMatchObject({
      code: 'unanswered',
      exitCode,
      message: expect.stringContaining('account.onlyTrader'),
      next: expect.arrayContaining([expect.stringContaining('--set account.onlyTrader=true')]),
    });
    expect(readdirSync(dir).sort()).toEqual(before);
  });

  it('keeps its id and its secrets when it is set up again', async () => {
    const dir = await rustFolder();
    const first = await prepare(dir);
    await finishSetup(dir, first, async () => memoryStore());
    const again = await prepare(dir, { sets: ['name=renamed'] });
    expect(again.stack()).toEqual({ ...first.stack(), name: 'renamed' });
    const credential = again
      .getState()
      .sections.flatMap(({ lines }) => lines)
      .find(({ path }) => path === 'secrets.BOT_TOKEN');
    expect(credential?.value).toBe('kept');
  });

  it('stores what was entered after the files are written', async () => {
    const dir = await rustFolder();
    const setup = await prepare(dir);
    setup.enterSecret('BOT_TOKEN', new Secret('hunter2-hunter2'));
    const store = memoryStore();
    await finishSetup(dir, setup, async () => {
      expect(readdirSync(dir)).toContain('trading-setup.yaml');
      return store;
    });
    expect([...store.values.keys()]).toEqual(['BOT_TOKEN']);
    for (const path of readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((each) => /\.\w+$/.test(each))) {
      expect(readFileSync(join(dir, path), { encoding: 'utf8', flag: 'r' }), path).not.toContain('hunter2');
    }
  });

  it('writes nothing where an entered key could withdraw', async () => {
    const dir = join(folder(), 'sample');
    await unpackSample(dir);
    const setup = await prepare(dir);
    // Pasted: nobody looked while it was typed.
    setup.enterSecret('HYPERLIQUID_API_WALLET_KEY', new Secret(`0x${'1'.padStart(64, '0')}`));
    setup.enterSecret('HYPERLIQUID_ACCOUNT_ADDRESS', new Secret('0x7e5f4552091a69125d5dfcb7b8c2659029395bdf'));
    const before = readdirSync(dir);
    await expect(finishSetup(dir, setup, async () => expect.fail('nothing is stored'))).rejects.toMatchObject({
      kind: 'usage',
      code: 'secret-refused',
      message: expect.stringContaining('can withdraw'),
    });
    expect(readdirSync(dir)).toEqual(before);
  });

  it('replaces no file that has changed since it was decided to, and writes nothing then', async () => {
    const dir = await rustFolder();
    writeFileSync(join(dir, 'Dockerfile'), 'FROM theirs\n');
    const setup = await prepare(dir);
    setup.decide('Dockerfile', 'replace');
    writeFileSync(join(dir, 'Dockerfile'), 'FROM theirs:anew\n');
    const before = readdirSync(dir).sort();
    const finish = finishSetup(
      dir,
      setup,
      async () => memoryStore(),
      () => 'replace',
    );
    await expect(finish).rejects.toMatchObject({ code: 'file-changed', exitCode: 4 });
    expect(readdirSync(dir).sort()).toEqual(before);
    expect(readFileSync(join(dir, 'Dockerfile'), 'utf8')).toBe('FROM theirs:anew\n');
  });

  it('is not written with a port that was typed before it was seen that somebody has it', async () => {
    const dir = join(folder(), 'sample');
    await unpackSample(dir);
    let look: (host: HostFacts) => void = () => undefined;
    const looked = new Promise<HostFacts>((resolve) => {
      look = resolve;
    });
    const flags = { dir, sets: [], interactive: true };
    const setup = await prepareSetup(flags, { ...PORTS, observeHost: () => looked });
    const path = 'ports.tui';
    const lines = () => setup.getState().sections.flatMap((section) => section.lines);
    expect(setup.change(path, '7700')).toBeUndefined();
    look({ ...HOST, holders: [{ port: 7700, who: 'nginx (pid 812)' }] });
    await setup.observed;
    expect(lines().find((line) => line.path === path)).toMatchObject({
      state: 'invalid',
      problem: '7700 is used by nginx (pid 812); next free: 7701',
    });
    const finish = () => finishSetup(dir, setup, async () => memoryStore());
    await expect(finish()).rejects.toMatchObject({ code: 'answer-invalid', exitCode: 2 });
    setup.change(path, '7701');
    await finish();
  });

  it('takes answers from a file and lets --set beat them', async () => {
    const dir = await rustFolder();
    const answers = join(folder(), 'answers.yaml');
    writeFileSync(answers, 'name: from-file\nmode: live\n');
    const setup = await prepare(dir, { answers, sets: ['name=from-flag'] });
    expect(setup.stack()).toMatchObject({ name: 'from-flag', mode: 'live' });
  });

  it('takes answers from a file of an earlier version, and none of a later one', async () => {
    const dir = await rustFolder();
    const answers = join(folder(), 'answers.yaml');
    writeFileSync(answers, 'version: 1\nname: from-file\n');
    expect((await prepare(dir, { answers })).stack()).toMatchObject({ version: 2, name: 'from-file' });
    writeFileSync(answers, 'version: 3\nname: from-file\n');
    await expect(prepare(dir, { answers })).rejects.toMatchObject({ code: 'program-too-old', exitCode: 4 });
  });

  it('takes the settings of an instance with its name: as a flag, from a file, new or beside others', async () => {
    const dir = await rustFolder();
    const block = 'services.schwab.environment.DEPLOYMENT_BLOCK=5';
    const sets = [ANSWERED, 'instances=[schwab, alpaca]', block];
    const setup = await prepare(dir, { interactive: true, sets });
    expect(setup.stack().services.schwab?.environment.DEPLOYMENT_BLOCK).toBe('5');
    const again = await prepare(dir, { sets: setsOf(setup.getState().equivalent) });
    expect({ ...again.stack(), id: '' }).toEqual({ ...setup.stack(), id: '' });
    await finishSetup(dir, setup, async () => memoryStore());

    const answers = join(folder(), 'answers.yaml');
    writeFileSync(answers, 'services: { ibkr: { environment: { DEPLOYMENT_BLOCK: "7" } } }\n');
    const grown = await prepare(dir, { answers, sets: ['instances=[schwab, alpaca, ibkr]'] });
    expect(grown.stack().services.ibkr).toMatchObject({ binary: 'bot', environment: { DEPLOYMENT_BLOCK: '7' } });
    expect(grown.stack().services.alpaca?.environment).not.toHaveProperty('DEPLOYMENT_BLOCK');
  });

  it('refuses an instance that is called like the one-shot of another, before anything is drawn', async () => {
    const sets = [
      'instances=[app-migrate, app]',
      'services.app.data=/data',
      'services.app.environment.DATABASE_URL=sqlite:///data/bot.db?mode=rwc',
      'services.app.migrations={from: migrations, file: bot.db}',
    ];
    await expect(prepare(await rustFolder(), { sets })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('services.app-migrate: this name is taken'),
    });
  });

  it('warns where a program is told to listen elsewhere than where it is asked', async () => {
    const dir = await rustFolder();
    const health = 'services.app.health={kind: tcp, port: 8080}';
    const setup = await prepare(dir, { sets: [ANSWERED, health, 'services.app.environment.SERVER_PORT=9000'] });
    expect(setup.warnings()).toContainEqual(expect.stringMatching(/SERVER_PORT: .* 9000.*health\.port=9000$/));
  });

  it('refuses a misspelt path in --set, with the one that was meant', async () => {
    const wrong = prepare(await rustFolder(), { sets: ['services.app.envirnment.A=1'] });
    await expect(wrong).rejects.toMatchObject({
      exitCode: 2,
      message: '--set: services.app.envirnment: no such key; did you mean services.app.environment?',
    });
  });

  it.each([
    ['is not there', undefined, /cannot be read/],
    ['is no YAML', 'a: [', /./],
    ['is a list', '- a\n', /not a map/],
    [
      'holds a secret',
      'services: { app: { environment: { BOT_TOKEN: hunter2-hunter2 } } }',
      /BOT_TOKEN in .* is a secret/,
    ],
    ['has an unknown key', 'colour: red', /colour/],
    [
      'has a misspelt key',
      'name: bot\nports:\n  tuii: 1\n',
      /answers\.yaml:3:3: ports\.tuii: no such key; did you mean ports\.tui\?/,
    ],
    ['has a key twice', 'name: a\nname: b\n', /answers\.yaml:2:1: Map keys must be unique/],
    ['has aliases without end', 'name: &a [*a]\n', /answers\.yaml:1:\d+: aliases/],
  ])('refuses an answers file that %s', async (_, text, message) => {
    const dir = await rustFolder();
    const answers = join(folder(), 'answers.yaml');
    if (text !== undefined) writeFileSync(answers, text);
    const error = await prepare(dir, { answers }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(`${error} ${JSON.stringify(error)}`).toMatch(message);
    expect(`${error} ${JSON.stringify(error)}`).not.toContain('hunter2');
  });

  it('refuses a stack that contradicts itself, with the flag that mends it', () => {
    expect(() => refuseErrors(smallStack({ ports: { bind: '0.0.0.0' } }))).toThrow(
      expect.objectContaining({
        code: 'contradiction',
        exitCode: 2,
        next: [expect.stringContaining('--set ports.bind=')],
      }),
    );
  });
});

describe('the repository that is meant', () => {
  it.each([
    ['the nearest stack upwards', { 'trading-setup.yaml': '', 'a/Cargo.toml': '[package]' }, 'a/b', ''],
    ['the workspace above a package', { 'Cargo.toml': '[workspace]', 'a/Cargo.toml': '[package]' }, 'a/b', ''],
    ['the package where there is no workspace', { 'a/Cargo.toml': '[package]' }, 'a/b', 'a'],
    ['the current folder where there is nothing', {}, 'a/b', 'a/b'],
  ])('is %s', async (_, files, from, wanted) => {
    const dir = folder();
    await mkdir(join(dir, 'a/b'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    expect(await findRepository(undefined, join(dir, from))).toBe(join(dir, wanted));
  });

  it('is what --dir names, if it is a folder', async () => {
    const dir = folder();
    expect(await findRepository('.', dir)).toBe(dir);
    await expect(findRepository('missing', dir)).rejects.toMatchObject({ code: 'no-folder', exitCode: 2 });
  });

  it('says how to set it up when it is not', async () => {
    const dir = folder();
    expect(await readStack(dir)).toBeUndefined();
    await expect(requireStack(dir)).rejects.toMatchObject({ code: 'not-set-up', exitCode: 4 });
  });
});

describe('a setup whose machine is looked at later', () => {
  const busy = { ...HOST, holders: [{ port: 7681, who: 'nginx (pid 812)' }] };

  it('is handed out first, is what it would have been at once, and says when it is', async () => {
    const dir = join(folder(), 'sample');
    await unpackSample(dir);
    let look: (host: HostFacts) => void = () => undefined;
    const looked = new Promise<HostFacts>((resolve) => {
      look = resolve;
    });
    const flags = { dir, sets: [], interactive: true };
    const late = await prepareSetup(flags, { ...PORTS, observeHost: () => looked });
    expect(late.getState().machine.map(({ check }) => check.level)).toContain('looking');
    const seen = vi.fn();
    late.subscribe(seen);
    look(busy);
    await late.observed;
    expect(seen).toHaveBeenCalled();
    const atOnce = await prepareSetup(flags, { ...PORTS, hostAtHand: busy, observeHost: async () => busy });
    expect({ ...late.stack(), id: '' }).toEqual({ ...atOnce.stack(), id: '' });
    expect(late.stack().ports.tui).not.toBe(7681);
  });

  it('is not written where the look failed', async () => {
    const observeHost = () => Promise.reject(new TypeError('a bug'));
    const setup = await prepareSetup(
      { dir: await rustFolder(), sets: [], interactive: true },
      { ...PORTS, observeHost },
    );
    await expect(setup.observed).rejects.toThrow('a bug');
    const { machine, sections } = setup.getState();
    const checks = [...machine, ...sections.flatMap(({ lines }) => lines)].map(({ check }) => check?.level);
    expect(checks).not.toContain('looking');
    expect(machine[0]?.check.text).toContain('look at this machine failed');
  });

  it('fails as a whole where the repository could not be read, once', async () => {
    const broken = new TypeError('a detector threw');
    const ports = {
      ...PORTS,
      readRepository: () => Promise.reject(broken),
      observeHost: (_: unknown, handedOut: Promise<unknown>) => handedOut.then(() => HOST),
    };
    await expect(prepareSetup({ dir: folder(), sets: [], interactive: true }, ports)).rejects.toBe(broken);
  });
});

describe('the sample', () => {
  it('is unpacked once and used again', async () => {
    const dir = join(folder(), 'new');
    expect(await unpackSample(dir)).toBe('unpacked');
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(['.gitignore', 'Cargo.toml', 'Cargo.lock']));
    expect(await unpackSample(dir)).toBe('reused');
  });

  it('is whole after an unpacking that was interrupted', async () => {
    const parent = folder();
    const dir = join(parent, 'new');
    mkdirSync(join(parent, '.new.trading-setup-sample.new'));
    writeFileSync(join(parent, '.new.trading-setup-sample.new', 'half'), '');
    expect(await unpackSample(dir)).toBe('unpacked');
    expect(readdirSync(dir)).not.toContain('half');
    expect(readdirSync(parent)).toEqual(['new']);
  });

  it('goes into an empty folder, also after an interruption there', async () => {
    const dir = folder();
    mkdirSync(join(dir, '.trading-setup-sample.new'));
    writeFileSync(join(dir, '.trading-setup-sample.new', 'half'), '');
    expect(await unpackSample(dir)).toBe('unpacked');
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(['.gitignore', 'Cargo.toml', '.trading-setup-sample']));
    expect(readdirSync(dir)).not.toContain('.trading-setup-sample.new');
    expect(await unpackSample(dir)).toBe('reused');
  });

  it('never goes into a folder with something else in it', async () => {
    const dir = folder();
    writeFileSync(join(dir, 'mine'), '');
    await expect(unpackSample(dir)).rejects.toMatchObject({ code: 'sample-folder-taken', exitCode: 2 });
    expect(readdirSync(dir)).toEqual(['mine']);
  });
});
