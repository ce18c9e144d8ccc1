import { describe, expect, it } from 'vitest';
import type { OperationEvent } from '../../../src/events/operation.ts';
import { glyphs } from '../../../src/ui/glyphs.ts';
import { type WorkRow, workRows } from '../../../src/ui/ink/build/rows.ts';
import { cancelWords, headWords } from '../../../src/ui/ink/build/words.ts';
import { foldProgress, NO_PROGRESS, type Progress } from '../../../src/ui/progress.ts';
import { commandOf, report } from '../../../src/ui/report.ts';
import { buildStep, DONE, FAILED, HALFWAY } from '../demo/fake-operation.ts';

const SIGNS = glyphs(true);

function folded(events: readonly OperationEvent[], at = 0): Progress {
  return events.reduce((progress, event) => foldProgress(progress, event, at), NO_PROGRESS);
}

const head = (events: readonly OperationEvent[], now: number) => headWords(folded(events), now, SIGNS).join('');
const estimate = (leftMs: number | null): readonly OperationEvent[] => [
  ...HALFWAY,
  { type: 'estimate', leftMs, lastMs: 365_000 },
];

describe('the first line', () => {
  it.each<[string, readonly OperationEvent[], number, string]>([
    ['before the first event', [], 0, 'Starting · 0.0s'],
    ['without an estimate', HALFWAY.slice(0, 3), 252_000, 'Deploying algo-trade · 4m12s'],
    ['with one', HALFWAY, 0, 'Deploying algo-trade · 0.0s · about 2m left (last build 6m05s)'],
    ['counted down', HALFWAY, 60_000, 'Deploying algo-trade · 1m00s · about 1m left (last build 6m05s)'],
    ['near its end', estimate(42_000), 0, 'Deploying algo-trade · 0.0s · about 50s left (last build 6m05s)'],
    ['at its end', estimate(1_000), 5_000, 'Deploying algo-trade · 5s · a few seconds left (last build 6m05s)'],
    ['beyond it', estimate(1_000), 400_000, 'Deploying algo-trade · 6m40s · longer than the last build (6m05s)'],
    ['taken back', [...HALFWAY, ...estimate(null).slice(-1)], 5_000, 'Deploying algo-trade · 5s'],
    ['when it failed', FAILED, 9_000, 'Deploying algo-trade: failed · 0.0s'],
    ['when it is done', DONE, 9_000, 'Deployed algo-trade · 0.0s'],
  ])('%s', (_, events, now, expected) => expect(head(events, now)).toBe(expected));
});

describe('cancelling', () => {
  it('says what it waits for when it is asked again', () => {
    expect(cancelWords(folded(HALFWAY), 1, SIGNS)).toBe('Cancelling…');
    expect(cancelWords(folded(HALFWAY), 2, SIGNS)).toContain('the engine has ended "RUN cargo build --release');
    expect(cancelWords(folded(DONE), 2, SIGNS)).toContain('the lock is given back');
  });
});

describe('a build step in one line', () => {
  it.each([
    [
      '[app build 3/4] RUN --mount=type=cache,target=/x --mount=type=cache,target=/y     cargo build',
      'RUN cargo build',
    ],
    ['[app runtime 2/4] COPY --from=build /out/ /usr/local/bin/', 'COPY --from=build /out/ /usr/local/bin/'],
    [
      '[build 1/1] RUN --mount=type=bind,target=/source     sh /source/docker/build.sh sources /source /build  && nix develop path:/source --command     sh /source/docker/build.sh compile     cargo build --release  && sh /source/docker/build.sh shell-closure /made target/release/a',
      'RUN cargo build --release',
    ],
    ['[internal] load .dockerignore', 'load .dockerignore'],
    ['exporting to image', 'exporting to image'],
  ])('%j is %j', (name, expected) => expect(commandOf(name)).toBe(expected));
});

