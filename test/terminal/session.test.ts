import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { bundle } from '../commands/program.ts';
import { buildUntil, containers } from './support/engine.ts';
import { masked } from './support/golden.ts';
import { KEY, RealTerminal } from './support/real.ts';
import { PINNED, type Stage, stage } from './support/stage.ts';

vi.setConfig({ testTimeout: 60_000 });

let program: ReturnType<typeof bundle>;
let settled: Stage;
beforeAll(async () => {
  program = bundle();
  settled = stage(program.start);
  expect(await settled.play(['init', '--yes', '--no-start', ...PINNED]).ended).toBe(0);
}, 60_000);
afterAll(() => {
  settled.strike();
  program.remove();
});

/** A terminal as a shell gave it, and wants it back. */
const AS_BEFORE = { alternate: false, cursor: true, paste: false, wrap: true, title: 'a shell' };
const QUOTED = "'";

function fresh(): Stage {
  const made = stage(program.start);
  onTestFinished(() => made.strike());
  return made;
}

/** The program below a shell, which tells afterwards how it left the terminal. */
function shelled(made: Stage, args: readonly string[], env: Readonly<Record<string, string>> = {}): RealTerminal {
  const command = [process.execPath, program.start, ...args].map((word) => `${QUOTED}${word}${QUOTED}`).join(' ');
  // Before the keys are read key by key Ctrl-C is a signal, to the shell too.
  const script = `trap : INT; ${command}; echo "EXIT $?"; stty -a | grep -oE -- "-?(icanon|echo)\\b"`;
  const terminal = new RealTerminal({ argv: ['/bin/sh', '-c', script], env: { ...made.env, ...env }, cwd: made.dir });
  onTestFinished(() => terminal.kill('SIGKILL'));
  return terminal;
}

const ANSWERS_KEY = ['secrets', 'set', 'HYPERLIQUID_API_WALLET_KEY'];

describe('Ctrl-C', () => {
  it.each([
    ['while it reads', ['init', ...PINNED], 'trading-setup', '', 130],
    ['in the review', ['init', ...PINNED], 'to create', '', 130],
    ['in a field', ['init', ...PINNED], 'to create', `${KEY.tab}${KEY.tab}${KEY.enter}`, 130],
    ['in the help', ['init', ...PINNED], 'to create', '?', 130],
    ['in a masked question', ANSWERS_KEY, 'Value of', 'abc', 130],
    ['in a build', ['build'], '401/406', '', 130],
    ['in a stopped log', ['build'], '401/406', KEY.space, 130],
    ['in the search of a log', ['build'], '401/406', '/warn', 130],
    ['on the board', ['status'], 'Restarts', '', 0],
  ] as const)('%s leaves the terminal as it was', async (_, args, text, keys, code) => {
    const made = args[0] === 'init' ? fresh() : settled;
    made.docker(buildUntil('build-ok', 'Compiling\u001B[0m algo-trade-market') + containers('board-healthy'));
    const terminal = shelled(made, args);
    await terminal.sees(text);
    terminal.type(...keys);
    if (keys !== '') await terminal.settled();
    terminal.type(KEY.ctrlC);
    // Who reads the log when the end comes leaves it by a key.
    await terminal.sees(new RegExp(`EXIT ${code}|q leave`));
    if (!terminal.screen().includes('EXIT')) terminal.type(KEY.ctrlC);
    await terminal.sees(`EXIT ${code}`);
    await terminal.sees(/^icanon$/m);
    expect(terminal.screen()).toMatch(/^echo$/m);
    expect(terminal.state).toEqual(AS_BEFORE);
  });
});

