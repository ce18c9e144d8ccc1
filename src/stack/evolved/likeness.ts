/** How alike two names are, from 0 to 1: by the words that both have. */
export function likeness(a: string, b: string): number {
  const words = (name: string) =>
    name
      .toLowerCase()
      .split(/[_\-. ]+/)
      .filter((word) => word !== '');
  const [left, right] = [words(a), words(b)];
  const shared = left.filter((word) => right.includes(word)).length;
  return shared / Math.max(left.length, right.length, 1);
}

/** From here on two names may mean the same. */
const ALIKE = 0.5;

/** Whether two variables likely hold the same: the last word says what, e.g. a key or a hash. */
export function isAlike(a: string, b: string): boolean {
  return a.split('_').at(-1) === b.split('_').at(-1) && likeness(a, b) >= ALIKE;
}
