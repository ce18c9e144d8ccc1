import { describe, expect, it, vi } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { Secret } from '../../../src/secret.ts';
import type { Verdict } from '../../../src/secrets/check/verdict.ts';
import { kept, NEW_KEY, OLD_KEY, OLD_VALUES, rotatable, rotation } from './sample.ts';

const KEY = 'HYPERLIQUID_API_WALLET_KEY';
const GOOD: Verdict = { level: 'good', text: '0xabc is approved', expires: '2027-02-01T00:00:00Z' };

describe('the list', () => {
  it('has every secret with a value, what it is, who reads it, and whether its old value can come back', () => {
    const { rows } = rotation().getState();
    expect(rows.map(({ name, kind, readers, back, source }) => [name, kind, readers.join(' '), back, source])).toEqual([
      ['TOY_TOKEN', 'secret', 'app', 'until-revoked', 'entered'],
      [KEY, 'Hyperliquid credential', 'app', 'never', 'entered'],
      ['ENCRYPTION_KEY', 'encryption key', 'app', 'always', 'made'],
      ['DATABASE_PASSWORD', 'database role', 'migrate', 'always', 'made'],
      ['GATE_PASSWORD', 'login of the gate', 'gate', 'always', 'made'],
    ]);
  });

  it('leaves out what has no value', () => {
    expect(
      rotation({ kept: kept('TOY_TOKEN') })
        .getState()
        .rows.map(({ name }) => name),
    ).toEqual(['TOY_TOKEN']);
  });

  it('goes on with a choice only, and has the store opened then', () => {
    const store = rotation();
    store.choose();
    expect(store.getState()).toMatchObject({ stage: 'choose', problem: 'Nothing is chosen.' });
    store.toggle('GATE_PASSWORD');
    store.choose();
    expect(store.getState()).toMatchObject({ stage: 'unlock', problem: '' });
  });

  it('is skipped where names were given', () => {
    expect(rotation({ names: ['TOY_TOKEN'] }).getState().stage).toBe('unlock');
  });
});

describe('a value that is made here', () => {
  it('needs nothing of a person: after the choice comes the plan', async () => {
    const store = rotation({ names: ['GATE_PASSWORD', 'DATABASE_PASSWORD'] });
    store.unlocked(new Map());
    await vi.waitFor(() => expect(store.getState().stage).toBe('plan'));
    const { plan, word } = store.getState();
    expect(plan).toMatchObject({ recreated: ['app'], untouched: ['database', 'migrate', 'tui', 'gate'] });
    expect(plan?.interruption).toContain('app may take 30s to stop');
    expect(plan?.after).toEqual([expect.stringContaining('Log in again in open browsers')]);
    expect(word).toBeUndefined();
    expect(store.agree('')).toBe(true);
    expect([...store.agreed().values.keys()]).toEqual(['DATABASE_PASSWORD', 'GATE_PASSWORD']);
  });
});

