import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Check, SetupState } from '../../src/flow/types.ts';
import type { Key } from '../../src/ui/ink/keys.ts';
import { textOf } from '../../src/ui/ink/parts/field.ts';
import { hintsOf } from '../../src/ui/ink/wizard/hints.ts';
import { itemOf, keyOf, lineOf } from '../../src/ui/ink/wizard/items.ts';
import { createWizard } from '../../src/ui/ink/wizard/machine.ts';
import { settled } from '../../src/ui/ink/wizard/navigate.ts';
import { onReview, sectionOf } from '../../src/ui/ink/wizard/view.ts';
import { FakeStore, withConflict } from './demo/fake-store.ts';

const text = (word: string): readonly Key[] => Array.from(word, (one) => ({ name: 'text', text: one }) as const);
const key = (name: Exclude<Key['name'], 'text'>): Key => ({ name });
const paste = (word: string): Key => ({ name: 'text', text: word, pasted: true });
const WALLET = `0x${'ab'.repeat(32)}`;
const WALLET_PATH = 'secrets.HYPERLIQUID_API_WALLET_KEY';
/** From the review to the first line of a section. */
const TO_SERVICES = [key('tab')];
const TO_PORTS = [key('tab'), key('tab')];

function wizard(overrides: Partial<SetupState> = {}, checkAfterMs = 150) {
  const store = new FakeStore(overrides);
  const answers: string[] = [];
  const machine = createWizard(store, (answer) => answers.push(answer), checkAfterMs);
  machine.subscribe(() => {});
  const press = (...keys: readonly (Key | readonly Key[])[]) => {
    for (const one of keys.flat()) machine.press(one);
    return machine.getView();
  };
  return { store, answers, press, machine, view: machine.getView };
}

const here = (view: ReturnType<ReturnType<typeof wizard>['view']>) => keyOf(itemOf(view));

describe('opening', () => {
  it('is on the review, at what is open', () => {
    const { view } = wizard();
    expect(onReview(view())).toBe(true);
    expect(lineOf(view())?.path).toBe(WALLET_PATH);
  });
  it('is on the action where nothing is open', () => {
    const { store } = wizard();
    store.skipSecret('HYPERLIQUID_API_WALLET_KEY');
    const done = wizard({ sections: store.getState().sections });
    expect(here(done.view())).toBe('write');
  });
  it('is where the draft says that the cursor was', () => {
    const { view } = wizard({ resumed: { answers: 2, ageMs: 1000, place: 'Ports/ports.tui' } });
    expect(lineOf(view())?.path).toBe('ports.tui');
    const gone = wizard({ resumed: { answers: 2, ageMs: 1000, place: 'Ports/ports.nothing' } });
    expect(onReview(gone.view())).toBe(true);
  });
  it('says why a draft was left out', () => {
    expect(wizard({ dropped: 'Your draft was left out.' }).view().message).toBe('Your draft was left out.');
  });
  it('does not compare files before the first picture is painted, and by itself then', async () => {
    const { view } = wizard();
    expect(view().files).toBeUndefined();
    await vi.waitFor(() => expect(view().files?.length).toBe(7));
  });
});

it('says at once that the draft cannot be kept any more', () => {
  const { store, view } = wizard();
  store.becomes({ dropped: 'This draft cannot be kept.', unkept: true });
  expect(view().message).toBe('This draft cannot be kept.');
  expect(hintsOf({ ...view(), message: '' }, { up: 'u', down: 'd' }).at(-1)).toEqual(['ctrl-c', 'quit']);
});

