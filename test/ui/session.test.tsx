import { Box, Text } from 'ink';
import { describe, expect, it, vi } from 'vitest';
import { inkFace } from '../../src/ui/ink/face.tsx';
import { Screen } from '../../src/ui/ink/screen.ts';
import { show } from '../../src/ui/ink/session.tsx';
import { useTitle } from '../../src/ui/ink/title.ts';
import { FakeTerminal } from './support/terminal.ts';

function Titled({ text }: { readonly text: string }) {
  useTitle(text);
  return <Box />;
}

describe('a terminal that goes away', () => {
  it('ends a question as if it was given up, when its keyboard closes', async () => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).confirm('Start?', true);
    await fake.sees('Start?');
    fake.input.end();
    expect(await answer).toBeUndefined();
  });

  it('has given up every question that comes after', async () => {
    const fake = new FakeTerminal();
    fake.input.end();
    fake.input.resume();
    await vi.waitFor(() => expect(fake.input.readableEnded).toBe(true));
    expect(await inkFace(fake.terminal).askText('A name?')).toBeUndefined();
  });

  it('ends a question when nobody reads the screen', async () => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).askSecret('Passphrase?');
    await fake.sees('Passphrase?');
    fake.output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await answer).toBeUndefined();
  });

  it('does not end what goes on without a reader', async () => {
    const fake = new FakeTerminal();
    let end: (value: string) => void = () => {};
    const shown = show<string>(
      fake.terminal,
      (done) => {
        end = done;
        return <Text>at work</Text>;
      },
      { outlivesOutput: true },
    );
    await fake.sees('at work');
    fake.output.emit('error', new Error('write EIO'));
    expect(fake.alternate).toBe(true);
    end('done');
    expect(await shown).toBe('done');
  });
});

describe('what is typed', () => {
  it('is never written by the terminal itself: its echo is off before a question is shown', async () => {
    const fake = new FakeTerminal();
    let rawAtFirst: boolean | undefined;
    fake.output.on('data', () => (rawAtFirst ??= fake.raw));
    const answer = inkFace(fake.terminal).askSecret('Passphrase?');
    fake.type('early ');
    await fake.sees('Passphrase?');
    expect(rawAtFirst).toBe(true);
    fake.type('and late\r');
    expect((await answer)?.reveal()).toBe('and late');
    expect(fake.raw).toBe(false);
  });

  it('before a question could be read is no answer to it', async () => {
    const fake = new FakeTerminal();
    const face = inkFace(fake.terminal);
    fake.type('0.0.0.0\r');
    const address = face.askText('Which address?');
    await fake.sees('Which address?');
    fake.type('127.0.0.1\r\r');
    expect(await address).toBe('127.0.0.1');
    const start = face.confirm('Start?', true);
    await fake.sees('Start?');
    fake.type('n');
    expect(await start).toBe(false);
  });

  it('is heard as a wish to leave, whenever it came', async () => {
    const fake = new FakeTerminal();
    fake.type('\r\u0003');
    expect(await inkFace(fake.terminal).confirm('Start?', true)).toBeUndefined();
  });
});

describe('a stop by the shell', () => {
  it('gives the screen and the keys back, and takes them again', async () => {
    const fake = new FakeTerminal();
    const answer = inkFace(fake.terminal).confirm('Start?', true);
    await fake.sees('Start?');
    const before = fake.screen();
    fake.type('\u001A');
    await vi.waitFor(() => expect(fake.suspended).toBe(1));
    await vi.waitFor(() => expect(fake.alternate).toBe(false));
    expect(fake.raw).toBe(false);
    fake.back();
    expect(fake.raw).toBe(true);
    expect(await fake.sees('Start?')).toBe(before);
    fake.type('y');
    expect(await answer).toBe(true);
  });
});

describe('the title of the window', () => {
  it('is set without control characters and put back', async () => {
    const fake = new FakeTerminal();
    let end: (value: undefined) => void = () => {};
    const shown = show<undefined>(fake.terminal, (done) => {
      end = done;
      return <Titled text={`a\u0007b\u001B]0;c\u202E${'x'.repeat(200)}`} />;
    });
    await vi.waitFor(() => expect(fake.written).toContain(`\u001B]0;ab]0;c${'x'.repeat(74)}\u0007`));
    end(undefined);
    await shown;
    expect(fake.written).toContain('\u001B[22;0t');
    expect(fake.written).toContain('\u001B[23;0t');
  });

  it('is left alone where there is no window', async () => {
    const fake = new FakeTerminal();
    const answer = show<undefined>({ ...fake.terminal, titles: false }, (done) => {
      setTimeout(() => done(undefined), 50);
      return <Titled text="x" />;
    });
    await answer;
    expect(fake.written).not.toContain('\u001B]0;');
    expect(fake.written).not.toContain(';0t');
  });
});

it('says the column behind characters that terminals draw in different widths', async () => {
  const fake = new FakeTerminal(40, 3);
  const screen = new Screen(fake.terminal.output, { unicode: true, titles: false });
  screen.enter();
  screen.write('👨‍👩‍👧 family|\ne\u0301 ✈️ 行情|\nplain    |');
  await vi.waitFor(() => expect(fake.screen().split('\n')).toHaveLength(3));
  const bar = fake
    .screen()
    .split('\n')
    .map((_, row) => {
      const line = fake.emulator.buffer.active.getLine(row);
      return Array.from({ length: 40 }, (_cell, column) => line?.getCell(column)?.getChars()).indexOf('|');
    });
  expect(bar).toEqual([9, 9, 9]);
  screen.leave();
});

it('does not wrap a line that was painted for a wider terminal', () => {
  const fake = new FakeTerminal(40, 3);
  const screen = new Screen(fake.terminal.output, { unicode: true, titles: false });
  screen.enter();
  expect(fake.written).toContain('\u001B[?7l');
  screen.leave();
  expect(fake.written.indexOf('\u001B[?7h')).toBeGreaterThan(fake.written.indexOf('\u001B[?7l'));
});