describe('the rows of a build', () => {
  const BUILD: readonly OperationEvent[] = [
    {
      type: 'planned',
      operation: 'build',
      stack: { name: 'algo-trade', mode: 'paper' },
      steps: [{ id: 'build', title: 'Build the images', cause: 'asked for' }],
    },
    { type: 'step-started', id: 'build' },
  ];
  const of = (
    target: string,
    id: string,
    stage: string,
    state: 'done' | 'cached' | 'running' | 'waiting',
    inputs: readonly string[] = [],
  ): OperationEvent => ({
    type: 'build',
    events: [
      {
        ...{ type: 'step', id, name: `[${target} ${stage} 1/1] RUN ${id}`, target, stage, state, inputs },
        ...(state === 'waiting' ? {} : { startedAt: 1_000 }),
        ...(state === 'done' ? { endedAt: 3_000 } : {}),
      },
    ],
  });
  const shortly = ({ depth, state, title, doing, time }: WorkRow) =>
    `${'  '.repeat(depth)}${title}: ${[state, doing, time].filter((part) => part !== '').join(', ')}`;
  const rows = (events: readonly OperationEvent[]) => workRows(folded([...BUILD, ...events]), 5_000, 80).map(shortly);

  it('are the step itself before anything is known of the build', () => {
    expect(rows([])).toEqual(['Build the images: running, 5s']);
  });

  it('are its stages, those of each image together, in the order of the work', () => {
    expect(
      rows([
        of('gate', 'g', 'gate', 'cached'),
        of('app', 'r', 'runtime', 'waiting', ['b']),
        of('app', 'b', 'build', 'running', ['c']),
        of('app', 'c', 'cook', 'done'),
        of('tui', 't', 'tui', 'waiting', ['r']),
      ]),
    ).toEqual([
      'gate: done, cached',
      'app: running',
      '  cook: done, 2s',
      '  build: running, RUN b, 5s',
      '  runtime: waiting, waits for build',
      'tui: waiting',
      '  tui: waiting, waits for app runtime',
    ]);
  });

  it('have no heading where there is one image', () => {
    expect(rows([of('app', 'b', 'build', 'running'), of('app', 'r', 'runtime', 'waiting', ['b'])])).toEqual([
      'build: running, RUN b, 5s',
      'runtime: waiting, waits for build',
    ]);
  });
});

describe('a report', () => {
  const lines = (events: readonly OperationEvent[], counts: boolean, apart: number) => {
    let now = 0;
    const told = report(SIGNS, () => now, { counts });
    return events.flatMap((event) => {
      now += apart;
      return told.see(event).map(({ sign, text }) => `${sign} ${text}`.trimEnd());
    });
  };
  const COUNTING = [
    ...HALFWAY,
    ...Array.from({ length: 40 }, () => HALFWAY.at(-2)).filter((event) => event !== undefined),
  ];

  it('has one line for each step that ended, also where the engine tells it twice', () => {
    const twice = buildStep('2', 'planner', 'RUN cargo chef prepare', 'done', 0, 2);
    const told = lines([...HALFWAY, twice, twice], false, 1);
    expect(told.filter((line) => line.includes('planner'))).toEqual(['    ✓ app planner  RUN cargo chef prepare  2s']);
  });

  it('tells how far it is at most every ten seconds, and only where nothing moves', () => {
    const told = lines(COUNTING, true, 1_000).filter((line) => line.includes('120 of 412 crates'));
    expect(told.length).toBeGreaterThan(1);
    expect(told.length).toBeLessThanOrEqual(9);
    expect(told[0]).toBe('      app build: 120 of 412 crates');
    expect(told.at(-1)).toContain('120 of 412 crates, about 1m left (last build 6m05s)');
    expect(lines(COUNTING, false, 1_000).join()).not.toContain('412');
  });
});

describe('what a step has said', () => {
  const said = (text: string, columns: number) =>
    workRows(
      folded([
        {
          type: 'planned',
          operation: 'rotate',
          stack: { name: 'toy', mode: 'paper' },
          steps: [{ id: 'look', title: 'See what is true now', cause: '' }],
        },
        { type: 'step-started', id: 'look' },
        { type: 'step-progress', id: 'look', text },
        { type: 'step-done', id: 'look' },
      ]),
      5_000,
      columns,
    ).map(({ title, doing }) => `${title}: ${doing}`);

  it('stands beside its title where it fits', () => {
    expect(said('all is well', 80)).toEqual(['See what is true now: all is well']);
  });

  it('stands whole below its title where it does not', () => {
    const text = 'HYPERLIQUID_API_WALLET_KEY: collect runs with the new one; the volumes hold the new one.';
    const [first, ...below] = said(text, 80);
    expect(first).toBe('See what is true now: ');
    expect(below.map((line) => line.slice(0, -2)).join(' ')).toBe(text);
  });
});
