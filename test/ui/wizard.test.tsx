import { afterEach, describe, expect, it, vi } from 'vitest';
import { inkFace } from '../../src/ui/ink/face.tsx';
import type { Looks } from '../../src/ui/terminal.ts';
import { FakeStore, withConflict } from './demo/fake-store.ts';
import { FakeTerminal, KEY } from './support/terminal.ts';

const WALLET = `0x${'ab'.repeat(32)}`;
const open: FakeTerminal[] = [];

function review(columns = 80, rows = 24, store = new FakeStore(), looks?: Looks) {
  const fake = new FakeTerminal(columns, rows, looks);
  open.push(fake);
  return { fake, store, answer: inkFace(fake.terminal).review(Promise.resolve(store)) };
}

afterEach(() => {
  for (const fake of open.splice(0)) fake.type(KEY.ctrlC);
});

describe.each([
  [80, 24],
  [100, 30],
  [120, 40],
  [200, 60],
])('at %d columns', (columns, rows) => {
  it('opens on the review, and shows each section with checks and origins', async () => {
    const { fake } = review(columns, rows);
    expect(await fake.sees('1 to decide')).toMatchSnapshot('review');
    fake.type(KEY.tab);
    expect(await fake.sees('▸ Services')).toMatchSnapshot('services');
    fake.type(KEY.tab);
    expect(await fake.sees('▸ Ports')).toMatchSnapshot('ports');
    fake.type('o');
    expect(await fake.sees('▸ HYPERLIQUID_API_WALLET_KEY')).toMatchSnapshot('secrets');
  });
  it('shows a choice, a text field and a masked field in their place', async () => {
    const { fake } = review(columns, rows);
    await fake.sees('1 to decide');
    fake.type(KEY.tab, KEY.end, KEY.enter);
    expect(await fake.sees('enter take')).toMatchSnapshot('choice');
    fake.type(KEY.escape);
    await fake.sees('enter change');
    fake.type(KEY.tab, KEY.enter, KEY.ctrlU, '7681');
    expect(await fake.sees('used by nginx (pid 812); next free: 7682')).toMatchSnapshot('text with a check');
    fake.type('x', KEY.enter);
    expect(await fake.sees('A port is a number')).toMatchSnapshot('text with a problem');
    fake.type(KEY.escape);
    await fake.sees('enter change');
    fake.type('o', KEY.enter, 'abcdef', KEY.enter);
    expect(await fake.sees('64 hex digits.')).toMatchSnapshot('secret with a problem');
  });
  it('shows a file to be decided, a difference and the help', async () => {
    const { fake } = review(columns, rows, new FakeStore(withConflict()));
    await fake.sees('1 to decide');
    fake.type('o');
    expect(await fake.sees('enter decide')).toMatchSnapshot('conflict');
    fake.type(KEY.enter);
    expect(await fake.sees('a copy of yours')).toMatchSnapshot('decision');
    fake.type(KEY.escape);
    await fake.sees('enter decide');
    fake.type('d');
    expect(await fake.sees('+FROM rust:1.90')).toMatchSnapshot('difference');
    fake.type('q');
    await fake.sees('▸ Review');
    fake.type(KEY.tab, KEY.tab, '?');
    expect(await fake.sees('The API can start and stop bots')).toMatchSnapshot('help');
  });
});

it('says what a draft brought back, and how to be rid of it', async () => {
  const { fake } = review(80, 24, new FakeStore({ resumed: { answers: 3, ageMs: 7_500_000 } }));
  await fake.sees('Your draft of 2h05m ago goes on, with 3 answers; f starts');
});

it('shows what the machine tells later, in its place', async () => {
  const machine = [{ title: 'Engine', check: { level: 'looking', text: 'looking' } }] as const;
  const { fake, store } = review(80, 40, new FakeStore({ machine }));
  await fake.sees('looking');
  store.becomes({
    machine: [{ title: 'Engine', check: { level: 'warn', text: 'No engine answers', advice: 'start Docker first' } }],
  });
  expect(await fake.sees('No engine answers')).toContain('start Docker first');
});

