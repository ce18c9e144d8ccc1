import { describe, expect, it } from 'vitest';
import { readBlock, withBlock } from '../../src/artifacts/blocks.ts';

const BEGIN = '# >>> trading-setup (written by it; your edits in here stay)';
const END = '# <<< trading-setup';
const BLOCK = `${BEGIN}\nA=1\n${END}\n`;
const put = (text: string | undefined, block = 'A=1\n') => withBlock(text, 'hash-block', block);

describe('withBlock', () => {
  it.each([
    ['no file', undefined, BLOCK],
    ['an empty file', '', BLOCK],
    ['a file', 'mine\n', `mine\n\n${BLOCK}`],
    ['a file without a line end at its end', 'mine', `mine\n\n${BLOCK}`],
    ['a file with an older block', `mine\n${BEGIN}\nOLD=1\nB=2\n${END}\nafter\n`, `mine\n${BLOCK}after\n`],
    ['a block at the very end without a line end', `mine\n${BEGIN}\nOLD\n${END}`, `mine\n${BLOCK.trimEnd()}`],
    ['an empty block', `${BEGIN}\n${END}\nafter`, `${BLOCK}after`],
    ['a CRLF file', 'mine\r\nmore\r\n', `mine\r\nmore\r\n\r\n${BLOCK.replaceAll('\n', '\r\n')}`],
    [
      'a CRLF file with a block',
      `mine\r\n${BEGIN}\r\nOLD\r\n${END}\r\nafter\r\n`,
      `mine\r\n${BLOCK.replaceAll('\n', '\r\n')}after\r\n`,
    ],
    ['a block whose end was deleted by hand', `${BEGIN}\nmy own line\n`, `${BEGIN}\nmy own line\n\n${BLOCK}`],
    [
      'a block that was put there because of that',
      `${BEGIN}\nmy own line\n\n${BEGIN}\nOLD\n${END}\n`,
      `${BEGIN}\nmy own line\n\n${BLOCK}`,
    ],
    ['the marks inside a line', `say "${BEGIN}"\nsay "${END}"\n`, `say "${BEGIN}"\nsay "${END}"\n\n${BLOCK}`],
  ])('puts the block into %s', (_, before, after) => {
    expect(put(before)).toBe(after);
    expect(put(after), 'a second time changes nothing').toBe(after);
    expect(readBlock(after, 'hash-block')).toBe(after.includes('\r\n') ? 'A=1\r\n' : 'A=1\n');
  });

  it('finds the block that an earlier version marked with other words, and leaves its marks', () => {
    const earlier = BEGIN.replace('your edits in here stay', 'edits in here are overwritten');
    expect(put(`mine\n${earlier}\nOLD=1\n${END}\n`)).toBe(`mine\n${earlier}\nA=1\n${END}\n`);
  });

  it('leaves the line ends of a block that has its own', () => {
    const mixed = 'A=1\r\nmine\n';
    expect(put(`x\r\n${BEGIN}\r\nOLD\r\n${END}\r\n`, mixed)).toBe(`x\r\n${BEGIN}\r\n${mixed}${END}\r\n`);
  });

  it.each(['$& $1 $$', "back\\slash 'q'", 'Ünï → 💰'])('takes %s as it is', (text) => {
    const once = put('mine\n', `${text}\n`);
    expect(once).toContain(`\n${text}\n`);
    expect(readBlock(put(once, `${text}!\n`), 'hash-block')).toBe(`${text}!\n`);
  });

  it('knows its block by the kind of comment', () => {
    const readme = withBlock('# Mine\n', 'html-block', 'text\n');
    expect(readme).toContain('<!-- <<< trading-setup -->\n');
    expect(readBlock(readme, 'hash-block')).toBeUndefined();
  });
});

it('readBlock finds none where there is none', () => {
  expect(readBlock('', 'hash-block')).toBeUndefined();
  expect(readBlock(`${END}\n${BEGIN}\n`, 'hash-block')).toBeUndefined();
});