describe('a value that is entered', () => {
  async function entering(check: () => Promise<Verdict | undefined> = async () => GOOD, judge = () => undefined) {
    const store = rotation({ names: [KEY] }, { check: vi.fn(check), judge });
    store.unlocked(OLD_VALUES);
    expect(store.getState()).toMatchObject({ stage: 'enter', entering: { name: KEY, at: 1, of: 1, state: 'open' } });
    return store;
  }

  it('is judged by its form while it is typed, without a word against it', async () => {
    const store = await entering();
    store.look('0x22', false);
    expect(store.getState().entering).toMatchObject({ state: 'open', said: expect.stringContaining('2 digits') });
  });

  it('is shown to the provider when it is pasted, and taken with Enter', async () => {
    const store = await entering();
    store.look(NEW_KEY, true);
    await vi.waitFor(() =>
      expect(store.getState().entering).toMatchObject({ state: 'good', said: '0xabc is approved' }),
    );
    await store.enter(new Secret(NEW_KEY));
    await vi.waitFor(() => expect(store.getState().stage).toBe('plan'));
    expect(store.getState().word).toBe('REPLACE');
    expect(store.getState().plan?.warnings).toEqual([expect.stringContaining('never comes back')]);
    expect(store.agree('replace')).toBe(false);
    expect(store.getState().problem).toContain('Type REPLACE');
    expect(store.agree('REPLACE')).toBe(true);
    const agreed = store.agreed();
    expect(agreed.values.get(KEY)?.reveal()).toBe(NEW_KEY);
    expect(agreed.expires.get(KEY)).toBe(GOOD.expires);
  });

  it.each([
    ['of the wrong form', '0x22', 'digits after 0x'],
    ['that is in force already', OLD_KEY, 'in force already'],
    ['that is empty', '', 'is empty'],
    ['of two lines', `${NEW_KEY}\n${NEW_KEY}`, 'more than one line'],
  ])('is refused: one %s', async (_, value, said) => {
    const check = vi.fn(async () => GOOD);
    const store = await entering(check);
    await store.enter(new Secret(value));
    expect(store.getState()).toMatchObject({ stage: 'enter', entering: { state: 'bad' } });
    expect(store.getState().entering?.said).toContain(said);
    expect(check).not.toHaveBeenCalled();
  });

  it('is kept as one that comes from a file is: without the line end at its end', async () => {
    const store = await entering();
    await store.enter(new Secret(`${NEW_KEY}\r\n`));
    await vi.waitFor(() => expect(store.getState().stage).toBe('plan'));
    store.agree('REPLACE');
    expect(store.agreed().values.get(KEY)?.reveal()).toBe(NEW_KEY);
  });

  it('is refused where the provider, or a rule, says no', async () => {
    const refused = await entering(async () => ({ level: 'bad', text: 'It can withdraw.' }));
    await refused.enter(new Secret(NEW_KEY));
    expect(refused.getState().entering).toMatchObject({ state: 'bad', said: 'It can withdraw.' });
    const ruled = rotation({ names: [KEY] }, { judge: () => 'it is the key of the account itself' });
    ruled.unlocked(OLD_VALUES);
    await ruled.enter(new Secret(NEW_KEY));
    expect(ruled.getState().entering).toMatchObject({ state: 'bad', said: 'it is the key of the account itself.' });
  });

  it.each(['unknown', 'waiting'] as const)('is taken by a second Enter where the provider says %s', async (level) => {
    const store = await entering(async () => ({ level, text: 'Nobody answered.' }));
    await store.enter(new Secret(NEW_KEY));
    expect(store.getState()).toMatchObject({ stage: 'enter', entering: { state: 'warned', said: 'Nobody answered.' } });
    await store.enter(new Secret(NEW_KEY));
    await vi.waitFor(() => expect(store.getState().stage).toBe('plan'));
  });

  it('does not take an answer to what was typed before', async () => {
    let answer: (verdict: Verdict) => void = () => undefined;
    const store = await entering(() => new Promise((resolve) => (answer = resolve)));
    const early = store.enter(new Secret(NEW_KEY));
    store.look('0x', false);
    answer(GOOD);
    await early;
    expect(store.getState()).toMatchObject({ stage: 'enter', entering: { state: 'open' } });
  });

  it('can be gone back to, as can the list', async () => {
    const store = rotation({ names: ['TOY_TOKEN', KEY] });
    store.unlocked(OLD_VALUES);
    await store.enter(new Secret('another-token'));
    await vi.waitFor(() => expect(store.getState().entering?.name).toBe(KEY));
    store.back();
    expect(store.getState().entering?.name).toBe('TOY_TOKEN');
    store.back();
    expect(store.getState().stage).toBe('choose');
  });
});

describe('what is asked for before it begins', () => {
  it('is LIVE where it trades with real money', async () => {
    const store = rotation({ stack: rotatable({ mode: 'live' }), names: ['GATE_PASSWORD'] });
    store.unlocked(new Map());
    await vi.waitFor(() => expect(store.getState().stage).toBe('plan'));
    expect(store.getState().word).toBe('LIVE');
  });

  it('is the name of a key without which data cannot be read, where nothing encrypts them again', async () => {
    const store = rotation({ names: ['ENCRYPTION_KEY'] });
    store.unlocked(new Map());
    await vi.waitFor(() => expect(store.getState().stage).toBe('plan'));
    expect(store.getState().word).toBe('ENCRYPTION_KEY');
    expect(store.agreed().acceptUnreadable).toEqual(['ENCRYPTION_KEY']);
  });

  it('is a word where the old values are in the wrong hands', async () => {
    const store = rotation({ names: ['GATE_PASSWORD'], compromised: true });
    store.unlocked(new Map());
    await vi.waitFor(() => expect(store.getState().stage).toBe('plan'));
    expect(store.getState()).toMatchObject({ word: 'REPLACE', compromised: true });
  });
});

it('says why there is no plan, and agrees to none', async () => {
  const refusal = new SetupError('needs-you', 'The image is newer.', { code: 'image-newer', next: ['Deploy first.'] });
  const store = rotation({ names: ['GATE_PASSWORD'] }, { preview: () => Promise.reject(refusal) });
  store.unlocked(new Map());
  await vi.waitFor(() => expect(store.getState().problem).toBe('The image is newer.\nDeploy first.'));
  expect(store.agree('')).toBe(false);
});
