// The questions of a new user with the sample: how many answers there are, and how long the program takes between the
// start and the written files when every answer comes at once.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { median } from './measure.js';

const LIMIT_MS = 30_000;

const leftOut = (name) => [
  { shows: new RegExp(`▸ ${name} +not entered`), types: '\r' },
  { shows: new RegExp(`▸ ${name} *type or paste it[^\\n]*\\n[^▸]*leaves it out`), types: '\r', answer: name },
];

const FACES = {
  wizard: {
    flags: [],
    steps: [
      ...leftOut('HYPERLIQUID_ACCOUNT_ADDRESS'),
      ...leftOut('HYPERLIQUID_API_WALLET_KEY'),
      { shows: /▸ Write these files[\s\S]*Engine +(?!looking)\S/, types: '\r', answer: 'write' },
    ],
  },
  'line by line': {
    flags: ['--plain'],
    steps: [
      { shows: /HYPERLIQUID_ACCOUNT_ADDRESS \(optional, empty: left out\):/, types: '\r', answer: 'address' },
      { shows: /HYPERLIQUID_API_WALLET_KEY \(optional, empty: left out\):/, types: '\r', answer: 'key' },
      { shows: /1\) Write these files/, types: '1\r', answer: 'write' },
    ],
  },
};

/** Milliseconds from the start to the end of a setup that is answered as soon as it asks. */
async function answered(cli, { flags, steps }, env, scratch) {
  const home = mkdtempSync(join(scratch, 'newcomer-'));
  const begin = performance.now();
  const terminal = pty.spawn(cli[0], [...cli.slice(1), 'try', join(home, 'sample'), '--no-start', ...flags], {
    cols: 100,
    rows: 60,
    name: 'xterm-256color',
    env: { ...env, HOME: home, XDG_STATE_HOME: join(home, 'state'), LANG: 'C.UTF-8' },
  });
  const screen = new xterm.Terminal({ cols: 100, rows: 60, allowProposedApi: true });
  const text = () =>
    Array.from({ length: 60 }, (_, row) =>
      screen.buffer.active.getLine(screen.buffer.active.baseY + row)?.translateToString(true),
    ).join('\n');
  const waiting = [...steps];
  terminal.onData((chunk) =>
    screen.write(chunk, () => {
      if (waiting.length > 0 && waiting[0].shows.test(text())) terminal.write(waiting.shift().types);
    }),
  );
  const late = setTimeout(() => terminal.kill(), LIMIT_MS);
  const code = await new Promise((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
  clearTimeout(late);
  if (code !== 0 || waiting.length > 0) throw new Error(`the questions ended with ${code}:\n${text()}`);
  return performance.now() - begin;
}

/** Prints both faces. Building and starting adds a yes and, where a vault is new, its passphrase twice. */
export async function questions(cli, env, scratch = tmpdir()) {
  for (const [face, how] of Object.entries(FACES)) {
    const rounds = [];
    for (let round = 0; round < 5; round += 1) rounds.push(await answered(cli, how, env, scratch));
    const count = how.steps.filter(({ answer }) => answer).length;
    console.log(
      `questions, ${face}: ${count} answers to the written files, ${count + 3} to the build (<= 6); ` +
        `${(median(rounds) / 1000).toFixed(2)} s from the start to the files, answered at once (5 rounds)`,
    );
  }
}
