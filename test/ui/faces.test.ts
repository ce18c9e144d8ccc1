import { describe, expect, it, vi } from 'vitest';
import type { OperationEvent } from '../../src/events/operation.ts';
import { chooseFace, faceKind } from '../../src/ui/choose.ts';
import type { Face } from '../../src/ui/face.ts';
import { askOn } from '../../src/ui/plain/ask.ts';
import { plainFace } from '../../src/ui/plain/face.ts';
import { DONE, FAILED, HALFWAY } from './demo/fake-operation.ts';
import { FakeStore } from './demo/fake-store.ts';
import { FakeTerminal, KEY } from './support/terminal.ts';

const BASE = { json: false, plain: false, asks: true, interactive: true, term: 'xterm-256color', screenReader: false };

const OPTIONS = [
  { value: 'keep', label: 'Keep it' },
  { value: 'replace', label: 'Replace it' },
] as const;

async function* all(events: readonly OperationEvent[]) {
  yield* events;
}

describe('the choice', () => {
  it.each([
    [{}, 'ink'],
    [{ plain: true }, 'plain'],
    [{ asks: false }, 'plain'],
    [{ asks: false, interactive: false }, 'silent'],
    [{ term: 'dumb' }, 'plain'],
    [{ screenReader: true }, 'plain'],
    [{ interactive: false }, 'silent'],
    [{ interactive: false, plain: true }, 'silent'],
    [{ json: true }, 'json'],
    [{ json: true, interactive: false }, 'json'],
  ])('%j is %s', (part, kind) => expect(faceKind({ ...BASE, ...part })).toBe(kind));

  it.each(['ink', 'plain', 'silent', 'json'] as const)('loads the face %s', async (kind) => {
    const part = { plain: kind === 'plain', interactive: kind !== 'silent', json: kind === 'json' };
    const face = await chooseFace({ ...BASE, ...part, terminal: new FakeTerminal().terminal });
    expect(face.kind).toBe(kind);
  });

  it('draws in ASCII on the Linux console', async () => {
    const fake = new FakeTerminal();
    const face = await chooseFace({ ...BASE, term: 'linux', terminal: fake.terminal });
    const answer = face.review(Promise.resolve(new FakeStore()));
    await fake.sees('> Review');
    fake.type(KEY.ctrlC);
    await answer;
  });
});

describe('without a terminal', () => {
  it.each([
    ['without a terminal', { interactive: false }],
    ['with --yes on a terminal', { asks: false }],
  ])('asks nothing %s', async (_, part) => {
    const fake = new FakeTerminal();
    const face = await chooseFace({ ...BASE, ...part, terminal: fake.terminal });
    expect(await face.review(Promise.resolve(new FakeStore()))).toBe('write');
    expect(await face.confirm('Start?', false)).toBe(false);
    expect(await face.confirm('Start?', true)).toBe(true);
    expect(await face.askSecret('Passphrase:')).toBeUndefined();
    expect(await face.askText('Type LIVE:')).toBeUndefined();
    expect(await face.choose('Which?', [{ value: 'a', label: 'A' }])).toBeUndefined();
    expect(fake.written).toBe('');
  });
  it.each([
    ['done', DONE],
    ['failed', FAILED],
  ])('tells an operation in a line a step (%s)', async (outcome, events) => {
    const fake = new FakeTerminal();
    const face = await chooseFace({ ...BASE, interactive: false, terminal: fake.terminal });
    expect(await face.operation(all(events), () => {})).toBe(outcome);
    expect(fake.written).toMatchSnapshot();
  });
  it('cancels once on SIGINT', async () => {
    const fake = new FakeTerminal();
    const face = await chooseFace({ ...BASE, interactive: false, terminal: fake.terminal });
    const cancel = vi.fn();
    async function* events() {
      yield* HALFWAY;
      fake.interrupt();
      fake.interrupt();
      yield { type: 'ended', outcome: 'cancelled', truth: 'Nothing was changed.', next: [] } as const;
    }
    expect(await face.operation(events(), cancel)).toBe('cancelled');
    expect(cancel).toHaveBeenCalledTimes(1);
  });
  it('does not call an operation done whose events stopped without an end', async () => {
    const face = await chooseFace({ ...BASE, interactive: false, terminal: new FakeTerminal().terminal });
    expect(await face.operation(all(HALFWAY), () => {})).toBe('failed');
  });
});

