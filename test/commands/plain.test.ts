import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { unpackSample } from '../../src/flow/sample.ts';
import { Pty } from '../ui/support/pty.ts';
import { KEY } from '../ui/support/terminal.ts';
import { bundle, temporary } from './program.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

const WALLET = `0x${'ab'.repeat(32)}`;

/** Both ways of asking line by line. */
const WAYS = [
  ['--plain', {}],
  ['a screen reader', { ACCESSIBLE: '1' }],
] as const;

/** Runs a program below a shell that says afterwards how it ended and in which state the terminal is. */
const BELOW_A_SHELL = `import { spawn } from 'node:child_process';
process.on('SIGINT', () => {});
const child = spawn('sh', ['-c', 'trap : INT; "$@"; echo "ENDED $?"; stty -a; echo OVER', 'sh', process.execPath, ...process.argv.slice(2)], { stdio: 'inherit' });
child.on('close', () => process.exit(0));`;

function files(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(dir, path)).isFile())
    .sort();
}

/** What is written beside it and moved over it is no draft yet. */
function draftIn(state: string): string {
  return join(state, readdirSync(state).find((name) => name.endsWith('.json')) ?? 'none');
}

async function sample(): Promise<string> {
  const dir = join(temporary(), 'sample');
  await unpackSample(dir);
  return dir;
}

function conversation(dir: string, env: Readonly<Record<string, string>>, home: string, shell = false) {
  const args = ['init', '--plain', '--no-start', '--dir', dir];
  const variables = { HOME: home, DOCKER_HOST: `unix://${home}/no-engine.sock`, ...env };
  const script = join(home, 'below.mjs');
  writeFileSync(script, BELOW_A_SHELL);
  const pty = shell
    ? new Pty(script, [program.start, ...args], variables, 100, 60)
    : new Pty(program.start, args, variables, 100, 60);
  onTestFinished(() => pty.kill('SIGKILL'));
  const simple = env.ACCESSIBLE !== undefined;
  let read = 0;
  const after = (): string => stripVTControlCharacters(pty.written.slice(read));
  const asked = async (question: RegExp): Promise<string> => {
    await vi.waitFor(() => expect(after()).toMatch(question), { timeout: 10_000, interval: 10 });
    return after();
  };
  const send = (text: string): void => {
    read = pty.written.length;
    pty.type(text);
  };
  const number = simple ? /Number, 1 to \d+.*: $/ : /\n\? [^\n]*\n[\s\S]*\d+\) /;
  return {
    pty,
    send,
    asked,
    /** The question of a value is asked, and waits. */
    value: (title: string) => asked(new RegExp(`\\n(\\? )?${title}.*[:)] ?`)),
    choice: () => asked(number),
    async reply(title: string, text: string) {
      await asked(new RegExp(`\\n(\\? )?${title}.*[:)] ?`));
      send(`${simple ? '' : KEY.ctrlU}${text}\r`);
    },
    async pick(option: string) {
      const found = await asked(new RegExp(`(\\d+)\\) ${option}`));
      await asked(number);
      send(`${new RegExp(`(\\d+)\\) ${option}`).exec(found)?.[1]}\r`);
    },
  };
}

type Talk = ReturnType<typeof conversation>;

async function leaveCredentials({ reply }: Talk): Promise<void> {
  await reply('HYPERLIQUID_ACCOUNT_ADDRESS', '');
  await reply('HYPERLIQUID_API_WALLET_KEY', '');
}

async function toSections(talk: Talk): Promise<void> {
  await leaveCredentials(talk);
  await talk.pick('Change a line');
}

async function toLines(talk: Talk): Promise<void> {
  await toSections(talk);
  await talk.pick('Ports:');
}

async function toTerminal(talk: Talk): Promise<void> {
  await toLines(talk);
  await talk.pick('Terminal');
}

const NOTHING = /Nothing was written\./;
const KEPT = /Nothing was written\. Your answers are kept as a draft, without secrets\./;

