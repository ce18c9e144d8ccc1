import { describe, expect, it } from 'vitest';
import { renderStack } from '../../src/artifacts/stack-file.ts';
import { overlay } from '../../src/stack/overlay.ts';
import { parseStack, problemsOf, toStack } from '../../src/stack/parse.ts';
import { smallStack } from './stacks.ts';

const TEXT = renderStack(smallStack());

function errorOf(text: string): {
  message: string;
  exitCode: number;
  next: readonly string[];
  output: readonly string[];
} {
  try {
    parseStack(text);
  } catch (error) {
    return error as ReturnType<typeof errorOf>; // a SetupError, checked by each test
  }
  return expect.fail('it was taken');
}

describe('parseStack', () => {
  it('reads what renderStack writes', () => {
    expect(parseStack(TEXT)).toEqual(smallStack());
  });

  it.each([
    ['an open bracket', TEXT.replace('args: [ run ]', 'args: [ run'), /^trading-setup\.yaml:\d+:\d+: /],
    ['a tab', 'version: 1\n\tid: x', /^trading-setup\.yaml:2:1: /],
    ['a key twice', 'version: 1\nversion: 1\n', /^trading-setup\.yaml:2:1: Map keys must be unique/],
  ])('tells line and column of %s', (_, text, message) => {
    const error = errorOf(text);
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ exitCode: 2, code: 'invalid-yaml' });
    expect(error.next[0]).toMatch(/^Correct line \d+ of trading-setup\.yaml/);
  });

  it.each([
    ['mode', TEXT.replace('mode: paper', 'mode: demo'), 'mode'],
    ['a port', TEXT.replace('host: 8080', 'host: 80800'), 'ports.api.host'],
    ['an unknown key', `${TEXT}colour: red\n`, 'colour'],
    ['a floating tag', TEXT.replace('rust:1.95.0-trixie', 'rust'), 'build.rustImage'],
    ['a service name', TEXT.replace(/^ {2}app:/m, '  App:'), 'services'],
    ['a path outside', TEXT.replace('assets: []', 'assets: [ ../x ]'), 'build.assets.0'],
    ['a health path that a shell would read', TEXT.replace('path: /health', 'path: /a$b'), 'services.app.health.path'],
    ['a duration', TEXT.replace('stopGrace: 30s', 'stopGrace: 0s'), 'services.app.stopGrace'],
    ['a number for text', TEXT.replace('RUST_LOG: info', 'RUST_LOG: 1'), 'services.app.environment.RUST_LOG'],
    ['a file that is empty', '', ''],
  ])('names the place of %s', (_, text, path) => {
    const error = errorOf(text);
    expect(error).toMatchObject({ exitCode: 2, code: 'invalid-stack' });
    expect(`${error.message}\n${error.output.join('\n')}`).toContain(path);
    expect(error.message.startsWith('trading-setup.yaml: ')).toBe(true);
  });
});

describe('problemsOf', () => {
  it('lists every problem by its path and none of a valid stack', () => {
    expect(problemsOf(smallStack())).toEqual([]);
    const wrong = overlay(smallStack(), { mode: 'demo', ports: { bind: 'here' } });
    expect(problemsOf(wrong).map(({ path }) => path)).toEqual(['mode', 'ports.bind']);
  });

  it('names the source in toStack', () => {
    expect(() => toStack({ version: 2 }, '--set')).toThrow(/^--set: /);
  });
});
