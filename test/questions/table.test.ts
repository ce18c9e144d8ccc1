import { describe, expect, it } from 'vitest';
import { SECTIONS } from '../../src/questions/question.ts';
import { questionsOf } from '../../src/questions/table.ts';
import { type Overlay, overlay, overlayAt, valueAt } from '../../src/stack/overlay.ts';
import { problemsOf } from '../../src/stack/parse.ts';
import { caseNames, smallStack, stackOfCase } from '../stack/stacks.ts';

/** Decisions that a stack has only where somebody made them. */
const OPTIONAL = /^(account\.|adopt\.|instances$)/;

describe('the questions', () => {
  it.each(caseNames())('about %s show what is decided, and take it back as it was shown', async (name) => {
    const stack = await stackOfCase(name);
    for (const { path, show, input, parse } of questionsOf(stack)) {
      const value = valueAt(stack, path);
      const shown = show(value);
      if (value === undefined) {
        expect(path, 'is in the stack').toMatch(OPTIONAL);
        continue;
      }
      expect(shown, path).not.toMatch(/undefined|\[object/);
      if (input.kind === 'choice') {
        const typed = input.options.find(({ label }) => label === shown)?.value ?? shown;
        expect(parse(typed), path).toEqual(value);
      }
    }
  });

  it('lead to a valid stack whichever option is chosen', async () => {
    const stack = await stackOfCase('sample');
    for (const { path, input, parse } of questionsOf(stack)) {
      if (input.kind !== 'choice') continue;
      for (const { value, label, hint } of input.options) {
        expect(problemsOf(overlay(stack, overlayAt(path, parse(value)))), `${path}=${value}`).toEqual([]);
        expect(`${label}${hint}`).not.toBe('');
      }
    }
  });

  it('are in the order of the screens, each path once', async () => {
    const questions = questionsOf(await stackOfCase('sample'));
    const order = questions.map(({ section }) => SECTIONS.indexOf(section));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(questions.map(({ path }) => path)).size).toBe(questions.length);
  });

  it('are only about what the stack has', () => {
    const paths = questionsOf(smallStack()).map(({ path }) => path);
    expect(paths.some((path) => path.startsWith('database') || path === 'tui' || path === 'ports.tui')).toBe(false);
    expect(questionsOf(smallStack({ secrets: { store: 'keychain' } })).map(({ path }) => path)).not.toContain(
      'secrets.unlock',
    );
  });

  it.each([
    ['services.app.args', ' run   --fast ', ['run', '--fast']],
    ['services.app.args', '', []],
    ['services.app.health', 'http 8080 /health', { kind: 'http', port: 8080, path: '/health' }],
    ['services.app.health', ' tcp  9000', { kind: 'tcp', port: 9000 }],
    ['services.app.health', 'process 30', { kind: 'process', seconds: 30 }],
    ['ports.api.host', ' 9000 ', 9000],
    ['ports.api.host', '80x', '80x'],
    ['ports.api.host', '0x50', '0x50'],
    ['services.app.health', 'tcp 80x', { kind: 'tcp', port: '80x' }],
    ['name', ' desk ', 'desk'],
    ['adopt.sqlite.app', ' ../bots.db ', '../bots.db'],
    ['adopt.sqlite.app', '', null],
    ['adopt.sqlite.app', '–', null],
    ['build.locked', 'false', false],
  ])('read %s from "%s"', (path, typed, wanted) => {
    expect(
      questionsOf(smallStack({ services: { app: { environment: { DB: 'sqlite:///data/bots.db?mode=rwc' } } } }))
        .find((each) => each.path === path)
        ?.parse(typed),
    ).toEqual(wanted);
  });

  it.each([
    ['old_pgdata', { volume: 'old_pgdata', baseline: null }],
    [' old_pgdata  scripts/V002.sql ', { volume: 'old_pgdata', baseline: 'scripts/V002.sql' }],
    ['', null],
    ['none', null],
  ])('read an existing database from "%s"', async (typed, wanted) => {
    const question = questionsOf(await stackOfCase('sample')).find(({ path }) => path === 'adopt.database');
    expect(question?.parse(typed)).toEqual(wanted);
  });

  it('leave a line for existing data where a service keeps an SQLite database, and nowhere else', async () => {
    const paths = questionsOf(await stackOfCase('sample')).map(({ path }) => path);
    expect(paths.filter((path) => path.startsWith('adopt'))).toEqual(['adopt.sqlite.app', 'adopt.database']);
    expect(questionsOf(smallStack()).filter(({ path }) => path.startsWith('adopt'))).toEqual([]);
  });
});

describe('the question whether anything else trades on the account', () => {
  const account = (over: Overlay, traders: readonly string[] = [], sleeping: readonly string[] = []) =>
    questionsOf(smallStack(over), { traders, sleeping }).find(({ path }) => path === 'account.onlyTrader');

  it('is asked of a LIVE stack only', () => {
    expect(account({})).toBeUndefined();
    expect(account({ mode: 'live' })).toBeDefined();
  });

  it('has no default: it is open until somebody has answered, either way', () => {
    const question = account({ mode: 'live' });
    expect([undefined, true, false].map((value) => question?.open?.(value))).toEqual([true, false, false]);
    expect([undefined, true, false].map((value) => question?.show(value))).toEqual([
      '',
      'none',
      'something else trades',
    ]);
    expect(['true', 'false'].map((typed) => question?.parse(typed))).toEqual([true, false]);
  });

  it('names what was found running', () => {
    expect(account({ mode: 'live' }, ['algo-trade run (pid 812)'])?.help).toContain(
      'Running now: algo-trade run (pid 812).',
    );
    expect(account({ mode: 'live' }, [], ['unit bot.service'])?.help).toContain(
      'Starting by itself: unit bot.service.',
    );
  });
});
