/** Attributes whose item is compiled for tests only. */
const TEST_ATTRIBUTE =
  /#(!?)\[\s*(?:cfg\s*\(\s*(?:test\s*\)|all\s*\(\s*test\b)|(?:\w+\s*::\s*)?(?:test|rstest|bench)\b\s*[\](])/g;

/** A test module in a file of its own: `#[cfg(test)] mod tests;`. */
const TEST_MODULE =
  /#\[\s*cfg\s*\(\s*(?:test|all\s*\(\s*test\b[^\]]{0,200})\s*\)\s*\]\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;/g;

/** Ranges of items that only tests compile, with their attributes. */
export function testRanges(code: string, closes: ReadonlyMap<number, number>): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  for (const match of code.matchAll(TEST_ATTRIBUTE)) {
    if ((ranges.at(-1)?.[1] ?? 0) > match.index) continue;
    const bracket = code.indexOf('[', match.index);
    const end = match[1] === '!' ? code.length : itemEnd(code, (closes.get(bracket) ?? code.length) + 1, closes);
    ranges.push([match.index, end]);
  }
  return ranges;
}

/** Names of test modules that live in other files. */
export function testModules(code: string): string[] {
  return [...code.matchAll(TEST_MODULE)].map((match) => match[1] ?? '');
}

const ITEM =
  /^\s*(?:pub\b|fn\b|mod\b|use\b|impl\b|struct\b|enum\b|const\b|static\b|async\b|unsafe\b|type\b|trait\b|let\b)/;

/** The end of the item, field or arm after an attribute: its block, its semicolon, or for a field its comma. */
function itemEnd(code: string, from: number, closes: ReadonlyMap<number, number>): number {
  let at = from;
  for (let next = /^\s*#\[/.exec(code.slice(at, at + 200)); next; next = /^\s*#\[/.exec(code.slice(at, at + 200)))
    at = (closes.get(at + next[0].length - 1) ?? code.length) + 1;
  const head = code.slice(at, at + 200);
  const isItem = ITEM.test(head);
  const isUse = /^\s*(?:pub(?:\([^)]*\))?\s+)?use\b/.test(head);
  for (; at < code.length; at++) {
    const char = code[at];
    if (char === ';' || (char === ',' && !isItem)) return at + 1;
    if (char === '}') return at;
    if (char === '{' && !isUse) return Math.min(code.length, (closes.get(at) ?? code.length) + 1);
    if (char === '(' || char === '[' || char === '{') at = closes.get(at) ?? code.length;
  }
  return code.length;
}