describe('--json', () => {
  it('prints one event a line and nothing else', async () => {
    const fake = new FakeTerminal();
    const face = await chooseFace({ ...BASE, json: true, terminal: fake.terminal });
    expect(await face.review(Promise.resolve(new FakeStore()))).toBe('write');
    face.say('Wrote 3 files.');
    expect(await face.operation(all(DONE), () => {})).toBe('done');
    const lines = fake.written.trimEnd().split('\n');
    const each = DONE.flatMap((event): readonly object[] =>
      event.type === 'build' ? event.events.map((one) => ({ type: 'build', event: one })) : [event],
    );
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ type: 'said', text: 'Wrote 3 files.' }, ...each]);
  });
});

describe('line by line', () => {
  function plain(spin = false) {
    const fake = new FakeTerminal(100, 60);
    const face = plainFace(fake.terminal, { spin }, askOn(fake.terminal));
    return { fake, face };
  }

  it('asks for a passphrase, a word and a yes', async () => {
    const { fake, face } = plain();
    const secret = face.askSecret('Passphrase of the vault:');
    await fake.sees('Passphrase');
    fake.type('correct horse', KEY.enter);
    expect((await secret)?.reveal()).toBe('correct horse');
    expect(fake.written).not.toContain('horse');
    const word = face.askText('Type LIVE to go on:');
    await fake.sees('Type LIVE');
    fake.type('LIVE', KEY.enter);
    expect(await word).toBe('LIVE');
    const yes = face.confirm('Start it?', true);
    await fake.sees('Start it?');
    fake.type('n', KEY.enter);
    expect(await yes).toBe(false);
  });

  it('takes one of several options by its number', async () => {
    const { fake, face } = plain();
    const answer = face.choose('There already. What now?', OPTIONS);
    await fake.sees('2) Replace it');
    fake.type('2', KEY.enter);
    expect(await answer).toBe('replace');
  });

  it('prints what to decide from before it asks', async () => {
    const { fake, face } = plain();
    const answer = face.choose('There already. What now?', OPTIONS, '-yours\n+ours');
    await fake.sees('+ours');
    await fake.sees('2) Replace it');
    fake.type('1', KEY.enter);
    expect(await answer).toBe('keep');
  });

  it.each([
    ['yes or no', (face: Face) => face.confirm('Go on?', true)],
    ['a choice', (face: Face) => face.choose('Go on?', OPTIONS)],
    ['a word', (face: Face) => face.askText('Go on?')],
    ['a secret', (face: Face) => face.askSecret('Go on?')],
  ])('does not take Ctrl-C for an answer: %s', async (_, ask) => {
    const { fake, face } = plain();
    const answer = ask(face);
    await fake.sees('Go on?');
    fake.type(KEY.ctrlC);
    expect(await answer).toBeUndefined();
  });

  it.each([true, false])('tells an operation in lines (spinner: %s)', async (spin) => {
    const { fake, face } = plain(spin);
    expect(await face.operation(all(DONE), () => {})).toBe('done');
    const screen = await fake.sees('Next: Open');
    expect(screen.replaceAll(/ {2}\d+\.\ds$/gm, '')).toMatchSnapshot(spin ? 'with signs' : 'in words');
  });

  it('cancels on SIGINT and says so', async () => {
    const { fake, face } = plain();
    const cancel = vi.fn();
    async function* events() {
      yield* HALFWAY;
      fake.interrupt();
      yield { type: 'ended', outcome: 'cancelled', truth: 'Nothing was changed.', next: [] } as const;
    }
    expect(await face.operation(events(), cancel)).toBe('cancelled');
    expect(cancel).toHaveBeenCalledTimes(1);
    expect(fake.text()).toContain('Cancelling');
  });
});
