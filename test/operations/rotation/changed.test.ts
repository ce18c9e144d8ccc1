import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { render } from '../../../src/artifacts/render.ts';
import { writeArtifacts } from '../../../src/artifacts/write.ts';
import { previewRotation } from '../../../src/operations/rotation/preview.ts';
import { resumeRotation, type Wish } from '../../../src/operations/rotation/resume.ts';
import { startRotation } from '../../../src/operations/rotation/start.ts';
import type { RotationBench } from '../../../src/operations/rotation/types.ts';
import { Secret } from '../../../src/secret.ts';
import { freely, type Pass } from './engine.ts';
import { follow, type Manners, NEW, OLD, removeFolder, STACK, World } from './world.ts';

afterAll(removeFolder);

async function world(manners: Manners = {}): Promise<World> {
  const made = await World.make();
  made.manners = manners;
  onTestFinished(() => made.remove());
  return made;
}

const AGENT = 'HYPERLIQUID_API_WALLET_KEY';

/** Ends the process just after the nth effect of this label. */
function dieAfter(label: string, nth = 1): Pass {
  let seen = 0;
  let dead = false;
  return async (found, effect) => {
    if (dead) throw new Error('killed');
    if (found === label) seen += 1;
    const isIt = found === label && seen === nth;
    const result = await effect();
    if (!isIt) return result;
    dead = true;
    throw new Error('killed');
  };
}

async function killed(here: World, names: readonly string[], pass: Pass): Promise<void> {
  await expect(here.start(names, pass).then(follow)).rejects.toThrow('killed');
  here.engine.orphanLock();
}

const resumed = async (here: World, over: Partial<RotationBench> = {}, how: Wish = {}) =>
  follow(await resumeRotation(here.bench(freely, over), how));

const request = (values: Readonly<Record<string, string>>) => ({
  values: new Map(Object.entries(values).map(([name, text]) => [name, new Secret(text)])),
  ...{ expires: new Map(), compromised: false, acceptUnreadable: [] },
});

const trader = { who: 'algo-trade (process 4711)', stop: 'kill -TERM 4711', uncertain: false };

/** Everything that was never started by a rotation. */
const started = (here: World) => here.engine.log.filter((line) => line.startsWith('start '));

