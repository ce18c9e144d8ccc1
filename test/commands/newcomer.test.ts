import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Pty } from '../ui/support/pty.ts';
import { bundle, temporary } from './program.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** A `docker` that answers, where nothing is and nothing can be built. */
const ENGINE = `#!/bin/sh
case "$*" in
  *compose*version*) echo 2.40.0 ;;
  *buildx*version*) echo "github.com/docker/buildx v0.30.0 x" ;;
  *info*) echo '{"ServerVersion":"29.0.0","OSType":"linux","Architecture":"x86_64","NCPU":4,"MemTotal":8000000000}' ;;
  *context*) echo '{"Name":"default","Endpoints":{}}' ;;
  *version*) echo '{}' ;;
  *config*) echo '{"services":{}}' ;;
esac
`;

/** What `npm start` does, up to the last question before the build. */
interface Step {
  /** What the screen shows when it waits. */
  readonly shows: RegExp;
  readonly types: string;
  /** It only opens the question that is answered next. */
  readonly opens?: boolean;
}

/** The cursor of the wizard stands on what is open: one key opens it, the same leaves it out. */
function leftOut(name: string): readonly Step[] {
  return [
    { shows: new RegExp(`▸ ${name} +not entered`), types: '\r', opens: true },
    { shows: new RegExp(`▸ ${name} *type or paste it[^\\n]*\\n[^▸]*leaves it out`), types: '\r' },
  ];
}

const PASSPHRASE: readonly Step[] = [
  { shows: /New passphrase for the vault/, types: 'correct horse\r' },
  { shows: /The same passphrase again/, types: 'correct horse\r' },
];

const FACES: readonly (readonly [face: string, flags: readonly string[], steps: readonly Step[]])[] = [
  [
    'the wizard',
    [],
    [
      ...leftOut('HYPERLIQUID_ACCOUNT_ADDRESS'),
      ...leftOut('HYPERLIQUID_API_WALLET_KEY'),
      // Pressed before the engine's memory is known, it would be asked for again: the size of the database changes with it.
      { shows: /▸ Write these files[\s\S]*Engine +answers/, types: '\r' },
      { shows: /Build and start it now\?/, types: '\r' },
      ...PASSPHRASE,
    ],
  ],
  [
    'the plain face',
    ['--plain'],
    [
      { shows: /HYPERLIQUID_ACCOUNT_ADDRESS \(optional, empty: left out\):/, types: '\r' },
      { shows: /HYPERLIQUID_API_WALLET_KEY \(optional, empty: left out\):/, types: '\r' },
      { shows: /1\) Write these files/, types: '1\r' },
      { shows: /Build and start it now\?/, types: '\r' },
      ...PASSPHRASE,
    ],
  ],
];

/** As the issue has it. */
const MOST_ANSWERS = 6;

describe('a newcomer with the sample', () => {
  it.each(FACES)(
    `is through the questions of %s with at most ${MOST_ANSWERS} answers`,
    { timeout: 60_000 },
    async (face, flags, steps) => {
      const home = temporary();
      const bin = temporary();
      writeFileSync(join(bin, 'docker'), ENGINE);
      chmodSync(join(bin, 'docker'), 0o755);
      const dir = join(temporary(), 'trading-sample');
      const begun = performance.now();
      const env = { PATH: `${bin}:${process.env.PATH}`, HOME: home };
      const pty = new Pty(program.start, ['try', dir, ...flags], env, 100, 60);
      onTestFinished(() => pty.kill('SIGKILL'));
      for (const { shows, types } of steps) {
        await vi.waitFor(() => expect(pty.screen()).toMatch(shows), {
          timeout: 15_000,
          interval: 5,
        });
        pty.type(types);
      }
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      // Nothing is asked any more: the build is at work, or has failed by now, for there is no engine behind it.
      await vi.waitFor(() => expect(pty.screen()).toMatch(/Build the images|Check the engine/), {
        timeout: 15_000,
        interval: 5,
      });
      const answers = steps.filter(({ opens }) => opens !== true).length;
      console.info(
        `${face}: ${answers} answers, ${seconds} s from the start to the last of them, nobody thinking in between`,
      );
      expect(existsSync(join(dir, 'docker-compose.yml'))).toBe(true);
      expect(answers).toBeLessThanOrEqual(MOST_ANSWERS);
    },
  );
});
