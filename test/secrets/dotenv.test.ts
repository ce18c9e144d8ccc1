import { describe, expect, it } from 'vitest';
import { blanked, parseDotenv } from '../../src/secrets/dotenv.ts';

const read = (text: string) => parseDotenv(text).map(({ name, value }) => [name, value]);

describe('a .env file', () => {
  const cases: readonly [string, string, readonly (readonly [string, string])[]][] = [
    ['nothing', '', []],
    ['a plain value', 'KEY=value\n', [['KEY', 'value']]],
    ['no line end at its end', 'KEY=value', [['KEY', 'value']]],
    ['export', 'export KEY=value\n', [['KEY', 'value']]],
    ['blanks around the sign', '  KEY =  value  \n', [['KEY', 'value']]],
    ['a colon', 'KEY: value\n', [['KEY', 'value']]],
    [
      'an empty value',
      'KEY=\nNEXT=x\n',
      [
        ['KEY', ''],
        ['NEXT', 'x'],
      ],
    ],
    ['a comment behind it', 'KEY=value # not this\n', [['KEY', 'value']]],
    [
      'a comment instead of it',
      'KEY= # none\nNEXT=#x\n',
      [
        ['KEY', ''],
        ['NEXT', '#x'],
      ],
    ],
    [
      'a # inside',
      'KEY=a#b\nURL=https://x/#frag\n',
      [
        ['KEY', 'a#b'],
        ['URL', 'https://x/#frag'],
      ],
    ],
    ['comment lines', '# KEY=old\n#NEXT=old\nKEY=new\n', [['KEY', 'new']]],
    ['single quotes, taken as they are', "KEY='a # b\\n$X'\n", [['KEY', 'a # b\\n$X']]],
    ['double quotes with escapes', 'KEY="a\\nb \\"c\\" \\\\ \\$d" # no\n', [['KEY', 'a\nb "c" \\ $d']]],
    ['backticks', 'KEY=`it\'s "x"`\n', [['KEY', 'it\'s "x"']]],
    [
      'several lines in quotes',
      'KEY="one\ntwo=2\nthree"\nNEXT=x\n',
      [
        ['KEY', 'one\ntwo=2\nthree'],
        ['NEXT', 'x'],
      ],
    ],
    [
      'Windows line ends',
      'KEY=value\r\nNEXT="x"\r\n',
      [
        ['KEY', 'value'],
        ['NEXT', 'x'],
      ],
    ],
    ['a mark of byte order', '\uFEFFKEY=value\n', [['KEY', 'value']]],
    [
      'a quote that is never closed',
      'KEY="half\nNEXT=x\n',
      [
        ['KEY', '"half'],
        ['NEXT', 'x'],
      ],
    ],
    [
      'a quote that goes on',
      'KEY="a"b\nNEXT=x\n',
      [
        ['KEY', '"a"b'],
        ['NEXT', 'x'],
      ],
    ],
    ['a sign in the value', 'KEY=a=b==\n', [['KEY', 'a=b==']]],
    [
      'a name twice',
      'KEY=one\nKEY=two\n',
      [
        ['KEY', 'one'],
        ['KEY', 'two'],
      ],
    ],
    ['what is no assignment', 'just words\n=x\n1KEY=x\nKEY=value\n', [['KEY', 'value']]],
    ['a dollar that is no reference', 'KEY=pa$$word${X}\n', [['KEY', 'pa$$word${X}']]],
  ];
  it.each(cases)('with %s', (_, text, values) => expect(read(text)).toEqual(values));

  it('is read in time that grows with its length', () => {
    const text = `${'A="'.repeat(5_000)}\n${'KEY=x # \n'.repeat(20_000)}`;
    const start = performance.now();
    parseDotenv(text);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('taking values out', () => {
  const text = [
    '# keep this # comment',
    'export KEY = "one',
    'two" # why',
    "OTHER='stays'",
    'KEY=again\r',
    '  URL: https://x',
    'LAST=end',
  ].join('\n');

  it('changes the lines of these names and not one other byte', () => {
    expect(blanked(text, new Set(['KEY', 'LAST']))).toBe(
      ['# keep this # comment', 'export KEY =  # why', "OTHER='stays'", 'KEY=\r', '  URL: https://x', 'LAST='].join(
        '\n',
      ),
    );
    expect(blanked(text, new Set(['NOBODY']))).toBe(text);
  });

  it('leaves nothing of them that a second reading would find', () => {
    const clean = blanked(text, new Set(['KEY', 'OTHER', 'URL', 'LAST']));
    expect(parseDotenv(clean).map(({ value }) => value)).toEqual(['', '', '', '', '']);
    expect(clean).not.toMatch(/one|two|stays|again|https|end/);
  });
});
