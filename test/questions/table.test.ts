import { describe, expect, it } from 'vitest';
import { SECTIONS } from '../../src/questions/question.ts';
import { questionsOf } from '../../src/questions/table.ts';
import { overlay, overlayAt, valueAt } from '../../src/stack/overlay.ts';
import { problemsOf } from '../../src/stack/parse.ts';
import { caseNames, smallStack, stackOfCase } from '../stack/stacks.ts';

describe('the questions', () => {
  it.each(caseNames())('about %s show what is decided, and take it back as it was shown', async (name) => {
    const stack = await stackOfCase(name);
    for (const { path, show, input, parse } of questionsOf(stack)) {
      const value = valueAt(stack, path);
      expect(value, `${path} is in the stack`).toBeDefined();
      const shown = show(value);
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
    ['name', ' desk ', 'desk'],
    ['build.locked', 'false', false],
  ])('read %s from "%s"', (path, typed, wanted) => {
    expect(
      questionsOf(smallStack())
        .find((each) => each.path === path)
        ?.parse(typed),
    ).toEqual(wanted);
  });
});