describe('Ctrl-Z', () => {
  it('gives the terminal to the shell, and fg brings the screen back, in the size of now', async () => {
    const made = fresh();
    const terminal = new RealTerminal({
      argv: ['/bin/bash', '--norc', '--noprofile', '-i'],
      env: { ...made.env, PS1: 'shell>', BASH_SILENCE_DEPRECATION_WARNING: '1' },
      cwd: made.dir,
    });
    onTestFinished(() => terminal.kill('SIGKILL'));
    await terminal.sees('shell>');
    // A shell between us and the shell of the person, as npx is.
    terminal.type(`sh -c '"${process.execPath}" "${program.start}" init; exit $?'${KEY.enter}`);
    await terminal.sees('to create');
    await terminal.press(KEY.tab);
    const before = terminal.screen();
    terminal.type(KEY.ctrlZ);
    await terminal.sees('Stopped');
    // A shell marks pastes itself while it reads a line.
    expect({ ...terminal.state, paste: false }).toEqual(AS_BEFORE);
    terminal.type(`stty -a | grep -oE -- "-?icanon"${KEY.enter}`);
    await terminal.sees(/^icanon$/m);
    terminal.resize(100, 30);
    terminal.type(`fg${KEY.enter}`);
    await terminal.sees('ctrl-c quit');
    await terminal.settled();
    expect(terminal.screen().split('\n')).toHaveLength(30);
    await terminal.repaint(80, 24);
    expect(terminal.screen()).toBe(before);
    terminal.type(KEY.ctrlC);
    await terminal.sees('Nothing was written');
  });

  it('does nothing where no shell could bring it back', async () => {
    const terminal = fresh().play(['init']);
    await terminal.sees('to create');
    terminal.type(KEY.ctrlZ);
    await terminal.sees('to create');
    await terminal.press('?');
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended).toBe(130);
  });

  it('from outside (SIGTSTP, SIGSTOP) is the same', async () => {
    const made = fresh();
    const terminal = made.play(['init', ...PINNED]);
    await terminal.sees('7GB of memory');
    await terminal.settled();
    const before = terminal.screen();
    terminal.kill('SIGSTOP');
    terminal.resize(90, 30);
    terminal.kill('SIGCONT');
    await vi.waitFor(() => expect(terminal.screen().split('\n')).toHaveLength(30), 5000);
    await terminal.repaint(80, 24);
    expect(terminal.screen()).toBe(before);
  });
});

describe('an end from outside', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s gives the terminal back', async (signal, code) => {
    const terminal = fresh().play(['init']);
    await terminal.sees('to create');
    terminal.kill(signal);
    expect(await terminal.ended).toBe(code);
    await vi.waitFor(() => expect(terminal.state).toEqual(AS_BEFORE));
  });
});

