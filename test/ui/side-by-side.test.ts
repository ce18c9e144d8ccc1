import { describe, expect, it } from 'vitest';
import { sideBySide } from '../../src/ui/side-by-side.ts';
import { width } from '../../src/ui/words.ts';

const LEFT = { title: 'nix', text: 'FROM nix\nRUN a\n\nFROM runtime\nUSER 1\n' };
const RIGHT = { title: 'cargo-chef', text: 'FROM rust\nRUN b\nRUN c\n\nFROM runtime\nUSER 1\n' };

describe('two files', () => {
  it('stand beside each other where there is room, what both have in one row, what differs marked', () => {
    const text = sideBySide(LEFT, RIGHT, 160);
    const cells = text.split('\n').map((line) => line.split(/ {2,}/).filter((cell) => cell !== ''));
    expect(cells).toEqual([
      ['nix', 'cargo-chef'],
      [],
      ['FROM nix', '│ FROM rust'],
      ['RUN a', '│ RUN b'],
      ['│ RUN c'],
      [],
      ['FROM runtime', 'FROM runtime'],
      ['USER 1', 'USER 1'],
    ]);
  });

  it('stand one after the other where there is none, and where nobody looks', () => {
    for (const columns of [80, 120, undefined]) {
      expect(sideBySide(LEFT, RIGHT, columns)).toBe(
        `# ---- nix\n${LEFT.text}\n# ---- cargo-chef\n${RIGHT.text.trimEnd()}`,
      );
    }
  });

  it('lose nothing of a long line, and never go beyond the terminal', () => {
    const words = Array.from({ length: 60 }, (_, at) => `--mount=${at}`);
    const long = { title: 'nix', text: `RUN ${words.join(' ')} ${'q'.repeat(200)}\n` };
    const lines = sideBySide(long, RIGHT, 161).split('\n');
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(161);
    for (const word of words) expect(lines.join('\n')).toContain(word);
    expect(lines.join('').split('q').length - 1).toBe(200);
  });
});
