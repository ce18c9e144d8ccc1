import type { Random } from './random.ts';

/** Somebody who edits files by hand; every line that they write holds a word of its own. */
export interface Person {
  /** A text as they leave it. */
  edit(path: string, text: string): string;
  /** A file of their own. */
  write(path: string): string;
}

/** The words of a person in a text, as often as they stand there. */
export function wordsIn(text: string): readonly string[] {
  return [...text.matchAll(/\bmine-\d+\b/g)].map(([word]) => word).sort();
}

type Lines = readonly string[];
type Edit = (lines: Lines, line: () => string) => Lines;

export function personWith(random: Random): Person {
  let count = 0;
  const word = () => `mine-${count++}`;

  const at = (lines: Lines) => random.below(lines.length + 1);
  const insert: Edit = (lines, line) => {
    const from = at(lines);
    const added = Array.from({ length: 1 + random.below(3) }, line);
    return [...lines.slice(0, from), ...added, ...lines.slice(from)];
  };
  const remove: Edit = (lines) => {
    const from = at(lines);
    return [...lines.slice(0, from), ...lines.slice(from + 1 + random.below(3))];
  };
  const change: Edit = (lines, line) => {
    const from = random.below(Math.max(1, lines.length));
    return lines.map((old, index) => (index === from ? `${line()} ${old.trim()}` : old));
  };
  const move: Edit = (lines) => {
    const from = at(lines);
    const some = lines.slice(from, from + 1 + random.below(4));
    const rest = [...lines.slice(0, from), ...lines.slice(from + some.length)];
    const to = at(rest);
    return [...rest.slice(0, to), ...some, ...rest.slice(to)];
  };
  const cutMark: Edit = (lines) => lines.filter((line) => !/[<>]{3} trading-setup/.test(line) || random.chance(0.5));
  const windows: Edit = (lines) => lines.map((line) => (random.chance(0.3) ? `${line}\r` : line));
  const comment: Edit = (lines, line) => {
    const from = at(lines);
    // As deep as what follows: a comment belongs to what it stands above.
    const indent = /^ */.exec(lines[from] ?? '')?.[0] ?? '';
    return [...lines.slice(0, from), indent + line(), ...lines.slice(from)];
  };
  const remark: Edit = (lines, line) => {
    const able = lines.flatMap((text, index) => (/^\s*[\w-]+: [\w.]+$/.test(text) ? [index] : []));
    const from = able.length === 0 ? -1 : random.pick(able);
    return lines.map((old, index) => (index === from ? `${old} ${line()}` : old));
  };

  function editsOf(path: string): readonly Edit[] {
    if (path.endsWith('setup.yaml')) return [comment, remark];
    return [insert, insert, change, remove, move, windows, ...(/README|gitignore|env/.test(path) ? [cutMark] : [])];
  }

  return {
    edit(path, text) {
      const line = () => (path.endsWith('.md') ? word() : `# ${word()}`);
      const crlf = !path.endsWith('setup.yaml') && random.chance(0.1);
      let lines: Lines = text.split('\n');
      const open = lines.at(-1) !== '';
      if (!open) lines = lines.slice(0, -1);
      for (let left = 1 + random.below(4); left > 0; left -= 1) lines = random.pick(editsOf(path))(lines, line);
      const edited = lines.join('\n') + (open || (lines.length > 0 && random.chance(0.1)) ? '' : '\n');
      return crlf ? edited.replace(/\r?\n/g, '\r\n') : edited;
    },
    write(path) {
      const lines = Array.from({ length: 1 + random.below(6) }, () => `# ${word()} of ${path}`);
      return lines.join(random.chance(0.2) ? '\r\n' : '\n') + (random.chance(0.8) ? '\n' : '');
    },
  };
}
