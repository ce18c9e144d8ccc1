import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { renderStack, updatedStackText } from '../../src/artifacts/stack-file.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import { overlay } from '../../src/stack/overlay.ts';
import { parseStack, toStack } from '../../src/stack/parse.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { smallStack } from '../stack/stacks.ts';

const STACK = smallStack();
const TEXT = renderStack(STACK);
const [SERVICE = ''] = Object.keys(STACK.services);
const changed = (over: Overlay) => toStack(overlay(STACK, over), 'test');
const inService = (over: Overlay): Overlay => ({ services: { [SERVICE]: over } });

/** For a text that holds a stack. */
function update(text: string, stack: Stack): string {
  return updatedStackText(text, stack) ?? expect.fail('it holds no stack');
}

/** Lines that are in one text only. */
function difference(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line.trim()}`),
  ];
}

describe('updatedStackText', () => {
  it.each<[string, Overlay, readonly string[]]>([
    ['a number', { ports: { tui: 7999 } }, ['+tui: 7999']],
    ['text that looks like a number', inService({ environment: { PORT: '8080' } }), ['+PORT: "8080"']],
    ['a list', inService({ args: ['a', 'b c'] }), ['+args: [ a, b c ]']],
    ['a list of maps', { build: { binaries: [{ package: 'p', bin: 'q' }] } }, ['+- package: p', '+bin: q']],
    ['another kind', inService({ health: { kind: 'process', seconds: 9 } }), ['+kind: process', '+seconds: 9']],
    [
      'a new entry',
      { secrets: { entries: { NEW: { kind: 'entered', required: true, format: 'any', about: 'new' } } } },
      ['+NEW:', '+about: new'],
    ],
  ])('changes only what differs: %s', (_, over, added) => {
    const wanted = changed(over);
    const text = update(TEXT, wanted);
    expect(parseStack(text)).toEqual(wanted);
    expect(difference(TEXT, text)).toEqual(expect.arrayContaining([...added]));
    expect(difference(TEXT, text).filter((line) => line.includes('#'))).toEqual([]);
    expect(update(text, wanted), 'a second time changes nothing').toBe(text);
    expect(parseStack(update(text, STACK)), 'and back').toEqual(STACK);
  });

  it('changes one line for one value', () => {
    const text = update(TEXT, changed({ name: 'renamed' }));
    expect(difference(TEXT, text)).toEqual([`-name: ${STACK.name}`, '+name: renamed']);
  });

  it('keeps comments, also of the entries of a list that move', () => {
    const mine = TEXT.replace(/^ {4}args: .*$/m, '    args:\n      - first # one\n      # about two\n      - second\n');
    const current = parseStack(mine);
    const text = update(mine, toStack(overlay(current, inService({ args: ['new', 'second'] })), 'test'));
    expect(text).toContain('      - new\n      # about two\n      - second\n');
  });

  it('keeps the line ends and the depth of a person’s file', () => {
    const mine = parseDocument(TEXT).toString({ indent: 4, lineWidth: 120 }).replaceAll('\n', '\r\n');
    const text = update(mine, changed({ name: 'renamed' }));
    expect(text).toBe(mine.replace(`\nname: ${STACK.name}\r`, '\nname: renamed\r'));
  });

  it('changes one place only where an alias stands for two', () => {
    const about = 'about: &words some words';
    const mine = `${TEXT.trimEnd().replace(/^ {2}entries:[\s\S]*/m, '')}  entries:
    A: { kind: entered, required: false, format: any, ${about} }
    B: { kind: entered, required: false, format: any, about: *words }
`;
    const wanted = toStack(overlay(parseStack(mine), { secrets: { entries: { A: { about: 'other' } } } }), 'test');
    expect(parseStack(update(mine, wanted))).toEqual(wanted);
    expect(wanted.secrets.entries.B?.about).toBe('some words');
  });

  it.each(['', 'a: [', 'colour: red\n', 'a: *b\n', '[['])('takes none for a stack: %j', (text) => {
    expect(updatedStackText(text, STACK)).toBeUndefined();
  });

  it('keeps the comments of what is taken out, where it stood', () => {
    const mine = TEXT.replace('    args: [ run ]\n', '    args: # one\n      - run # two\n      # three\n')
      .replace('      RUST_LOG: info\n', '      # four\n      RUST_LOG: info # five\n')
      .replace('    health:\n', '    # six\n    health: # seven\n');
    const over: Overlay = { args: ['go'], environment: { RUST_LOG: null }, health: { kind: 'tcp', port: 1 } };
    const text = update(mine, toStack(overlay(parseStack(mine), inService(over)), 'test'));
    for (const word of ['one', 'two', 'three', 'four', 'five', 'six', 'seven']) {
      expect(text.match(new RegExp(`# ${word}\\b`, 'g')), word).toHaveLength(1);
    }
    expect(parseStack(text).services[SERVICE]?.args).toEqual(['go']);
  });

  it('writes what an older version had not, with its comment, and leaves every other line', () => {
    const old = TEXT.replace('version: 2', 'version: 1').replace(/\n#[^\n]*\nfiles:\n(?: .*\n)+/, '\n');
    const mine = old.replace('mode: paper', 'mode: paper # still');
    const text = update(mine, STACK);
    expect(parseStack(text)).toEqual(STACK);
    expect(difference(mine, text)).toEqual([
      '-version: 1',
      '+version: 2',
      expect.stringMatching(/^\+# What our files are called/),
      '+files:',
      '+dockerfile: Dockerfile',
      '+dockerignore: .dockerignore',
      '+compose: docker-compose.yml',
    ]);
    expect(update(text, STACK), 'a second time changes nothing').toBe(text);
  });
});
