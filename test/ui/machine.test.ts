import { describe, expect, it } from 'vitest';
import type { Key } from '../../src/ui/ink/keys.ts';
import { textOf } from '../../src/ui/ink/parts/field.ts';
import { createWizard } from '../../src/ui/ink/wizard/machine.ts';
import { settled } from '../../src/ui/ink/wizard/navigate.ts';
import { lineOf, onReview } from '../../src/ui/ink/wizard/view.ts';
import { FakeStore } from './demo/fake-store.ts';

const text = (word: string): readonly Key[] => Array.from(word, (one) => ({ name: 'text', text: one }) as const);
const key = (name: Exclude<Key['name'], 'text'>): Key => ({ name });
const paste = (word: string): Key => ({ name: 'text', text: word, pasted: true });
const WALLET = `0x${'ab'.repeat(32)}`;

function wizard(overrides = {}) {
  const store = new FakeStore(overrides);
  const answers: string[] = [];
  const machine = createWizard(store, (answer) => answers.push(answer));
  machine.subscribe(() => {});
  const press = (...keys: readonly (Key | readonly Key[])[]) => {
    for (const one of keys.flat()) machine.press(one);
    return machine.getView();
  };
  return { store, answers, press, view: machine.getView };
}

describe('moving', () => {
  it('stays at the ends of a section', () => {
    const { press } = wizard();
    expect(press(key('up')).line).toBe(0);
    expect(press(key('end'), key('down')).line).toBe(2);
    expect(press(key('home')).line).toBe(0);
  });
  it('goes around the sections, the review among them', () => {
    const { press } = wizard();
    expect(onReview(press(key('back-tab')))).toBe(true);
    expect(press(key('tab')).section).toBe(0);
  });
  it('finds the next open line, from the start again at the end', () => {
    const { press } = wizard();
    const path = 'secrets.HYPERLIQUID_API_WALLET_KEY';
    expect(lineOf(press(text('o')))?.path).toBe(path);
    expect(lineOf(press(key('tab'), text('o')))?.path).toBe(path);
  });
  it('says so when nothing is open', () => {
    const { press, store } = wizard();
    store.skipSecret('HYPERLIQUID_API_WALLET_KEY');
    expect(press(text('o')).message).toBe('Nothing is open.');
    expect(press(key('down')).message).toBe('');
  });
  it('keeps the cursor on its line when lines come before it', () => {
    const { press, view } = wizard();
    press(key('tab'), key('down'));
    const { setup } = view();
    const sections = setup.sections.map((section) => {
      const [first] = section.lines;
      return { ...section, lines: first ? [{ ...first, path: 'new' }, ...section.lines] : [] };
    });
    const extra = { title: 'New', lines: [], notes: [] };
    const after = settled(view(), { ...setup, sections: [extra, ...sections] });
    expect(lineOf(after)?.path).toBe('ports.tui');
    expect(settled(view(), { ...setup, sections: [] }).line).toBe(0);
  });
});

describe('changing', () => {
  it('takes a text, and shows the new value', () => {
    const { press, store } = wizard();
    press(key('tab'), key('enter'), { name: 'ctrl', text: 'u' }, text('9090'), key('enter'));
    expect(store.told).toEqual([{ intent: 'change', path: 'ports.api', text: '9090' }]);
    expect(lineOf(press())?.value).toBe('9090');
  });
  it('keeps the field open with the reason of the store', () => {
    const { press } = wizard();
    const view = press(key('tab'), key('enter'), text('x'), key('enter'));
    expect(view.editing?.problem).toBe('A port is a number from 1 to 65535.');
    expect(press(key('backspace')).editing?.problem).toBe('');
  });
  it('leaves a default a default when enter is pressed on it', () => {
    const { press, store } = wizard();
    expect(press(key('enter'), key('enter')).editing).toBeUndefined();
    expect(store.told).toEqual([]);
  });
  it('leaves everything as it was on escape', () => {
    const { press, store } = wizard();
    expect(press(key('enter'), text('xyz'), key('escape')).editing).toBeUndefined();
    expect(store.told).toEqual([]);
  });
  it('opens a choice on its value and sends the value of another', () => {
    const { press, store } = wizard();
    press(key('end'), key('enter'), key('down'), key('enter'));
    expect(store.told).toEqual([{ intent: 'change', path: 'tui.access', text: 'exec' }]);
  });
  it('types letters into a field that are keys elsewhere', () => {
    const { press } = wizard();
    const { editing } = press(key('enter'), text('owu?'));
    expect(editing?.kind === 'text' && textOf(editing.field)).toBe('algo-tradeowu?');
  });
  it('takes a change back, once', () => {
    const { press } = wizard();
    press(key('tab'), key('enter'), text('1'), key('enter'));
    expect(press(text('u')).message).toBe('Took the last change back.');
    expect(lineOf(press())?.value).toBe('8080');
    expect(press(text('u')).message).toBe('Nothing to undo.');
  });
});

