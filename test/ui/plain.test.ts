import { describe, expect, it, vi } from 'vitest';
import type { OperationEvent } from '../../src/events/operation.ts';
import { askOn } from '../../src/ui/plain/ask.ts';
import { askByLines } from '../../src/ui/plain/ask-lines.ts';
import { plainFace } from '../../src/ui/plain/face.ts';
import { folded } from '../../src/ui/words.ts';
import { FakeStore, withConflict } from './demo/fake-store.ts';
import { FakeTerminal, KEY } from './support/terminal.ts';

const WALLET = `0x${'ab'.repeat(32)}`;
const SECRET_LINE = 'secrets.HYPERLIQUID_API_WALLET_KEY';

/** Both ways of asking: keys that inquirer reads, and lines that the terminal edits. */
const WAYS = [
  ['inquirer', askOn],
  ['lines', askByLines],
] as const;

/** The conflict of the sample store, decided. */
const DECIDED = new FakeStore()
  .getState()
  .files.map((file) => (file.action === 'conflict' ? { ...file, decided: 'keep' as const } : file));

function open(way: (typeof WAYS)[number][1], store = new FakeStore({ files: DECIDED })) {
  const fake = new FakeTerminal(100, 100);
  const face = plainFace(fake.terminal, { spin: false }, way(fake.terminal));
  const answer = face.review(Promise.resolve(store));
  let read = 0;
  const asked = async (question: RegExp): Promise<RegExpExecArray> => {
    const found = () => question.exec(fake.text().slice(read));
    await vi.waitFor(() => expect(found(), fake.text().slice(read)).not.toBeNull(), { timeout: 5000, interval: 5 });
    return found() ?? expect.fail();
  };
  const send = async (typed: string, drawnAnew: boolean): Promise<void> => {
    read = fake.text().length;
    fake.type(typed, KEY.enter);
    // Inquirer draws the question again for each key: what is asked next stands behind its tick.
    if (drawnAnew) read += (await asked(/✔/)).index;
  };
  /** Waits for the question behind everything that was answered so far, then answers it. */
  const reply = async (question: string, typed: string): Promise<void> => {
    await asked(new RegExp(`^\\? ${question}|^${question}[^\n]*: $`, 'm'));
    await send(typed, way === askOn && !question.startsWith('HYPERLIQUID'));
  };
  /** The same for a choice, by the name of an option, or `?`. */
  const pick = async (option: string): Promise<void> => {
    const [, number = ''] = await asked(new RegExp(`(\\d+)\\) ${option === '?' ? '' : option}`));
    await asked(/^Number, 1 to [^\n]*: $|^\? [\s\S]*\d+\) [^\n]*$/m);
    await send(option === '?' ? '?' : number, way === askOn);
  };
  /** Waits until it was said, on however many lines. */
  const said = (text: string): Promise<void> =>
    vi.waitFor(() => expect(fake.text().replace(/\s+/g, ' ')).toContain(text), { timeout: 5000, interval: 5 });
  return { fake, store, answer, reply, pick, said };
}