describe.each(WAYS)('Ctrl-C with %s', (_, env) => {
  it.each<readonly [where: string, said: RegExp, go: (talk: Talk) => Promise<unknown>]>([
    ['while the repository is read', NOTHING, ({ asked }) => asked(/looking at this machine/)],
    ['at a credential', NOTHING, ({ value }) => value('HYPERLIQUID_ACCOUNT_ADDRESS')],
    ['in the menu', KEPT, (talk) => leaveCredentials(talk).then(talk.choice)],
    ['among the sections', KEPT, (talk) => toSections(talk).then(talk.choice)],
    ['among the lines', KEPT, (talk) => toLines(talk).then(talk.choice)],
    ['at a value', KEPT, (talk) => toTerminal(talk).then(() => talk.value('Terminal'))],
  ])('%s is exit 130: nothing is written, and the terminal is as before', async (_name, ending, go) => {
    const dir = await sample();
    const before = files(dir);
    const talk = conversation(dir, env, temporary(), true);
    await go(talk);
    talk.send(KEY.ctrlC);
    const said = await talk.asked(/OVER/);
    expect(said).toContain('ENDED 130');
    expect(said).toMatch(ending);
    expect(said).toMatch(/[ ;]icanon/);
    expect(said).toMatch(/[ ;]echo /);
    expect(talk.pty.cursorShown).toBe(true);
    expect(files(dir)).toEqual(before);
  });
});

describe.each(WAYS)('kill -9 with %s', (_, env) => {
  it('loses no answer and keeps no secret; what was answered is taken up, or forgotten', {
    timeout: 60_000,
  }, async () => {
    const dir = await sample();
    const home = temporary();
    const first = conversation(dir, env, home);
    await first.reply('HYPERLIQUID_ACCOUNT_ADDRESS', '');
    await first.reply('HYPERLIQUID_API_WALLET_KEY', WALLET);
    await first.pick('Change a line');
    await first.pick('Ports:');
    await first.pick('Terminal');
    await first.reply('Terminal', '17682');
    await first.choice();
    const state = join(home, '.local/state/trading-setup/drafts');
    await vi.waitFor(() => expect(readFileSync(draftIn(state), 'utf8')).toContain('17682'), 5000);
    first.pty.kill('SIGKILL');
    await first.pty.ended;
    expect(first.pty.written).not.toContain(WALLET);
    for (const path of files(home)) expect(readFileSync(join(home, path), 'utf8'), path).not.toContain('abababab');
    expect(files(dir)).not.toContain('trading-setup.yaml');

    const second = conversation(dir, env, home);
    await second.asked(/3 answers of an unfinished run .* are taken up again/);
    await second.asked(/Go on with them\?.*/);
    second.send('\r');
    expect(await second.value('HYPERLIQUID_API_WALLET_KEY')).toMatch(/Terminal: 17682/);
    second.send(KEY.ctrlC);
    expect(await second.pty.ended).toBe(130);

    const third = conversation(dir, env, home);
    await third.asked(/Go on with them\?.*/);
    third.send('n\r');
    expect(await third.value('HYPERLIQUID_ACCOUNT_ADDRESS')).not.toMatch(/Terminal: 17682/);
    await leaveCredentials(third);
    await third.pick('Write these files');
    expect(await third.pty.ended).toBe(0);
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).not.toContain('17682');
    expect(readdirSync(state).filter((name) => name.endsWith('.json'))).toEqual([]);
  });
});

describe.each(WAYS)('SIGTERM with %s', (_, env) => {
  it.each([
    ['a credential', 'HYPERLIQUID_ACCOUNT_ADDRESS', () => undefined],
    ['a secret', 'HYPERLIQUID_API_WALLET_KEY', ({ reply }: Talk) => reply('HYPERLIQUID_ACCOUNT_ADDRESS', '')],
  ] as const)('at %s is exit 143, with the terminal as before', async (_name, question, go) => {
    const talk = conversation(await sample(), env, temporary());
    await go(talk);
    await talk.value(question);
    talk.pty.kill('SIGTERM');
    expect(await talk.pty.ended).toBe(143);
    expect(talk.pty.written).toContain('Nothing was written.');
    expect(talk.pty.cursorShown).toBe(true);
  });
});

describe.each(WAYS)('a key of several lines pasted with %s', (_, env) => {
  it('is never seen, not even its last lines', async () => {
    const talk = conversation(await sample(), env, temporary());
    await talk.reply('HYPERLIQUID_ACCOUNT_ADDRESS', '');
    await talk.value('HYPERLIQUID_API_WALLET_KEY');
    talk.send('first-line-of-a-key\r');
    await new Promise((done) => setTimeout(done, 10));
    talk.pty.type('second-line-of-a-key\rthird-line-of-a-key\r');
    // It is no wallet key: the question comes again.
    await talk.asked(/more than one line[\s\S]*HYPERLIQUID_API_WALLET_KEY/);
    talk.send(KEY.ctrlC);
    expect(await talk.pty.ended).toBe(130);
    expect(talk.pty.written).not.toContain('line-of-a-key');
  });
});
