import { describe, expect, it, vi } from 'vitest';
import { inkFace } from '../../src/ui/ink/face.tsx';
import { askByLines } from '../../src/ui/plain/ask-lines.ts';
import { plainFace } from '../../src/ui/plain/face.ts';
import type { Looks } from '../../src/ui/terminal.ts';
import { ALL, NEW_KEY, NOW, OLD_VALUES, rotatable, rotation } from '../flow/rotation/sample.ts';
import { FakeTerminal, KEY } from './support/terminal.ts';

const WALLET = 'HYPERLIQUID_API_WALLET_KEY';
const APPROVED = {
  level: 'good',
  text: '0x5aae…beaed is an approved API wallet of this account, until 2027-02-01',
} as const;

function terminal(columns = 80, rows = 24, looks?: Looks): FakeTerminal {
  const fake = new FakeTerminal(columns, rows, looks);
  fake.now = NOW;
  return fake;
}

describe.each([
  [80, 24],
  [120, 40],
])('on a full screen of %d columns', (columns, rows) => {
  it('lists, has a value entered, shows the plan, and agrees by a typed word', async () => {
    const fake = terminal(columns, rows);
    const store = rotation({}, { check: async () => APPROVED });
    const face = inkFace(fake.terminal);
    const first = face.rotate(store);
    expect(await fake.sees('Which secrets')).toMatchSnapshot('the list');
    fake.type(KEY.down, ' ', 'c');
    expect(await fake.sees('never put back')).toMatchSnapshot('one chosen, leaked');
    fake.type('c', KEY.enter);
    expect(await first).toBe('unlock');
    store.unlocked(OLD_VALUES);
    const second = face.rotate(store);
    expect(await fake.sees('New value of')).toMatchSnapshot('a value is asked for');
    fake.type('0x22');
    expect(await fake.sees('2 digits')).toMatchSnapshot('typed, not finished');
    fake.type(KEY.ctrlU, `\u001B[200~${NEW_KEY}\u001B[201~`);
    expect(await fake.sees('approved API wallet')).toMatchSnapshot('the provider answers');
    fake.type(KEY.enter);
    expect(await fake.sees('Type REPLACE')).toMatchSnapshot('the plan');
    fake.type('yes', KEY.enter);
    expect(await fake.sees('to go on; esc goes back')).toMatchSnapshot('another word');
    fake.type(KEY.ctrlU, 'REPLACE', KEY.enter);
    expect(await second).toBe('agreed');
    expect(fake.written).not.toContain(NEW_KEY);
    expect(store.agreed().values.get(WALLET)?.reveal()).toBe(NEW_KEY);
  });
});

it('draws in ASCII without colour', async () => {
  const fake = terminal(80, 24, { unicode: false, colour: false });
  const answer = inkFace(fake.terminal).rotate(rotation());
  const screen = await fake.sees('Which secrets');
  expect(screen).toMatchSnapshot();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII
  expect(screen.replace(/[\x00-\x7F]/g, '')).toBe('');
  fake.type(KEY.ctrlC);
  expect(await answer).toBe('quit');
});

it('keeps what was chosen over a resize', async () => {
  const fake = terminal();
  const answer = inkFace(fake.terminal).rotate(rotation());
  await fake.sees('Which secrets');
  fake.type(KEY.down, ' ');
  await fake.sees('▸ ● HYPERLIQUID');
  fake.resize(120, 40);
  await fake.sees('▸ ● HYPERLIQUID');
  fake.type(KEY.escape);
  expect(await answer).toBe('quit');
});

it.each([
  ['the list', 'Which secrets', () => rotation()],
  ['an entry', 'New value of', () => unlocked(['TOY_TOKEN'])],
  ['the plan', 'Rotate now in toy', () => unlocked(['GATE_PASSWORD'])],
])('is left by Ctrl-C from %s', async (_, text, make) => {
  const fake = terminal();
  const store = make();
  const answer = inkFace(fake.terminal).rotate(store);
  await fake.sees(text);
  fake.type(KEY.ctrlC);
  expect(await answer).toBe('quit');
  expect(store.getState().stage).not.toBe('agreed');
  await vi.waitFor(() => expect(fake.alternate).toBe(false));
});

function unlocked(names: readonly string[], over: Parameters<typeof rotation>[0] = {}) {
  const store = rotation({ names, ...over });
  store.unlocked(OLD_VALUES);
  return store;
}