describe('slow lines and old terminals', () => {
  it('an arrow that comes in two pieces is an arrow, and escape is a key', async () => {
    const terminal = fresh().play(['init', ...PINNED], {}, { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22' });
    await terminal.sees('to create');
    terminal.type('?');
    await terminal.sees('esc back');
    terminal.type(KEY.escape);
    await new Promise((done) => setTimeout(done, 150));
    await terminal.press('[B');
    expect(terminal.screen()).toContain('esc back');
    terminal.type(KEY.escape);
    await vi.waitFor(() => expect(terminal.screen()).toContain('to create'), 5000);
  });

  it('several lines pasted without marks are one value and send nothing', async () => {
    settled.docker('');
    const terminal = settled.play(ANSWERS_KEY);
    await terminal.sees('Value of');
    await terminal.press('first line\rsecond line\rthird\r');
    expect(terminal.screen()).toContain('•'.repeat(28));
    expect(terminal.state.alternate).toBe(true);
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended).toBe(130);
    expect(terminal.written).not.toContain('second line');
  });

  it.each([
    ['truecolor', { COLORTERM: 'truecolor', FORCE_COLOR: '3' }],
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['CI', { CI: 'true' }],
    ['TERM=linux', { TERM: 'linux' }],
    ['an ASCII locale', { LANG: 'C' }],
  ] as const)('%s: at most 16 colours, and only signs that can be shown', async (name, env) => {
    const terminal = fresh().play(['init', ...PINNED], {}, env);
    await terminal.sees('to create');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are looked for
    const paints = [...terminal.written.matchAll(/\u001B\[([\d;]*)m/g)].map(([, codes = '']) => codes);
    expect(paints.filter((codes) => /^[34]8|^(9|10)\d/.test(codes))).toEqual([]);
    if (name === 'NO_COLOR') expect(paints.filter((codes) => /^[34][0-7]$/.test(codes))).toEqual([]);
    else expect(paints).toContain('32');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
    if (name === 'TERM=linux' || name === 'an ASCII locale') expect(terminal.screen()).toMatch(/^[\u0000-\u007F]*$/);
    expect(terminal.written.includes('\u001B]0;')).toBe(name !== 'TERM=linux');
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended).toBe(130);
    expect(terminal.state).toEqual(AS_BEFORE);
  });

  it('a terminal that is too small says so, and takes no answer meanwhile', async () => {
    const terminal = fresh().play(['init', ...PINNED], { columns: 30, rows: 8 });
    await terminal.sees('Make it');
    await terminal.press('w', KEY.enter, '?');
    terminal.resize(40, 10);
    await terminal.sees('ctrl-c quit');
    await terminal.settled();
    expect(terminal.screen()).not.toContain('esc back');
    terminal.type(KEY.ctrlC);
    expect(await terminal.ended).toBe(130);
  });
});

/** Sizes as a person makes them who drags the corner of a window. */
function sizes(): readonly (readonly [number, number])[] {
  return Array.from({ length: 50 }, (_, n) => [40 + ((n * 37) % 161), 10 + ((n * 17) % 51)] as const);
}

describe('a resize storm', () => {
  it.each([
    ['wizard', ['init', ...PINNED], '7GB of memory'],
    ['build', ['build'], '401/406'],
  ] as const)('ends with the very cells of a fresh start: %s', async (what, args, text) => {
    const made = what === 'wizard' ? fresh() : settled;
    made.time('2026-11-22T08:01:36.500Z');
    made.docker(what === 'wizard' ? '' : chatty(made));
    const stormy = made.play(args);
    await stormy.sees(what === 'wizard' ? text : 'line ');
    for (const [columns, rows] of sizes()) {
      stormy.resize(columns, rows);
      await new Promise((done) => setTimeout(done, 40));
    }
    stormy.resize(97, 31);
    await stormy.sees(what === 'wizard' ? text : 'line 20000');
    await stormy.settled();
    const calm = made.play(args, { columns: 97, rows: 31 });
    await calm.sees(what === 'wizard' ? text : 'line 20000');
    await calm.settled();
    // A spinner stands where it stands; everything else is the same, cell by cell.
    const cells = (terminal: RealTerminal) => JSON.parse(masked(JSON.stringify(terminal.cells())));
    expect(masked(stormy.screen())).toBe(masked(calm.screen()));
    expect(cells(stormy)).toEqual(cells(calm));
  });
});

/** A build that writes 20,000 lines within the storm, with wide and joined characters among them. */
function chatty(made: Stage): string {
  const text = (n: number): string =>
    n % 7 === 0 ? `line ${n} 行情 👨‍👩‍👧 e\u0301 ✈️ ${'─'.repeat(n % 90)}` : `line ${n} ${'x'.repeat(n % 120)}`;
  const script = `
    const digest = 'sha256:' + '1'.repeat(64);
    const say = (part) => process.stdout.write(JSON.stringify(part) + '\\n');
    const text = ${text.toString()};
    say({ vertexes: [{ digest, name: '[app build 2/2] RUN cargo build', started: '2026-11-22T08:01:36.600Z' }] });
    let n = 0;
    const timer = setInterval(() => {
      for (let k = 0; k < 200 && n < 20000; k += 1) {
        n += 1;
        say({ logs: [{ vertex: digest, stream: 1, data: Buffer.from(text(n) + '\\n').toString('base64'), timestamp: '2026-11-22T08:01:36.700Z' }] });
      }
      if (n >= 20000) clearInterval(timer);
    }, 20);
    setInterval(() => {}, 60000);
  `;
  const path = join(made.home, 'chatty.mjs');
  writeFileSync(path, script);
  return `  *--progress=json*build*) exec env NODE_OPTIONS= ${process.execPath} ${path} ;;\n`;
}