describe.each(WAYS)('the review by %s', (name, way) => {
  it('is told once, asks what is open and is agreed to', async () => {
    const { fake, store, answer, reply, pick, said } = open(way);
    await reply('HYPERLIQUID_API_WALLET_KEY', 'abc');
    await said('An EVM private key is 0x and 64 hex digits.');
    await reply('HYPERLIQUID_API_WALLET_KEY', name === 'inquirer' ? `${KEY.ctrlU}${WALLET}` : WALLET);
    await pick('Write these files');
    expect(await answer).toBe('write');
    expect(store.told.at(-1)?.secret?.reveal()).toBe(WALLET);
    expect(fake.written).not.toContain(WALLET);
    for (const word of ['PAPER because', 'Disk: 9.0 GB free; make room: docker system df', 'The same without'])
      expect(fake.text()).toContain(word);
  });

  it('gives help for a question mark, and asks again', async () => {
    const { answer, reply, pick, said } = open(way);
    await reply('HYPERLIQUID_API_WALLET_KEY', '?');
    await said('later: trading-setup secrets set HYPERLIQUID_API_WALLET_KEY');
    await reply('HYPERLIQUID_API_WALLET_KEY', '');
    await pick('Change a line');
    await pick('Services');
    await pick('TUI access');
    await said('docker exec (no port at all)');
    await pick('?');
    await said('In trading-setup.yaml: tui.access');
    await (name === 'inquirer' ? pick('docker exec') : reply('Number, 1 to 3', '2'));
    await pick('Quit without writing');
    expect(await answer).toBe('quit');
  });

  it('finds a line by its section and by its name, says what was seen of the value, and takes it back', async () => {
    const { store, answer, reply, pick, said } = open(way);
    await reply('HYPERLIQUID_API_WALLET_KEY', '');
    await pick('Change a line');
    await pick('Ports');
    await pick('Web API');
    await reply('Web API', name === 'inquirer' ? `${KEY.ctrlU}7681` : '7681');
    await said('Web API 7681: used by nginx (pid 812); next free: 7682');
    await pick('Change a line');
    await pick('Find a line by its name');
    await reply('A part of its name', 'web');
    await pick('Ports, Web API: 7681');
    await pick('Take my change back');
    await vi.waitFor(() => expect(store.told.at(-1)).toEqual({ intent: 'reset', path: 'ports.api' }));
    await pick('Take the last change back');
    await said('Took the last change back.');
    await pick('Change a line');
    await pick('Find a line by its name');
    await reply('A part of its name', 'nothing of this name');
    await said('No line is called so.');
    await pick('Back');
    await pick('Quit');
    expect(await answer).toBe('quit');
  });

  it('asks about a file that is there already, shows the difference, and writes nothing before', async () => {
    const { fake, store, answer, reply, pick, said } = open(way, new FakeStore(withConflict()));
    await reply('HYPERLIQUID_API_WALLET_KEY', '');
    await pick('Show the difference');
    await said('+FROM rust:1.90-bookworm');
    await pick('Decide later');
    await said('this waits for you: Dockerfile.');
    expect(fake.text()).not.toContain('Write these files');
    store.decide('Dockerfile', 'keep');
    await pick('Look at the files');
    await pick('conflict Dockerfile, decided: keep');
    await pick('Decide later');
    await pick('Back');
    await pick('Write these files');
    expect(await answer).toBe('write');
  });

  it.each([
    ['yes', false],
    ['no', true],
  ])('takes up a draft after a %s, and says so', async (typed, forgotten) => {
    const store = new FakeStore({ files: DECIDED, resumed: { answers: 3, ageMs: 7_300_000 } });
    const { fake, answer, reply, pick } = open(way, store);
    await reply('Go on with them?', typed);
    expect(fake.text()).toContain('3 answers of an unfinished run 2h01m ago are taken up again');
    await reply('HYPERLIQUID_API_WALLET_KEY', '');
    await pick('Quit');
    await answer;
    expect(store.told.some(({ intent }) => intent === 'start-afresh')).toBe(forgotten);
  });

  it('says LIVE? where nothing proves what it trades with', async () => {
    const store = new FakeStore({ mode: 'live', proven: false, files: DECIDED });
    const { fake, answer, reply, pick } = open(way, store);
    await reply('HYPERLIQUID_API_WALLET_KEY', '');
    await pick('Quit');
    await answer;
    expect(fake.text()).toContain('algo-trade, LIVE?.');
  });

  it('asks nothing before the machine has been looked at', async () => {
    const store = new FakeStore({ files: DECIDED });
    let seen = (): void => {};
    Object.assign(store, { observed: new Promise<void>((done) => (seen = done)) });
    const { fake, answer, reply, pick } = open(way, store);
    await fake.sees('looking at this machine');
    expect(fake.text()).not.toContain('HYPERLIQUID_API_WALLET_KEY');
    seen();
    await reply('HYPERLIQUID_API_WALLET_KEY', '');
    await pick('Quit');
    await answer;
  });

  it('does not offer to write while a line has no answer', async () => {
    const sections = new FakeStore().getState().sections.map((section) => ({
      ...section,
      lines: section.lines.map((line) =>
        line.path === SECRET_LINE
          ? { ...line, state: 'answered' as const }
          : line.path === 'ports.api'
            ? { ...line, state: 'invalid' as const, problem: 'Taken.' }
            : line,
      ),
    }));
    const { fake, answer, reply, pick, said } = open(way, new FakeStore({ sections, files: DECIDED }));
    await fake.sees('Taken.');
    await reply('Web API', '?');
    await said('In trading-setup.yaml: ports.api');
    await reply('Web API', name === 'inquirer' ? `${KEY.ctrlU}9090` : '9090');
    await pick('Write these files');
    expect(await answer).toBe('write');
  });
});