it('is finished by keys alone', async () => {
  const { fake, store, answer } = review(80, 24, new FakeStore(withConflict()));
  await fake.sees('1 to decide');
  fake.type(KEY.enter, `\u001B[200~${WALLET}\n\u001B[201~`);
  await fake.sees('••••');
  fake.type(KEY.enter);
  await fake.sees('▸ Write these files');
  fake.type('o');
  await fake.sees('▸ conflict');
  fake.type(KEY.enter, KEY.enter);
  await fake.sees('▸ keep');
  fake.type('w');
  await fake.sees('enter write');
  fake.type(KEY.enter);
  expect(await answer).toBe('write');
  expect(store.told[0]?.secret?.reveal()).toBe(WALLET);
  expect(store.told[1]).toMatchObject({ intent: 'decide', path: 'Dockerfile', text: 'keep' });
  expect(fake.written).not.toContain(WALLET);
});

it('takes keys that arrive in one piece', async () => {
  const { fake, store } = review();
  await fake.sees('ctrl-c quit');
  fake.type(`\t\t\r${KEY.ctrlU}9191\r`);
  await fake.sees('9191');
  expect(store.told).toEqual([{ intent: 'change', path: 'ports.api', text: '9191' }]);
});

it('never shows how long a secret is beyond 32 signs', async () => {
  const { fake } = review(100);
  await fake.sees('ctrl-c quit');
  fake.type(KEY.enter, 'z'.repeat(60));
  const screen = await fake.sees('•'.repeat(32));
  expect(screen).not.toContain('•'.repeat(33));
  expect(screen).not.toContain('zz');
});

it('shows LIVE that nothing proves with a question mark', async () => {
  const { fake } = review(80, 24, new FakeStore({ mode: 'live', proven: false }));
  await fake.sees('[LIVE?]');
  fake.type('w', '?');
  await fake.sees('what is not proven to be PAPER is treated as LIVE');
});

it('shows LIVE without colour too', async () => {
  const { fake } = review(80, 24, new FakeStore({ mode: 'live' }));
  expect(await fake.sees('[LIVE]')).not.toContain('PAPER');
});

it('shows a change of the store that nobody typed', async () => {
  const { fake, store } = review();
  await fake.sees('ctrl-c quit');
  fake.type(KEY.tab);
  store.change('services.daemon.args', 'run --other');
  await fake.sees('run --other');
});

it('draws in ASCII where the terminal knows no more', async () => {
  const { fake } = review(80, 24, new FakeStore(), { unicode: false, colour: false });
  const screen = await fake.sees('ctrl-c quit');
  fake.type(KEY.tab, KEY.end, KEY.enter);
  const choice = await fake.sees('(*) In the browser');
  fake.type(KEY.escape);
  await fake.sees('enter change');
  fake.type('o', KEY.enter, 'abc');
  const secret = await fake.sees('***');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is meant
  for (const one of [screen, choice, secret]) expect(one).toMatch(/^[\x00-\x7F]*$/);
});

it('keeps the line with the cursor in sight on a low screen', async () => {
  const { fake } = review(80, 10);
  await fake.sees('ctrl-c quit');
  fake.type(KEY.end);
  expect(await fake.sees('▸ unchanged')).toMatchSnapshot();
});

it('follows a resize both ways', async () => {
  const { fake } = review(80, 24);
  await fake.sees('ctrl-c quit');
  fake.resize(120, 40);
  await fake.sees('─'.repeat(120));
  expect(fake.screen().split('\n')).toHaveLength(40);
  fake.resize(60, 14);
  await vi.waitFor(() =>
    expect(fake.screen()).toMatch(/^ trading-setup .*\? help\n(.*\n){12}.*ctrl-c quit, draft kept$/),
  );
  expect(fake.screen()).toMatchSnapshot();
});