describe('secrets', () => {
  it('hands over a pasted value as a secret, without the line break behind it', () => {
    const { press, store } = wizard();
    press(text('o'), key('enter'), paste(`${WALLET}\r\n`), key('enter'));
    expect(store.told[0]?.secret?.reveal()).toBe(WALLET);
    expect(JSON.stringify(store.told)).not.toContain(WALLET);
  });
  it('keeps the line breaks inside a pasted value', () => {
    const { press, store } = wizard();
    press(text('o'), key('down'), key('enter'), paste('-----BEGIN\r\nabcdef\r\n-----END\r\n'), key('enter'));
    expect(store.told[0]?.secret?.reveal()).toBe('-----BEGIN\nabcdef\n-----END');
  });
  it('says why a value is refused, and keeps what was typed', () => {
    const { press } = wizard();
    const { editing } = press(text('o'), key('enter'), text('abc'), key('enter'));
    expect(editing?.problem).toBe('An EVM private key is 0x and 64 hex digits.');
    expect(editing?.kind === 'secret' && editing.field.cursor).toBe(3);
  });
  it('skips an optional one on an empty enter and says how to enter it later', () => {
    const { press, store } = wizard();
    const { message } = press(text('o'), key('down'), key('enter'), key('enter'));
    expect(store.told).toEqual([{ intent: 'skip-secret', path: 'HYPERLIQUID_ACCOUNT_ADDRESS' }]);
    expect(message).toContain('trading-setup secrets set HYPERLIQUID_ACCOUNT_ADDRESS');
  });
  it('leaves a required one for the start', () => {
    const { press } = wizard();
    expect(press(text('o'), key('enter'), key('enter')).message).toContain('the start will ask for it');
  });
  it('never skips one that is already there', () => {
    const { press, store } = wizard();
    press(text('o'), key('end'), key('enter'), key('enter'));
    expect(store.told).toEqual([]);
  });
});

describe('ending', () => {
  it('shows the review before it writes', () => {
    const { press, answers } = wizard();
    expect(onReview(press(text('w')))).toBe(true);
    expect(answers).toEqual([]);
    press(text('w'));
    expect(answers).toEqual(['write']);
  });
  it('writes although a secret is missing: the start will name it', () => {
    const { press, answers } = wizard();
    press(text('w'), key('enter'));
    expect(answers).toEqual(['write']);
  });
  it('goes to a line without an answer instead of writing a guess', () => {
    const store = new FakeStore();
    const sections = store.getState().sections.map((section) => ({
      ...section,
      lines: section.lines.map((line) =>
        line.path === 'ports.api' ? { ...line, value: '', state: 'open' as const } : line,
      ),
    }));
    const { press, answers } = wizard({ sections });
    const view = press(text('ww'));
    expect(answers).toEqual([]);
    expect(lineOf(view)?.path).toBe('ports.api');
    expect(view.message).toContain('needs an answer');
  });
  it('quits on Ctrl-C wherever it is', () => {
    for (const before of [[], [key('enter')], text('?'), text('o')]) {
      const { press, answers } = wizard();
      press(before, key('ctrl-c'));
      expect(answers).toEqual(['quit']);
    }
  });
  it('shows what changes in a file', () => {
    const { press } = wizard();
    expect(press(text('w'), key('down'), key('enter')).overlay).toEqual({
      kind: 'diff',
      path: 'trading-setup.yaml',
      top: 0,
    });
    expect(press(key('escape')).overlay).toBeUndefined();
    expect(press(key('end'), key('enter')).message).toBe('Nothing changes in this file.');
  });
});
