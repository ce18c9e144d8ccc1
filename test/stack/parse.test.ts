import { describe, expect, it } from 'vitest';
import { renderStack } from '../../src/artifacts/stack-file.ts';
import { overlay } from '../../src/stack/overlay.ts';
import { parseStack, problemsOf, refuseUnknown, toStack } from '../../src/stack/parse.ts';
import { smallStack } from './stacks.ts';

const TEXT = renderStack(smallStack());

/** Ten lists of ten of the list before: a thousand million words. */
const BOMB = [...'bcdefghij'].reduce(
  (text, name, at) => `${text}${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[at]}`).join(', ')}]\n`,
  'a: &a [x]\n',
);

/** The place of a text, counted from 1. */
function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

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
    ['a tab', 'version: 1\n\tid: x', /^trading-setup\.yaml:2:1: Tabs are not allowed/],
    ['a key twice', 'version: 1\nversion: 1\n', /^trading-setup\.yaml:2:1: Map keys must be unique/],
    ['two documents', `${TEXT}---\nname: x\n`, /^trading-setup\.yaml:\d+:1: Source contains multiple documents\.$/],
    ['an alias of nothing', 'name: toy\nmode: *gone\n', /^trading-setup\.yaml:2:7: an alias without its anchor\.$/],
    [
      'something inside itself',
      'name: &x\n  more: *x\n',
      /^trading-setup\.yaml:2:9: aliases that multiply or never end\.$/,
    ],
    ['aliases that multiply', BOMB, /^trading-setup\.yaml:\d+:\d+: aliases that multiply or never end\.$/],
    ['lists without end', `name: ${'['.repeat(50_000)}`, /^trading-setup\.yaml:1:\d+: nested too deep\.$/],
    ['maps without end', `${'{ a: '.repeat(50_000)}`, /^trading-setup\.yaml:1:\d+: nested too deep\.$/],
  ])('tells line and column of %s', (_, text, message) => {
    const error = errorOf(text);
    expect(error.message).toMatch(message);
    expect(error).toMatchObject({ exitCode: 2, code: 'invalid-yaml' });
    expect(error.next[0]).toMatch(/^Correct line \d+ of trading-setup\.yaml/);
  });

  it.each([
    ['a word of a list', 'mode: paper', 'mode: demo', 'demo', 'mode: expected paper or live.'],
    ['a number that is too large', 'host: 8080', 'host: 80800', '80800', 'ports.api.host: expected 65535 or less.'],
    ['text for a number', 'host: 8080', 'host: many', 'many', 'ports.api.host: expected a number, got text.'],
    [
      'a number for text',
      'RUST_LOG: info',
      'RUST_LOG: 1',
      '1',
      'services.app.environment.RUST_LOG: expected text, got a number.',
    ],
    ['text for yes or no', 'locked: true', 'locked: maybe', 'maybe', 'build.locked: expected true or false, got text.'],
    ['text for a list', 'args: [ run ]', 'args: run', 'run', 'services.app.args: expected a list, got text.'],
    ['another kind', 'kind: http', 'kind: htp', 'htp', 'services.app.health.kind: expected http, tcp or process.'],
    ['no address', 'bind: 127.0.0.1', 'bind: here', 'here', 'ports.bind: not an IPv4 address or not an IPv6 address.'],
    ['a floating tag', 'rust:1.95.0-trixie', 'rusty', 'rusty', 'build.rustImage: name an image with its exact tag.'],
    ['a service name', '  app:\n', '  App:\n', 'App', 'services.App: use lower-case letters, digits and dashes.'],
    ['a path outside', 'assets: []', 'assets: [ ../x ]', '../x', 'build.assets.0: use a path inside the repository.'],
    [
      'a duration',
      'stopGrace: 30s',
      'stopGrace: 0s',
      '0s',
      'services.app.stopGrace: use seconds or minutes, e.g. 30s.',
    ],
    ['a slip of the hand', 'tui: null', 'tuii: null', 'tuii', 'ports.tuii: no such key; did you mean ports.tui?'],
    [
      'letters that changed places',
      'gateUser: operator',
      'gateUsre: me',
      'gateUsre',
      'secrets.gateUsre: no such key; did you mean secrets.gateUser?',
    ],
    [
      'a command that no program has',
      'gateUser: operator',
      'gateUser: operator\n  commands: { logn: { service: app, run: [toy] } }',
      'logn',
      'secrets.commands.logn: no such key; did you mean secrets.commands.login.service?',
    ],
    [
      'a key of another kind',
      'path: /health',
      'path: /health\n      seconds: 3',
      'seconds',
      'services.app.health.seconds: this kind has no seconds.',
    ],
    [
      'a key in the wrong place',
      'mode: paper',
      'mode: paper\ngateUser: me',
      'gateUser: me',
      'gateUser: no such key; did you mean secrets.gateUser?',
    ],
    [
      'a key that nothing is like',
      'mode: paper',
      'mode: paper\ncolour: red',
      'colour',
      'colour: no such key; known here: version, writtenBy,',
    ],
  ])('tells line, column and what is expected: %s', (_, from, to, part, message) => {
    const text = TEXT.replace(from, to);
    expect(text).not.toBe(TEXT);
    const error = errorOf(text);
    expect(error).toMatchObject({ exitCode: 2, code: 'invalid-stack' });
    const at = text.indexOf(to) + to.indexOf(part);
    const place = placeOf(`${text.slice(0, at)}\0`, '\0');
    expect(error.message).toContain(`trading-setup.yaml:${place}: ${message}`);
    expect(error.next[0]).toBe(
      `Correct line ${place.split(':')[0]} of trading-setup.yaml, then run the same command again.`,
    );
  });

  it('names what is missing at the map that lacks it', () => {
    const error = errorOf(TEXT.replace(/^ {4}stopGrace: .*\n/m, ''));
    expect(error.message).toBe(
      `trading-setup.yaml:${placeOf(TEXT, '  app:').replace(/:1$/, ':3')}: services.app.stopGrace: missing.`,
    );
  });

  it('lists every problem, and no more of them than a person reads', () => {
    const error = errorOf(TEXT.replace('mode: paper', 'mode: demo').replace('host: 8080', 'host: 0'));
    expect([error.message, ...error.output]).toHaveLength(2);
    const many = Array.from({ length: 500 }, (_, at) => `x${at}: 1\n`).join('');
    expect(errorOf(`${TEXT}${many}`).output.length).toBeLessThan(20);
  });

  it.each(['', '# only a comment\n', '- a list\n', 'text'])('says what a file is that is no stack: %j', (text) => {
    expect(errorOf(text)).toMatchObject({ exitCode: 2, code: 'invalid-stack' });
    expect(errorOf(text).message).toMatch(/expected a map, got (nothing|a list|text)/);
  });

  it('repeats no value and no key that is a secret', () => {
    const key = '4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
    for (const text of [`${TEXT}0x${key}: 1\n`, TEXT.replace('host: 8080', `host: "${key}"`)]) {
      const error = errorOf(text);
      expect(JSON.stringify([error.message, error.output, error.next])).not.toContain(key);
    }
  });
});

describe('a file of another version', () => {
  it('of the schema is read as this version has it', () => {
    const text = TEXT.replace('version: 2', 'version: 1').replace(/^files:\n(?: .*\n)+/m, '');
    expect(text).not.toContain('files:');
    expect(parseStack(text)).toEqual(smallStack());
  });

  it.each([
    ['a later schema', TEXT.replace('version: 2', 'version: 3'), /version 3 of its schema/],
    [
      'a later program',
      TEXT.replace(/writtenBy: .*/, 'writtenBy: 0.10.0'),
      /written by trading-setup 0\.10\.0, and this is 0\.9\.0/,
    ],
    ['a later schema with keys of its own', `${TEXT.replace('version: 2', 'version: 3')}colour: red\n`, /version 3/],
  ])('needs a newer program: %s', (_, text, message) => {
    expect(() => parseStack(text, '0.9.0')).toThrow(
      expect.objectContaining({ code: 'program-too-old', exitCode: 4, next: [expect.stringContaining('@latest')] }),
    );
    expect(() => parseStack(text, '0.9.0')).toThrow(message);
  });

  it.each(['0.9.0', '0.8.11', '0.9.0-rc.1', 'by hand'])('was written by %s, which this one reads', (writtenBy) => {
    const text = TEXT.replace(/writtenBy: .*/, `writtenBy: ${writtenBy}`);
    expect(parseStack(text, '0.9.0').writtenBy).toBe(writtenBy);
  });
});

describe('refuseUnknown', () => {
  it.each([
    [{ port: { tui: 1 } }, 'port: no such key; did you mean ports.tui?'],
    [{ ports: { tuii: 1 } }, 'ports.tuii: no such key; did you mean ports.tui?'],
    [{ services: { collect: { envronment: { A: '1' } } } }, 'did you mean services.collect.environment?'],
    [{ build: { binaries: [{ packge: 'x' }] } }, 'build.binaries.0.packge: no such key;'],
    [{ services: { app: { health: { prot: 1 } } } }, 'did you mean services.app.health.port?'],
    [{ Mode: 'live' }, 'did you mean mode?'],
  ])('says what was probably meant: %j', (part, message) => {
    expect(() => refuseUnknown(part, '--set')).toThrow(message);
  });

  it.each([
    { ports: { tui: 7682 } },
    { services: { 'my-own': { environment: { ANY_NAME: 'x' }, secrets: { ANY: null } } } },
    { tui: { access: 'none' } },
    { database: { kind: 'none' } },
    { secrets: { entries: { ANY: { required: false } } } },
  ])('lets a part through that any stack could have: %j', (part) => {
    expect(() => refuseUnknown(part, '--set')).not.toThrow();
  });
});

describe('problemsOf', () => {
  it('lists every problem by its path and none of a valid stack', () => {
    expect(problemsOf(smallStack())).toEqual([]);
    const wrong = overlay(smallStack(), { mode: 'demo', ports: { bind: 'here' } });
    expect(problemsOf(wrong).map(({ path }) => path)).toEqual(['mode', 'ports.bind']);
  });

  it('names the source in toStack', () => {
    expect(() => toStack({ version: 1 }, '--set')).toThrow(/^--set: /);
  });
});