describe('the terminal', () => {
  it.each([
    ['quitting', KEY.ctrlC, 'quit'],
    ['writing', 'ww', 'write'],
  ])('is given back after %s', async (_how, keys, outcome) => {
    const { fake, answer } = review();
    await fake.sees('ctrl-c quit');
    expect(fake.alternate).toBe(true);
    expect(fake.raw).toBe(true);
    fake.type(keys);
    expect(await answer).toBe(outcome);
    expect(fake.written.endsWith('\u001B[?2004l\u001B[?25h\u001B[?1049l')).toBe(true);
    expect(fake.raw).toBe(false);
  });
  it('is given back when the process ends under it, and once only', async () => {
    const { fake } = review();
    await fake.sees('ctrl-c quit');
    fake.restore();
    fake.restore();
    expect(fake.written.split('\u001B[?1049l')).toHaveLength(2);
  });
  it('keeps its scrollback: ESC[3J is never sent', async () => {
    const { fake } = review();
    await fake.sees('ctrl-c quit');
    for (const rows of [10, 30, 24]) fake.resize(80, rows);
    await fake.sees('ctrl-c quit');
    expect(fake.written).not.toContain('\u001B[3J');
  });
});

describe('questions', () => {
  it.each([
    ['y', true],
    ['n', false],
    [KEY.enter, true],
    [`${KEY.down}${KEY.enter}`, false],
    [KEY.escape, false],
    [KEY.ctrlC, undefined],
  ])('are answered by a key (%j)', async (keys, expected) => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).confirm('Build and start it now?', true);
    await fake.sees('Build and start it now?');
    fake.type(keys);
    expect(await answer).toBe(expected);
  });
  it('are masked for a secret', async () => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).askSecret('Passphrase of the vault:');
    await fake.sees('Passphrase');
    fake.type('correct horse');
    expect(await fake.sees('•'.repeat(13))).toMatchSnapshot();
    fake.type(KEY.enter);
    expect((await answer)?.reveal()).toBe('correct horse');
    expect(fake.written).not.toContain('horse');
  });
  it('are answered in words', async () => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).askText('Type LIVE to go on:');
    await fake.sees('Type LIVE');
    fake.type('LIVE', KEY.enter);
    expect(await answer).toBe('LIVE');
  });
  it.each([
    [KEY.enter, 'keep'],
    [`${KEY.down}${KEY.enter}`, 'replace'],
    [`${KEY.up}${KEY.enter}`, 'stop'],
    [KEY.escape, undefined],
    [KEY.ctrlC, undefined],
  ])('are answered by a choice (%j)', async (keys, expected) => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).choose('Dockerfile is there already.', [
      { value: 'keep', label: 'Keep it' },
      { value: 'replace', label: 'Replace it' },
      { value: 'stop', label: 'Stop' },
    ]);
    await fake.sees('Replace it');
    fake.type(keys);
    expect(await answer).toBe(expected);
  });
  it('show what to decide from, by pages, while the arrows choose', async () => {
    const fake = new FakeTerminal();
    const details = Array.from({ length: 60 }, (_, at) => `+line ${at}.`).join('\n');
    const options = [
      { value: 'keep', label: 'Keep: yours stays' },
      { value: 'replace', label: `Replace: ${'words '.repeat(20)}that are read to their end` },
    ];
    const answer = inkFace(fake.terminal).choose('Dockerfile is there already.', options, details);
    await fake.sees('+line 0.');
    await fake.sees('their end');
    for (let page = 0; page < 20; page += 1) fake.type(' ');
    await fake.sees('+line 59.');
    fake.type(KEY.down, KEY.enter);
    expect(await answer).toBe('replace');
  });
  it('are answered by nothing, which is an answer', async () => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).askSecret('Passphrase of the vault:');
    await fake.sees('Passphrase');
    fake.type(KEY.enter);
    expect((await answer)?.length).toBe(0);
  });
  it.each([KEY.ctrlC, KEY.escape])('are given up (%j)', async (key) => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).askSecret('Passphrase of the vault:');
    await fake.sees('Passphrase');
    fake.type(key);
    expect(await answer).toBeUndefined();
  });
});
