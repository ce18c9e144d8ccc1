import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { draftFile } from '../../src/flow/draft-file.ts';
import { createSetup, type Setup, type SetupInput } from '../../src/flow/setup.ts';
import { Secret } from '../../src/secret.ts';
import { factsOf, HOST, SUFFIX, WRITTEN_BY } from '../stack/stacks.ts';

const KEY = 'HYPERLIQUID_API_WALLET_KEY';
const ADDRESS = 'HYPERLIQUID_ACCOUNT_ADDRESS';
const VALUE = `0x${'ab'.repeat(32)}`;
const HOUR = 3_600_000;

let sample: RepoFacts;
beforeAll(async () => {
  sample = await factsOf('templates/sample');
});

function setupOf(over: Partial<SetupInput> = {}): Setup {
  return createSetup({
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
  });
}

function place(): string {
  const dir = mkdtempSync(join(tmpdir(), 'draft-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'state', 'drafts', 'one.json');
}

/** A run that did something and then was killed: only the file is left of it. */
async function killed(path: string, act: (setup: Setup) => void, at = 0, over: Partial<SetupInput> = {}) {
  const setup = setupOf(over);
  const file = draftFile(path, () => at);
  await file.follow(setup);
  act(setup);
  await file.settled();
  return setup;
}

async function next(path: string, over: Partial<SetupInput> = {}, at = HOUR) {
  const setup = setupOf(over);
  const file = draftFile(path, () => at);
  await file.follow(setup);
  onTestFinished(async () => void (await file.settled()));
  return { setup, file };
}

const lineOf = (setup: Setup, path: string) =>
  setup
    .getState()
    .sections.flatMap(({ lines }) => lines)
    .find((line) => line.path === path);

const act = (setup: Setup): void => {
  setup.change('ports.tui', '7700');
  setup.change('services.app.args', 'run --fast');
  setup.enterSecret(KEY, new Secret(VALUE));
  setup.skipSecret(ADDRESS);
  setup.decide('Dockerfile', 'keep');
  setup.visit('Ports/ports.tui');
};

describe('a draft', () => {
  it('goes on with everything that was done, with its age and where the cursor was', async () => {
    const path = place();
    const before = await killed(path, act);
    const { setup } = await next(path);
    expect(setup.stack()).toEqual(before.stack());
    expect(setup.getState().resumed).toEqual({ answers: 5, ageMs: HOUR, place: 'Ports/ports.tui' });
    expect(lineOf(setup, `secrets.${ADDRESS}`)?.value).toBe('skipped');
  });

  it('holds no value of a secret, which is asked for again and says so', async () => {
    const path = place();
    await killed(path, act);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(KEY);
    expect(text).not.toContain('abab');
    const { setup } = await next(path);
    expect(setup.entered().size).toBe(0);
    expect(lineOf(setup, `secrets.${KEY}`)).toMatchObject({
      state: 'open',
      value: '',
      origin: { text: 'enter it again' },
      help: expect.stringContaining('no draft keeps a value'),
    });
  });

  it('never holds a secret that was typed into a line for something else', async () => {
    const path = place();
    await killed(path, (setup) => {
      expect(setup.change('services.app.args', `run --key ${VALUE}`)).toMatch(/is a secret/);
      setup.change('name', 'desk');
    });
    expect(readFileSync(path, 'utf8')).not.toContain('abab');
  });

  it('is for its owner only', async () => {
    const path = place();
    await killed(path, act);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  it('is not there before anything was answered, and gone when everything was taken back', async () => {
    const path = place();
    await killed(path, (setup) => setup.visit('Ports/ports.tui'));
    expect(existsSync(path)).toBe(false);
    await killed(path, (setup) => {
      setup.change('name', 'desk');
      setup.undo();
    });
    expect(existsSync(path)).toBe(false);
  });

  it('is gone when the files are written', async () => {
    const path = place();
    await killed(path, act);
    const { file } = await next(path);
    await file.drop();
    expect(existsSync(path)).toBe(false);
  });

  it('is forgotten by starting afresh, which can be taken back', async () => {
    const path = place();
    await killed(path, act);
    const { setup, file } = await next(path);
    setup.startAfresh();
    await file.settled();
    expect(setup.getState().resumed).toBeUndefined();
    expect(setup.stack()).toEqual(setupOf().stack());
    expect(existsSync(path)).toBe(false);
    setup.undo();
    expect(setup.stack().ports.tui).toBe(7700);
    expect(setup.getState().resumed?.answers).toBe(5);
  });

  it('yields to flags and answers of this run, which are newer', async () => {
    const path = place();
    await killed(path, act);
    const { setup } = await next(path, { flags: { ports: { tui: 7800 } } });
    expect(setup.stack().ports.tui).toBe(7800);
    expect(lineOf(setup, 'ports.tui')?.origin.source).toBe('flag');
    expect(setup.stack().services.app?.args).toEqual(['run', '--fast']);
  });

  it('keeps for the next run what flags of this one stand in for', async () => {
    const path = place();
    await killed(path, act);
    await killed(path, (setup) => setup.change('name', 'desk'), 0, { flags: { ports: { tui: 7800 } } });
    const { setup } = await next(path);
    expect(setup.stack()).toMatchObject({ name: 'desk', ports: { tui: 7700 } });
  });

  it('yields to what was written since, and keeps what was not', async () => {
    const path = place();
    const saved = setupOf().stack();
    const files = (text: string) => ({ disk: new Map([['Dockerfile', { current: text, base: undefined }]]) });
    await killed(path, act, 0, { saved, ...files('FROM one') });
    const newer = { ...saved, ports: { ...saved.ports, tui: 9001 } };
    const { setup } = await next(path, { saved: newer, ...files('FROM two') });
    expect(setup.stack().ports.tui).toBe(9001);
    expect(setup.stack().services.app?.args).toEqual(['run', '--fast']);
    expect(setup.getState().dropped).toBe(
      'Left out of your draft: ports.tui (trading-setup.yaml says something newer), Dockerfile (the file has changed since). Answer anew what you still want.',
    );
    expect(setup.getState().resumed?.answers).toBe(3);
    expect(setup.getState().files.find((file) => file.path === 'Dockerfile')?.decided).toBeUndefined();
  });

  it('yields to the first stack that was written since', async () => {
    const path = place();
    await killed(path, act);
    const { setup } = await next(path, { saved: setupOf().stack() });
    expect(setup.stack().ports.tui).not.toBe(7700);
  });

  it('never answers whether nothing else trades on the account', async () => {
    const path = place();
    const saved = setupOf({ flags: { account: { onlyTrader: false } } }).stack();
    await killed(path, (setup) => setup.change('account.onlyTrader', 'true'), 0, { saved });
    expect(existsSync(path)).toBe(false);
    await killed(path, act, 0, { saved });
    const stored = JSON.parse(readFileSync(path, 'utf8'));
    stored.draft.typed.account = { onlyTrader: true };
    stored.draft.over.values['account.onlyTrader'] = createHash('sha256').update('false').digest('hex').slice(0, 16);
    writeFileSync(path, JSON.stringify(stored));
    const { setup } = await next(path, { saved });
    expect(setup.stack().account?.onlyTrader).toBe(false);
  });

  it.each([
    ['another version wrote it', JSON.stringify({ savedAt: 0, draft: { version: 99 } }), /another version/],
    ['it is damaged', '{"savedAt": 1, "dra', /cannot be read/],
    ['it is empty', '', /cannot be read/],
  ])('is left out with a sentence where %s', async (_, text, sentence) => {
    const path = place();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    const { setup } = await next(path);
    expect(setup.getState().dropped).toMatch(sentence);
    expect(setup.getState().resumed).toBeUndefined();
    expect(setup.stack()).toEqual(setupOf().stack());
    setup.visit('Ports/ports.tui');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(readFileSync(path, 'utf8')).toBe(text);
    setup.change('name', 'desk');
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toContain('desk'));
  });

  it('is left out only as far as it no longer fits the repository', async () => {
    const path = place();
    await killed(path, (setup) => {
      setup.change('services.collect.args', 'collect --all');
      setup.change('ports.tui', '7700');
    });
    const before = readFileSync(path, 'utf8');
    const gone = { ...sample, services: sample.services.filter(({ name }) => name !== 'collect') };
    const { setup } = await next(path, { facts: { ...gone, subcommands: [] } });
    expect(setup.getState().dropped).toContain('services.collect.args (no longer fits)');
    expect(setup.stack().ports.tui).toBe(7700);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(readFileSync(path, 'utf8')).toBe(before);
    await killed(path, (one) => one.skipSecret(ADDRESS));
    const less = { ...sample, env: sample.env.filter(({ name }) => name !== ADDRESS) };
    const other = await next(path, { facts: less });
    expect(other.setup.getState().dropped).toContain(`${ADDRESS} (the program no longer reads it)`);
  });

  it('that cannot be kept is no reason to stop, and is said once', async () => {
    const path = place();
    mkdirSync(dirname(dirname(path)), { recursive: true });
    writeFileSync(dirname(path), 'a file in the place of the folder');
    const setup = await killed(path, (one) => {
      one.change('name', 'desk');
      one.change('name', 'desk2');
    });
    expect(setup.stack().name).toBe('desk2');
    expect(setup.getState().dropped).toMatch(/cannot be kept.*write the files in this run/);
    setup.startAfresh();
    expect(setup.getState().unkept).toBe(true);
  });

  it('stays away when a look at ports ends after the files were written', async () => {
    const path = place();
    let seen: (found: ReadonlyMap<number, string>) => void = () => {};
    const { setup, file } = await next(path, { look: () => new Promise((resolve) => (seen = resolve)) });
    setup.change('ports.tui', '7700');
    await file.settled();
    await file.drop();
    seen(new Map([[7700, 'nginx']]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(existsSync(path)).toBe(false);
  });

  it('clears away what a run that was killed while writing left', async () => {
    const path = place();
    mkdirSync(dirname(path), { recursive: true });
    // No process has that id.
    writeFileSync(`${path}.4194305.new`, '{"sav');
    await next(path);
    expect(readdirSync(dirname(path))).toEqual([]);
  });
});