describe.each(WAYS)('Ctrl-C by %s', (name, way) => {
  // Where the terminal reads the keys it is a signal.
  const press = (fake: FakeTerminal): void => (name === 'inquirer' ? fake.type(KEY.ctrlC) : fake.interrupt());

  it.each([
    ['a word', 'HYPERLIQUID_API_WALLET_KEY', []],
    ['the menu', 'What now?', ['']],
    ['a section', 'Where?', ['', 'Change a line']],
    ['a line', 'Which line?', ['', 'Change a line', 'Ports']],
    ['a value', 'Port on this machine', ['', 'Change a line', 'Ports', 'Web API']],
  ])('ends the review at %s, with the terminal as before', async (_, question, way_) => {
    const { fake, answer, reply, pick } = open(way);
    for (const [at, step] of way_.entries()) await (at === 0 ? reply('HYPERLIQUID_API_WALLET_KEY', '') : pick(step));
    await fake.sees(question === 'Port on this machine' ? 'Web API' : question);
    // The question is asked, and not only announced.
    await vi.waitFor(() =>
      expect(fake.input.listenerCount('data') + fake.input.listenerCount('keypress')).toBeGreaterThan(0),
    );
    await vi.waitFor(() => {
      press(fake);
      return expect(Promise.race([answer, Promise.resolve('asks')])).resolves.toBe('quit');
    }, 5000);
    expect(fake.raw).toBe(false);
    expect(fake.written.lastIndexOf('\u001B[?25h')).toBeGreaterThanOrEqual(fake.written.lastIndexOf('\u001B[?25l'));
  });

  it('is no answer to a question outside of the review', async () => {
    const fake = new FakeTerminal();
    const face = plainFace(fake.terminal, { spin: false }, way(fake.terminal));
    for (const ask of [
      () => face.confirm('Go on?', true),
      () => face.choose('Go on?', [{ value: 'a', label: 'A' }]),
      () => face.askText('Go on?'),
      () => face.askSecret('Go on?'),
    ]) {
      const answer = ask();
      await vi.waitFor(() => {
        press(fake);
        return expect(Promise.race([answer, Promise.resolve('asks')])).resolves.toBeUndefined();
      }, 5000);
    }
  });
});