describe('moving', () => {
  it('stays at the ends of a section', () => {
    const { press } = wizard();
    expect(press(TO_SERVICES, key('up')).line).toBe(0);
    expect(press(key('end'), key('down')).line).toBe(2);
    expect(press(key('home')).line).toBe(0);
  });
  it('goes around the sections, the review among them', () => {
    const { press } = wizard();
    expect(press(key('tab')).section).toBe(0);
    expect(onReview(press(key('back-tab')))).toBe(true);
  });
  it('finds the next open line, from the start again at the end', () => {
    const { press } = wizard();
    expect(lineOf(press(text('o')))?.path).toBe(WALLET_PATH);
    expect(sectionOf(press(TO_SERVICES, text('o')))?.title).toBe('Secrets');
    expect(lineOf(press(text('o')))?.path).toBe(WALLET_PATH);
  });
  it('finds a file that waits for a decision, when no line does any more', () => {
    const { press, store } = wizard(withConflict());
    store.skipSecret('HYPERLIQUID_API_WALLET_KEY');
    expect(here(press(TO_SERVICES, text('o')))).toBe('file:Dockerfile');
  });
  it('says so when nothing is open', () => {
    const { press, store } = wizard();
    store.skipSecret('HYPERLIQUID_API_WALLET_KEY');
    expect(press(text('o')).message).toBe('Nothing is open.');
    expect(press(key('down')).message).toBe('');
  });
  it('opens a section from its words in the review, and goes back where it came from', () => {
    const { press } = wizard();
    const view = press(key('down'), key('down'), key('enter'));
    expect(sectionOf(view)?.title).toBe('Services');
    press(key('tab'), key('down'));
    expect(here(press(text('o')))).toBe(WALLET_PATH);
    expect(here(press(key('escape')))).toBe('ports.tui');
    expect(here(press(key('escape')))).toBe('services.daemon.binary');
    expect(here(press(key('escape')))).toBe('section:Services');
    expect(press(key('escape')).message).toContain('This is where it begins');
  });
  it('keeps the cursor on its line when lines come before it', () => {
    const { press, view } = wizard();
    press(TO_PORTS, key('down'));
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
  it('tells the store where the cursor is', () => {
    const { press, store } = wizard();
    press(TO_PORTS, key('down'));
    expect(store.place).toBe('Ports/ports.tui');
  });
});

describe('changing', () => {
  it('takes a text, and shows the new value', () => {
    const { press, store } = wizard();
    press(TO_PORTS, key('enter'), { name: 'ctrl', text: 'u' }, text('9090'), key('enter'));
    expect(store.told).toEqual([{ intent: 'change', path: 'ports.api', text: '9090' }]);
    expect(lineOf(press())?.value).toBe('9090');
  });
  it('keeps the field open with the reason of the store', () => {
    const { press } = wizard();
    const view = press(TO_PORTS, key('enter'), text('x'), key('enter'));
    expect(view.editing?.problem).toBe('A port is a number from 1 to 65535.');
    expect(press(key('backspace')).editing?.problem).toBe('');
  });
  it('leaves a default a default when enter is pressed on it', () => {
    const { press, store } = wizard();
    expect(press(TO_SERVICES, key('enter'), key('enter')).editing).toBeUndefined();
    expect(store.told).toEqual([]);
  });
  it('leaves everything as it was on escape', () => {
    const { press, store } = wizard();
    expect(press(TO_SERVICES, key('enter'), text('xyz'), key('escape')).editing).toBeUndefined();
    expect(store.told).toEqual([]);
  });
  it('opens a choice on its value and sends the value of another', () => {
    const { press, store } = wizard();
    press(TO_SERVICES, key('end'), key('enter'), key('down'), key('enter'));
    expect(store.told).toEqual([{ intent: 'change', path: 'tui.access', text: 'exec' }]);
  });
  it('types letters into a field that are keys elsewhere', () => {
    const { press } = wizard();
    const { editing } = press(TO_SERVICES, key('enter'), text('owruUf?'));
    expect(editing?.kind === 'text' && textOf(editing.field)).toBe('algo-tradeowruUf?');
  });
  it('takes a change back and does it again, by either key', () => {
    const { press } = wizard();
    press(TO_PORTS, key('enter'), text('1'), key('enter'));
    expect(press(text('u')).message).toContain('Took the last change back');
    expect(lineOf(press())?.value).toBe('8080');
    expect(press(text('u')).message).toContain('Nothing to undo');
    expect(press(text('U')).message).toBe('Did it again.');
    expect(lineOf(press())?.value).toBe('80801');
    press(text('u'), { name: 'ctrl', text: 'r' });
    expect(lineOf(press())?.value).toBe('80801');
    expect(press(text('U')).message).toContain('Nothing to do again');
  });
  it('sets one line back to what it was by itself', () => {
    const { press } = wizard();
    press(TO_PORTS, key('enter'), text('1'), key('enter'), key('down'));
    expect(press(text('r')).message).toBe('Nothing was changed here.');
    expect(lineOf(press(key('up'), text('r')))?.value).toBe('8080');
  });
  it('starts afresh only where a draft was taken up', () => {
    const { press, store } = wizard();
    press(text('f'));
    expect(store.told).toEqual([]);
    const drafted = wizard({ resumed: { answers: 1, ageMs: 60_000 } });
    expect(drafted.press(text('f')).message).toContain('Started afresh');
    expect(drafted.store.told).toEqual([{ intent: 'start-afresh', path: '' }]);
  });
});

describe('looking at what is typed', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const checkIn = ({ editing }: ReturnType<ReturnType<typeof wizard>['view']>) =>
    editing?.kind === 'choice' ? undefined : editing?.check;

  it('waits until nobody types, and holds up no key', async () => {
    const { press, view, store } = wizard();
    const check = vi.spyOn(store, 'check');
    press(TO_PORTS, key('enter'), { name: 'ctrl', text: 'u' }, text('7681'));
    expect(checkIn(view())).toBeUndefined();
    await vi.advanceTimersByTimeAsync(200);
    expect(check.mock.calls).toEqual([['ports.api', '7681']]);
    expect(checkIn(view())).toEqual({ level: 'bad', text: 'used by nginx (pid 812)', advice: 'next free: 7682' });
    expect(checkIn(press(text('1')))).toBeUndefined();
  });
  it('drops a late answer about an older text', async () => {
    const { press, view, store } = wizard();
    const late: ((check: Check) => void)[] = [];
    vi.spyOn(store, 'check').mockImplementation(() => new Promise((resolve) => late.push(resolve)));
    press(TO_PORTS, key('enter'));
    await vi.advanceTimersByTimeAsync(200);
    press(text('1'));
    await vi.advanceTimersByTimeAsync(200);
    late[1]?.({ level: 'good', text: 'free' });
    late[0]?.({ level: 'bad', text: 'used' });
    await vi.advanceTimersByTimeAsync(1);
    expect(checkIn(view())?.text).toBe('free');
  });
  it('says nothing of a line that was left meanwhile', async () => {
    const { press, view } = wizard();
    press(TO_PORTS, key('enter'), text('1'), key('escape'));
    await vi.advanceTimersByTimeAsync(200);
    expect(view().editing).toBeUndefined();
  });
  it('looks at the form of a secret too', async () => {
    const { press, view } = wizard();
    press(key('enter'), text('0x12'));
    await vi.advanceTimersByTimeAsync(200);
    expect(checkIn(view())).toEqual({ level: 'warn', text: 'too short' });
  });
});

describe('secrets', () => {
  it('hands over a pasted value as a secret, without the line break behind it', () => {
    const { press, store } = wizard();
    press(key('enter'), paste(`${WALLET}\r\n`), key('enter'));
    expect(store.told[0]?.secret?.reveal()).toBe(WALLET);
    expect(JSON.stringify(store.told)).not.toContain(WALLET);
  });
  it('goes on to what is next when the open line is answered', () => {
    const { press } = wizard();
    expect(here(press(key('enter'), paste(WALLET), key('enter')))).toBe('write');
  });
  it('keeps the line breaks inside a pasted value', () => {
    const { press, store } = wizard();
    press(TO_SERVICES, text('o'), key('down'), key('enter'));
    press(paste('-----BEGIN\r\nabcdef\r\n-----END\r\n'), key('enter'));
    expect(store.told[0]?.secret?.reveal()).toBe('-----BEGIN\nabcdef\n-----END');
  });
  it('says why a value is refused, and keeps what was typed', () => {
    const { press } = wizard();
    const { editing } = press(key('enter'), text('abc'), key('enter'));
    expect(editing?.problem).toBe('An EVM private key is 0x and 64 hex digits.');
    expect(editing?.kind === 'secret' && editing.field.cursor).toBe(3);
  });
  it('skips an optional one on an empty enter and says how to enter it later', () => {
    const { press, store } = wizard();
    const { message } = press(TO_SERVICES, text('o'), key('down'), key('enter'), key('enter'));
    expect(store.told).toEqual([{ intent: 'skip-secret', path: 'HYPERLIQUID_ACCOUNT_ADDRESS' }]);
    expect(message).toContain('trading-setup secrets set HYPERLIQUID_ACCOUNT_ADDRESS');
  });
  it('leaves a required one for the start', () => {
    const { press } = wizard();
    expect(press(key('enter'), key('enter')).message).toContain('the start will ask for it');
  });
  it('never skips one that is already there', () => {
    const { press, store } = wizard();
    press(TO_SERVICES, text('o'), key('end'), key('enter'), key('enter'));
    expect(store.told).toEqual([]);
  });
});

describe('a conflict', () => {
  it('is decided on its line', () => {
    const { press, store } = wizard(withConflict());
    store.skipSecret('HYPERLIQUID_API_WALLET_KEY');
    store.told.length = 0;
    expect(here(press(text('o')))).toBe('file:Dockerfile');
    const { editing } = press(key('enter'));
    expect(editing?.kind === 'choice' && editing.options.map(({ value }) => value)).toEqual(['keep', 'replace']);
    press(key('down'), key('enter'));
    expect(store.told).toEqual([{ intent: 'decide', path: 'Dockerfile', text: 'replace' }]);
    expect(press().files?.[1]?.decided).toBe('replace');
  });
  it('is decided from its difference', () => {
    const { press, store } = wizard(withConflict());
    press(text('od'));
    expect(press(key('enter')).editing?.path).toBe('file:Dockerfile');
    press(key('enter'));
    expect(store.told).toEqual([{ intent: 'decide', path: 'Dockerfile', text: 'keep' }]);
  });
  it('keeps the files from being written until it is decided', () => {
    const { press, answers } = wizard(withConflict());
    const view = press(text('ww'));
    expect(answers).toEqual([]);
    expect(here(view)).toBe('file:Dockerfile');
    expect(view.message).toContain('decide first');
    press(key('enter'), key('enter'), text('ww'));
    expect(answers).toEqual(['write']);
  });
});

describe('the difference of a file', () => {
  const long = Array.from({ length: 60 }, (_, at) => (at % 20 === 0 ? `@@ -${at} +${at} @@` : `+line ${at}`)).join(
    '\n',
  );
  const files = [
    { path: 'a', action: 'update', diff: long },
    { path: 'b', action: 'unchanged', diff: '' },
    { path: 'c', action: 'create', diff: '+c' },
  ] as const;
  const inDiff = () => {
    const made = wizard({ files });
    made.machine.sized(12);
    made.press(key('end'), key('up'), key('up'), key('enter'));
    return made;
  };
  const top = (view: ReturnType<ReturnType<typeof wizard>['view']>) => view.overlay?.top;

  it('turns pages by the height of the pane and ends with the last line', () => {
    const { press } = inDiff();
    expect(top(press(key('page-down')))).toBe(9);
    expect(top(press(text(' ')))).toBe(18);
    expect(top(press(key('page-up')))).toBe(9);
    expect(top(press(key('end')))).toBe(50);
    expect(top(press(key('down')))).toBe(50);
    expect(top(press(key('home'), key('up')))).toBe(0);
  });
  it('goes from change to change', () => {
    const { press } = inDiff();
    expect(top(press(text('n')))).toBe(20);
    expect(top(press(text('n')))).toBe(40);
    expect(top(press(text('p')))).toBe(20);
  });
  it('goes to the next and the previous file that changes, around the ends', () => {
    const { press } = inDiff();
    expect(press(key('tab')).overlay).toMatchObject({ path: 'c', top: 0 });
    expect(press(key('tab')).overlay).toMatchObject({ path: 'a' });
    expect(press(key('back-tab')).overlay).toMatchObject({ path: 'c' });
    expect(here(press(key('escape')))).toBe('file:c');
  });
  it('is not there where nothing changes', () => {
    const { press } = wizard();
    expect(press(key('end'), key('enter')).message).toBe('Nothing changes in this file.');
    expect(press(TO_SERVICES, text('d')).message).toContain('Move to a file');
  });
});

describe('ending', () => {
  it('goes to the action before it writes', () => {
    const { press, answers } = wizard();
    expect(here(press(text('w')))).toBe('write');
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
    const { sections } = new FakeStore().getState();
    const open = sections.map((section) => ({
      ...section,
      lines: section.lines.map((line) =>
        line.path === 'ports.api' ? { ...line, value: '', state: 'open' as const } : line,
      ),
    }));
    const { press, answers } = wizard({ sections: open });
    const view = press(text('ww'));
    expect(answers).toEqual([]);
    expect(lineOf(view)?.path).toBe('ports.api');
    expect(view.message).toContain('needs an answer');
  });
  it('waits for the look at the machine, and looks again at what is open then', async () => {
    let seen: () => void = () => {};
    const observed = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const machine = [{ title: 'Engine', check: { level: 'looking', text: 'looking' } }] as const;
    const { press, answers, view } = wizardWaiting(observed, machine);
    expect(press(text('ww')).message).toContain('Looking at the machine first');
    expect(answers).toEqual([]);
    seen();
    await vi.waitFor(() => expect(answers).toEqual(['write']));
    expect(view().overlay).toBeUndefined();
  });
  it('writes no value that came with the look and that nobody saw, but says it and waits to be told again', async () => {
    let seen: () => void = () => {};
    const observed = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const machine = [{ title: 'Engine', check: { level: 'looking', text: 'looking' } }] as const;
    const { press, answers, view, store } = wizardWaiting(observed, machine);
    press(text('ww'));
    const sections = store.getState().sections.map((section) => ({
      ...section,
      lines: section.lines.map((line) => (line.path === 'ports.api' ? { ...line, value: '8081' } : line)),
    }));
    store.becomes({ sections });
    seen();
    await vi.waitFor(() => expect(view().message).toMatch(/press w again: .* is 8081 now, was 8080/));
    expect(answers).toEqual([]);
    press(text('w'));
    expect(answers).toEqual(['write']);
  });
  it.each([
    ['a grave note', { notes: ['Runs already: another one.'], grave: 1 }],
    ['a line', { lines: [] }],
  ])('is not done either where %s came or went with the look', async (_, change) => {
    let seen: () => void = () => {};
    const observed = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const machine = [{ title: 'Engine', check: { level: 'looking', text: 'looking' } }] as const;
    const { press, answers, view, store } = wizardWaiting(observed, machine);
    press(text('ww'));
    const sections = store.getState().sections.map((one) => (one.title === 'Ports' ? { ...one, ...change } : one));
    store.becomes({ sections });
    seen();
    await vi.waitFor(() => expect(view().message).toContain('press w again'));
    expect(answers).toEqual([]);
  });
  it('writes nothing where the person went on while the machine was looked at', async () => {
    let seen: () => void = () => {};
    const observed = new Promise<void>((resolve) => {
      seen = resolve;
    });
    const machine = [{ title: 'Engine', check: { level: 'looking', text: 'looking' } }] as const;
    const { press, answers } = wizardWaiting(observed, machine);
    press([...text('ww'), key('down')]);
    seen();
    await observed;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answers).toEqual([]);
    press(text('ww'));
    expect(answers).toEqual(['write']);
  });
  it('quits on Ctrl-C wherever it is', () => {
    for (const before of [[], [key('enter')], text('?'), text('o'), TO_PORTS]) {
      const { press, answers } = wizard();
      press(before, key('ctrl-c'));
      expect(answers).toEqual(['quit']);
    }
  });
});

function wizardWaiting(observed: Promise<void>, machine: SetupState['machine']) {
  const store = Object.assign(new FakeStore({ machine }), { observed });
  const answers: string[] = [];
  const made = createWizard(store, (answer) => answers.push(answer));
  made.subscribe(() => {});
  const press = (keys: readonly Key[]) => {
    for (const one of keys) made.press(one);
    return made.getView();
  };
  return { answers, press, store, view: made.getView };
}
