import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { bundle } from '../commands/program.ts';
import { matchesGolden } from './support/golden.ts';
import { KEY, type RealTerminal } from './support/real.ts';
import { PINNED, type Stage, stage } from './support/stage.ts';

vi.setConfig({ testTimeout: 60_000 });

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

function set(): Stage {
  const made = stage(program.start);
  onTestFinished(() => made.strike());
  return made;
}

/** The wizard on the sample, everything about the machine looked at. */
async function opened(made: Stage, ...more: readonly string[]): Promise<RealTerminal> {
  const terminal = made.play(['init', ...PINNED, ...more]);
  // What is compared, looked at and observed comes late.
  await terminal.sees('to create');
  await terminal.sees('7GB of memory');
  await terminal.settled();
  return terminal;
}

/** The section that is shown. */
function sectionOf(terminal: RealTerminal): string {
  return /^ ▸ (.*?) +(\d+ +)?│/m.exec(terminal.screen())?.[1] ?? '';
}

async function toSection(terminal: RealTerminal, title: string): Promise<void> {
  for (let turns = 0; sectionOf(terminal) !== title; turns += 1) {
    if (turns > 12) throw new Error(`no section ${title}:\n${terminal.screen()}`);
    await terminal.press(KEY.tab);
  }
}

async function toLine(terminal: RealTerminal, title: string): Promise<void> {
  const isThere = (): boolean =>
    terminal
      .screen()
      .split('\n')
      .some((line) => new RegExp(`│ ▸ .*${title}`).test(line));
  for (let steps = 0; !isThere(); steps += 1) {
    if (steps > 40) throw new Error(`no line ${title}:\n${terminal.screen()}`);
    await terminal.press(KEY.down);
  }
}

it('says at once that it reads', async () => {
  const made = set();
  // An engine that never answers does not hold the picture back.
  made.docker('  *) exec sleep 600 ;;\n');
  const terminal = made.play(['init', ...PINNED]);
  await terminal.sees('ctrl-c quit');
  expect(terminal.state).toMatchObject({ alternate: true, cursor: false, paste: true });
});

it('shows every section, the review and the help', async () => {
  const terminal = await opened(set());
  const seen: string[] = [];
  for (let section = sectionOf(terminal); !seen.includes(section); section = sectionOf(terminal)) {
    seen.push(section);
    await matchesGolden(terminal, `wizard-${seen.length}-${section.toLowerCase()}`);
    await terminal.press(KEY.tab);
  }
  expect(seen).toContain('Review');
  expect(seen.length).toBeGreaterThan(6);
  await terminal.press('?');
  await matchesGolden(terminal, 'wizard-help');
});

it('shows a text, a choice and a secret being answered, and what is wrong with an answer', async () => {
  const terminal = await opened(set());
  await toSection(terminal, 'Ports');
  await toLine(terminal, 'Web API');
  await terminal.press(KEY.enter, KEY.ctrlU, '80');
  await matchesGolden(terminal, 'edit-text');
  await terminal.press('x', KEY.enter);
  await matchesGolden(terminal, 'edit-problem');
  await terminal.press(KEY.escape);
  await toLine(terminal, 'Web API through');
  await terminal.press(KEY.enter);
  await matchesGolden(terminal, 'edit-choice');
  await terminal.press(KEY.escape);
  await terminal.press('o');
  await terminal.press(KEY.enter, 'abcdef');
  await matchesGolden(terminal, 'edit-secret');
});

it('shows what a write would change, and a file that is not ours', async () => {
  const made = set();
  writeFileSync(join(made.dir, 'Dockerfile'), 'FROM debian\nCMD ["my-own"]\n');
  const terminal = await opened(made);
  await terminal.press('w');
  await matchesGolden(terminal, 'review-conflict');
  await toLine(terminal, 'docker-compose.yml');
  await terminal.press(KEY.enter);
  await matchesGolden(terminal, 'diff-new');
  await terminal.press(KEY.escape);
  await terminal.press(KEY.up, KEY.up, KEY.up, KEY.up, KEY.up, KEY.up);
  await toLine(terminal, 'Dockerfile');
  await terminal.press(KEY.enter);
  await matchesGolden(terminal, 'diff-conflict');
});