describe.each(WAYS)('what is pasted by %s', (_, way) => {
  const KEY_FILE = ['-----BEGIN KEY-----', 'c2VjcmV0LW9uZQ', 'c2VjcmV0LXR3bw', '-----END KEY-----'];

  it('as a secret of several lines is one value, and no line of it is ever echoed', async () => {
    const fake = new FakeTerminal();
    const secret = way(fake.terminal).passphrase('Key:');
    await fake.sees('Key');
    for (const line of KEY_FILE) {
      fake.type(`${line}\r`);
      await new Promise((done) => setTimeout(done, 5));
      expect(fake.raw).toBe(true);
    }
    expect((await secret).reveal()).toBe(KEY_FILE.join('\n'));
    expect(fake.raw).toBe(false);
    for (const line of KEY_FILE) expect(fake.written).not.toContain(line);
  });

  it('answers no further question with its other lines', async () => {
    const fake = new FakeTerminal();
    const ask = way(fake.terminal);
    const first = ask.words('First');
    await fake.sees('First');
    fake.type('one\r', 'two\r', 'three\r');
    expect(await first).toBe('one');
    fake.type('four\r');
    const second = ask.words('Second');
    await fake.sees('Second');
    fake.type('2\r');
    expect(await second).toBe('2');
  });

  it('and ended before the question gives it up: nothing is waited for', async () => {
    const fake = new FakeTerminal();
    fake.input.end();
    fake.input.resume();
    await new Promise((done) => fake.input.once('end', done));
    const face = plainFace(fake.terminal, { spin: false }, way(fake.terminal));
    expect(await face.askText('Go on?')).toBeUndefined();
    expect(await face.askSecret('Go on?')).toBeUndefined();
    expect(fake.raw).toBe(false);
  });
});

function planned(title: string): OperationEvent {
  return {
    type: 'planned',
    operation: 'deploy',
    stack: { name: 'algo-trade', mode: 'paper' },
    steps: [{ id: 'a', title, cause: '' }],
  };
}

describe('words that are not ours', () => {
  const BAD = 'FROM a\u001B[2J\u001B]0;owned\u0007\tb\u202Ec\r';
  const GOOD = 'FROM a    bc';
  const bare = (fake: FakeTerminal): void => {
    expect(fake.text()).toContain(GOOD);
    for (const sign of ['\u001B[2J', '\u001B]', '\u0007', '\u202E', 'owned']) expect(fake.written).not.toContain(sign);
  };

  it('move no cursor: what is said, a difference, and what a choice is about', async () => {
    const file = {
      path: 'Dockerfile',
      action: 'conflict',
      diff: `-x\n+${BAD}`,
      note: BAD,
      choices: [{ value: 'keep', means: BAD }],
    } as const;
    const { fake, answer, reply, pick } = open(askByLines, new FakeStore({ files: [file] }));
    await reply('HYPERLIQUID_API_WALLET_KEY', '');
    await pick('Show the difference');
    await fake.sees(`+${GOOD}`);
    await pick('Decide later');
    await pick('Quit');
    await answer;
    bare(fake);

    const told = new FakeTerminal();
    const face = plainFace(told.terminal, { spin: false });
    face.say(BAD);
    const chosen = face.choose(BAD, [{ value: 'one', label: BAD }], BAD);
    await told.sees('Number, 1 to 1');
    told.type('1\r');
    expect(await chosen).toBe('one');
    expect(told.text().split(GOOD)).toHaveLength(5);
    bare(told);
  });

  it('move no cursor: the progress of a step, its failure and what is true now', async () => {
    const fake = new FakeTerminal();
    async function* events(): AsyncGenerator<OperationEvent> {
      yield planned(BAD);
      yield { type: 'step-started', id: 'a' };
      yield { type: 'step-progress', id: 'a', text: BAD };
      yield { type: 'step-failed', id: 'a', message: `${BAD}\n${BAD}` };
      yield { type: 'ended', outcome: 'failed', truth: BAD, next: [BAD] };
    }
    await plainFace(fake.terminal, { spin: false }).operation(events(), () => {});
    bare(fake);
  });
});