it('agrees by y where everything can go back, and not by Enter', async () => {
  const fake = terminal();
  const store = unlocked(['GATE_PASSWORD']);
  const answer = inkFace(fake.terminal).rotate(store);
  expect(await fake.sees('Rotate now in toy')).toMatchSnapshot();
  fake.type(KEY.enter, 'y');
  expect(await answer).toBe('agreed');
});

it('goes back from the plan to the entry, and from there to the list', async () => {
  const fake = terminal();
  const store = unlocked(['TOY_TOKEN']);
  const answer = inkFace(fake.terminal).rotate(store);
  await fake.sees('New value of');
  fake.type('another-token', KEY.enter);
  await fake.sees('Rotate now');
  fake.type(KEY.escape);
  await fake.sees('New value of');
  fake.type(KEY.escape);
  await fake.sees('Which secrets');
  fake.type(KEY.escape);
  expect(await answer).toBe('quit');
});

it('takes the line under the cursor where nothing is chosen', async () => {
  const fake = terminal();
  const store = rotation();
  const answer = inkFace(fake.terminal).rotate(store);
  await fake.sees('Which secrets');
  fake.type(KEY.down, KEY.enter);
  expect(await answer).toBe('unlock');
  expect(store.getState().rows.flatMap(({ name, chosen }) => (chosen ? [name] : []))).toEqual([WALLET]);
});

it('shows every name whole on a narrow screen', async () => {
  const fake = terminal(60, 24);
  const answer = inkFace(fake.terminal).rotate(rotation());
  const screen = await fake.sees('Which secrets');
  for (const name of ALL) expect(screen).toMatch(new RegExp(`[○●] ${name}( |$)`, 'm'));
  fake.type(KEY.escape);
  expect(await answer).toBe('quit');
});

it('says over the list that the old values are leaked', async () => {
  const fake = terminal();
  const answer = inkFace(fake.terminal).rotate(rotation());
  await fake.sees('all leaked');
  fake.type('c');
  await fake.sees('The old values are leaked.');
  fake.type(KEY.escape);
  expect(await answer).toBe('quit');
});

it('shows an empty field where a value is typed unseen', async () => {
  const fake = terminal();
  const answer = inkFace(fake.terminal).askSecret('Passphrase of the vault');
  await fake.sees('type or paste it, it is not shown');
  fake.type('x');
  await fake.sees('•');
  expect(fake.screen()).not.toContain('it is not shown');
  fake.type(KEY.enter);
  await answer;
});

it('breaks what a choice is made by between its words', async () => {
  const fake = terminal();
  const truth = `HYPERLIQUID_API_WALLET_KEY:\n  collect runs with the old one and scheduled-backtest with the new one, ${'and so on '.repeat(3)}to the end`;
  const answer = inkFace(fake.terminal).choose('How?', [{ value: 'leave', label: 'Leave it' }], truth);
  await fake.sees('to the end');
  fake.type(KEY.escape);
  expect(await answer).toBeUndefined();
});

describe('line by line', () => {
  it('asks the same in sentences', async () => {
    const fake = terminal(100, 200);
    const face = plainFace(fake.terminal, { spin: false }, askByLines(fake.terminal));
    const store = rotation({ stack: rotatable() }, { check: async () => APPROVED });
    const first = face.rotate(store);
    await fake.sees('Number, 1 to 8');
    fake.type('2\n');
    await vi.waitFor(() => expect(store.getState().rows[1]?.chosen).toBe(true));
    await fake.sees('[x] HYPERLIQUID');
    await again(fake, 'Number, 1 to 8', 2);
    fake.type('7\n');
    expect(await first).toBe('unlock');
    store.unlocked(OLD_VALUES);
    const second = face.rotate(store);
    await fake.sees('not shown');
    fake.type(`${NEW_KEY}\n`);
    await fake.sees('Type REPLACE');
    fake.type('REPLACE\n');
    expect(await second).toBe('agreed');
    expect(fake.text()).toMatchSnapshot();
    expect(fake.written).not.toContain(NEW_KEY);
  });

  it('is left at any question', async () => {
    const fake = terminal(100, 60);
    const face = plainFace(fake.terminal, { spin: false }, askByLines(fake.terminal));
    const answer = face.rotate(unlocked(['TOY_TOKEN']));
    await fake.sees('not shown');
    fake.type(KEY.ctrlC);
    expect(await answer).toBe('quit');
  });
});

async function again(fake: FakeTerminal, text: string, times: number): Promise<void> {
  await vi.waitFor(() => expect(fake.text().split(text).length - 1).toBe(times));
}