describe('what was never deployed', () => {
  it('is not started by a rotation: another mode, port or argument is for a deploy', async () => {
    const here = await world();
    here.engine.config.set('app', 'mode: live');
    const refused = {
      ...{ code: 'config-not-deployed', exitCode: 4 },
      message: expect.stringMatching(/^app would come back with settings/),
      next: ['Deploy it first: trading-setup deploy', expect.anything()],
    };
    await expect(here.start(['TOY_TOKEN'])).rejects.toMatchObject(refused);
    await expect(previewRotation(here.bench(freely), request({ TOY_TOKEN: 'x' }))).rejects.toMatchObject(refused);
    expect(here.engine.log).toEqual([]);
    expect(await here.unfinished()).toBeUndefined();
  });

  it('does not keep a secret of other services from being rotated', async () => {
    const here = await world();
    here.engine.config.set('app', 'mode: live');
    const { end } = await follow(await here.start(['DATABASE_PASSWORD']));
    expect(end.outcome, end.truth).toBe('done');
    expect(started(here)).toEqual(['start collect', 'start both']);
  });

  it.each([
    ['settings', 'config-not-deployed', (here: World) => void here.engine.config.set('both', 'mode: live')],
    ['another image', 'image-newer', (here: World) => void Object.assign(here.engine, { image: 'sha256:newer' })],
  ])('is not started by the next run either: %s', async (_, code, change) => {
    const here = await world();
    // One of the two readers has been recreated.
    await killed(here, ['TOY_TOKEN'], dieAfter('compose up', 4));
    const before = await here.unfinished();
    change(here);
    here.engine.log.length = 0;
    for (const undo of [false, true])
      await expect(resumed(here, {}, { undo })).rejects.toMatchObject({
        ...{ code, exitCode: 4 },
        next: expect.arrayContaining(['Stop the stack: trading-setup down']),
      });
    expect(here.engine.log).toEqual([]);
    expect(await here.unfinished()).toEqual(before);
    here.engine.down();
    const { end } = await resumed(here);
    expect(end.outcome, end.truth).toBe('done');
    expect(here.engine.log).toEqual([]);
    expect((await here.store(freely).get('TOY_TOKEN'))?.reveal()).toBe(NEW.TOY_TOKEN);
    expect(here.engine.file('app', 'env/TOY_TOKEN')).toBe(NEW.TOY_TOKEN);
  });

  it('is stopped by a person where it was taken out of the stack, and then passed over', async () => {
    const here = await world();
    await killed(here, ['TOY_TOKEN'], dieAfter('compose up', 4));
    const { both: _, ...services } = STACK.services;
    const stack = { ...STACK, services };
    const dir = mkdtempSync(join(tmpdir(), 'rotation-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    await writeArtifacts(dir, render(stack));
    cpSync(join(here.bench(freely).dir, '.env'), join(dir, '.env'));
    here.engine.removed.add('both');
    await expect(resumed(here, { stack, dir })).rejects.toMatchObject({ code: 'config-not-deployed' });
    here.engine.down();
    const { end } = await resumed(here, { stack, dir });
    expect(end.outcome, end.truth).toBe('done');
    expect(here.engine.file('app', 'env/TOY_TOKEN')).toBe(NEW.TOY_TOKEN);
    expect(here.engine.log).toEqual([]);
  });

  it('goes on where nothing but the revisions has changed', async () => {
    const here = await world();
    await killed(here, ['TOY_TOKEN'], dieAfter('compose up', 4));
    const { end } = await resumed(here);
    expect(end.outcome, end.truth).toBe('done');
    expect(await here.faults(['TOY_TOKEN'], NEW)).toEqual([]);
  });
});

describe('after a stack was taken down, the next run', () => {
  it.each([
    ['forward', {}, NEW],
    ['back', { undo: true }, OLD],
  ])('goes %s, starts the database alone, and no trader', async (_, how, values) => {
    const here = await world();
    await killed(here, ['DATABASE_PASSWORD', 'TOY_TOKEN'], dieAfter('compose up', 5));
    here.engine.down();
    const { end } = await resumed(here, { whoTrades: async () => [trader] }, how);
    expect(end.outcome, end.truth).toBe('done');
    expect(here.engine.log).toEqual(['start database']);
    expect(here.engine.takes('trader', values.DATABASE_PASSWORD ?? '')).toBe(true);
    expect(here.engine.file('app', 'env/TOY_TOKEN')).toBe(values.TOY_TOKEN);
  });

  it('starts no database for a key that no database knows', async () => {
    const here = await world();
    await killed(here, ['TOY_TOKEN'], dieAfter('compose up', 4));
    here.engine.down();
    await resumed(here);
    expect(here.engine.log).toEqual([]);
  });

  it('starts the database before readers that were stopped with it', async () => {
    const here = await world();
    await killed(here, ['DATABASE_PASSWORD'], dieAfter('compose up', 2));
    for (const container of here.engine.containers) container.state = 'exited';
    here.engine.log.length = 0;
    const { end } = await resumed(here);
    expect(end.outcome, end.truth).toBe('done');
    expect(started(here)).toEqual(['start database', 'start collect', 'start both']);
  });
});

describe('beside another trader', () => {
  const over = { whoTrades: async () => [trader] };

  it('the next run starts nothing that does not run, and says how to go on', async () => {
    const here = await world({ manual: 'later' });
    await follow(await here.start([AGENT]));
    expect(here.engine.of('app')?.state).toBe('exited');
    const before = await here.unfinished();
    await expect(resumed(here, over)).rejects.toMatchObject({
      ...{ code: 'trader-running', exitCode: 4 },
      next: ['Stop it: kill -TERM 4711', expect.stringContaining('trading-setup down, then')],
    });
    expect(started(here)).toEqual([]);
    expect(await here.unfinished()).toEqual(before);
  });

  it('what was stopped for a person is not started again: it may have been hours', async () => {
    const here = await world();
    const given = request({ [AGENT]: NEW[AGENT] ?? '' });
    const { end } = await follow(await startRotation(here.bench(freely, over), given));
    expect(end.outcome).toBe('failed');
    expect(here.engine.log).toEqual(['stop app']);
  });

  it('what runs is recreated: it is no second one', async () => {
    const here = await world();
    const given = request({ TOY_TOKEN: NEW.TOY_TOKEN ?? '' });
    const { end } = await follow(await startRotation(here.bench(freely, over), given));
    expect(end.outcome, end.truth).toBe('done');
  });

  it('the answer of a person counts as well', async () => {
    const here = await world({ manual: 'later' });
    await follow(await here.start([AGENT]));
    const stack = { ...STACK, account: { onlyTrader: false } };
    await expect(resumed(here, { stack })).rejects.toMatchObject({ code: 'other-trader' });
    expect(started(here)).toEqual([]);
  });
});

describe('the rules for a value', () => {
  const WITHDRAWS = `0x${'11'.repeat(32)}`;
  const ACCOUNT = '0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A';
  const stack = {
    ...STACK,
    secrets: {
      ...STACK.secrets,
      entries: {
        ...STACK.secrets.entries,
        HYPERLIQUID_ACCOUNT_ADDRESS: { required: true, format: 'any', about: 'x', kind: 'entered' } as const,
      },
    },
  };

  it('hold where no provider is asked: a key that can withdraw is never used', async () => {
    const here = await world();
    await here.store(freely).set('HYPERLIQUID_ACCOUNT_ADDRESS', new Secret(ACCOUNT));
    const bench = here.bench(freely, { stack, check: async () => undefined });
    await expect(startRotation(bench, request({ [AGENT]: WITHDRAWS }))).rejects.toMatchObject({
      ...{ code: 'secret-refused', exitCode: 2 },
      message: expect.not.stringContaining(WITHDRAWS),
    });
    expect(await here.unfinished()).toBeUndefined();
  });

  it('hold for another value that is given to an unfinished rotation', async () => {
    const here = await world({ manual: 'later' });
    await follow(await here.start([AGENT]));
    await here.store(freely).set('HYPERLIQUID_ACCOUNT_ADDRESS', new Secret(ACCOUNT));
    const before = await here.unfinished();
    const values = new Map([[AGENT, new Secret(WITHDRAWS)]]);
    await expect(resumed(here, { stack }, { values })).rejects.toMatchObject({ code: 'secret-refused', exitCode: 2 });
    expect(await here.unfinished()).toEqual(before);
  });

  it('hold for what no file and no variable can carry', async () => {
    const here = await world();
    for (const text of ['two\nlines', 'half a pair \ud800', 'a\0b'])
      await expect(startRotation(here.bench(freely), request({ TOY_TOKEN: text }))).rejects.toMatchObject({
        code: 'secret-value-invalid',
      });
  });
});

describe('a name that only this stack makes a provider’s', () => {
  it('is rotated as that provider has it, from the journal to what is left for a person', async () => {
    const { rotated } = await import('../../../src/operations/rotation/begin.ts');
    const entries = { APP_KEY: { required: true, format: 'any', about: 'x', kind: 'entered' } as const };
    const schwab = { ...STACK, name: 'schwab-bot', secrets: { ...STACK.secrets, entries } };
    const here = await world();
    const store = here.store(freely);
    await store.set('APP_KEY', new Secret('old-app-key'));
    const given = request({ APP_KEY: 'new-app-key' });
    expect(await rotated(schwab, 'APP_KEY', given, store, new Map())).toMatchObject({ kind: 'credential' });
    expect(await rotated({ ...schwab, name: 'toy' }, 'APP_KEY', given, store, new Map())).toMatchObject({
      kind: 'generic',
    });
  });
});

describe('a reader that is crash-looping', () => {
  it('is one that runs: it is recreated with the new value', async () => {
    const here = await world();
    const app = here.engine.of('app');
    if (app) Object.assign(app, { state: 'restarting', healthy: false });
    const { end } = await follow(await here.start(['TOY_TOKEN']));
    expect(end.outcome, end.truth).toBe('done');
    expect(here.engine.log.slice(0, 2)).toEqual(['stop app', 'start app']);
    expect(await here.faults(['TOY_TOKEN'], NEW)).toEqual([]);
  });
});