describe('a signal that ends the review', () => {
  const end = async (store: FakeStore): Promise<string> => {
    const { fake, answer } = open(askByLines, store);
    await fake.sees('HYPERLIQUID_API_WALLET_KEY (empty');
    const before = fake.text().length;
    fake.restore();
    const said = fake.text().slice(before);
    fake.interrupt();
    await answer;
    return said;
  };

  it('speaks of a draft only where there is one', async () => {
    expect(await end(new FakeStore({ files: DECIDED }))).toBe('\nNothing was written.\n');
    const resumed = new FakeStore({ files: DECIDED });
    resumed.change('ports.api', '9191');
    expect(await end(resumed)).toContain('kept as a draft');
    const unkept = new FakeStore({ files: DECIDED, unkept: true });
    unkept.change('ports.api', '9191');
    expect(await end(unkept)).toBe('\nNothing was written.\n');
  });
});

describe('Ctrl-Z', () => {
  it('does not stop an operation, and is answered', async () => {
    const fake = new FakeTerminal();
    let release = (): void => {};
    async function* events(): AsyncGenerator<OperationEvent> {
      yield planned('Start');
      yield { type: 'step-started', id: 'a' };
      await new Promise<void>((done) => (release = done));
      yield { type: 'ended', outcome: 'done', truth: 'It runs.', next: [] };
    }
    const outcome = plainFace(fake.terminal, { spin: false }).operation(events(), () => {});
    await vi.waitFor(() => expect(fake.stays()).toBe(true));
    await fake.sees('Ctrl-Z is off while this is at work; Ctrl-C cancels it.');
    release();
    expect(await outcome).toBe('done');
  });
});

describe('by lines', () => {
  it('draws nothing twice and writes no escape sequence', async () => {
    const { fake, answer, reply, pick } = open(askByLines);
    await reply('HYPERLIQUID_API_WALLET_KEY', '');
    await pick('Change a line');
    await pick('Ports');
    await pick('Web API');
    await reply('Web API', '9090');
    await pick('Write these files');
    await answer;
    expect(fake.written).not.toContain('\u001B');
    expect(fake.written.match(/Enter keeps 8080/g)).toHaveLength(1);
    expect(fake.text()).toMatchSnapshot();
  });

  it('reads no answer out of what was pasted before the question', async () => {
    const fake = new FakeTerminal();
    const ask = askByLines(fake.terminal);
    const first = ask.words('First');
    await fake.sees('First:');
    fake.type('one\n', 'two\n', 'three\n');
    expect(await first).toBe('one');
    const second = ask.words('Second');
    await fake.sees('Second:');
    expect(fake.text()).toContain('What was typed before this question was asked is left out.');
    fake.type('2\n');
    expect(await second).toBe('2');
  });

  it('does not echo a secret, and edits it', async () => {
    const fake = new FakeTerminal();
    const secret = askByLines(fake.terminal).passphrase('Passphrase:');
    await fake.sees('Passphrase, not shown:');
    expect(fake.raw).toBe(true);
    fake.type('wrong', KEY.ctrlU, 'horsex', KEY.backspace, 'größe', KEY.enter);
    expect((await secret).reveal()).toBe('horsegröße');
    expect(fake.written).not.toContain('horse');
    expect(fake.raw).toBe(false);
  });

  it('takes the end of the input for a Ctrl-C', async () => {
    const fake = new FakeTerminal();
    const answer = plainFace(fake.terminal, { spin: false }).askText('Go on?');
    await fake.sees('Go on?:');
    fake.input.end();
    expect(await answer).toBeUndefined();
  });

  it('asks for yes or no until it is one', async () => {
    const fake = new FakeTerminal();
    const answer = askByLines(fake.terminal).yes('Start it?', true);
    await fake.sees('Start it? (yes or no, Enter is yes):');
    fake.type('perhaps\n');
    await fake.sees('Type yes or no.');
    await vi.waitFor(() => expect(fake.text().match(/Start it\?/g)).toHaveLength(2));
    fake.type('n\n');
    expect(await answer).toBe(false);
  });
});

describe('a text for a narrow terminal', () => {
  it('is broken between words, and what goes on stands further in', () => {
    expect(folded('Ports\n  Note: one two three four', 18)).toBe('Ports\n  Note: one two\n    three four');
    expect(folded('short', 18)).toBe('short');
  });
});
