// Which secrets are rotated and where the rotation is killed: at every boundary of every step, then at random moments.

const SELECTIONS = [
  ['DATABASE_PASSWORD'],
  ['GATE_PASSWORD'],
  ['HYPERLIQUID_API_WALLET_KEY'],
  ['DATABASE_PASSWORD', 'GATE_PASSWORD'],
  ['DATABASE_PASSWORD', 'GATE_PASSWORD', 'HYPERLIQUID_API_WALLET_KEY'],
];

/** Those whose old values can come back. */
const GO_BACK = SELECTIONS.filter((names) => !names.includes('HYPERLIQUID_API_WALLET_KEY'));

/** Numbers that look random and come again with the same seed. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled(list, random) {
  return list
    .map((item) => [random(), item])
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

/**
 * `count` cases: each boundary (a step begun, a step done) once, with a selection that has that step; what is left are
 * random moments in a rotation's usual time, and rotations that are killed on, and then on the way back.
 * @param stepsOf the ids of a selection's steps, as its dry run says.
 */
export async function cases(count, random, stepsOf) {
  const boundaries = new Map();
  for (const names of SELECTIONS) {
    for (const id of await stepsOf(names)) {
      for (const type of ['step-started', 'step-done']) {
        const key = `${type} ${id}`;
        boundaries.set(key, [...(boundaries.get(key) ?? []), { names, at: { type, id } }]);
      }
    }
  }
  const pick = (list) => list[Math.floor(random() * list.length)];
  const ordered = shuffled([...boundaries.values()].map(pick), random);
  // Of a short trial some are random too.
  const fixed = ordered.slice(0, Math.min(ordered.length, Math.ceil(count * 0.75)));
  const undone = () => {
    const names = pick(GO_BACK);
    const begun = ['stage', 'deliver', ...(names.includes('DATABASE_PASSWORD') ? ['alter'] : []), 'recreate', 'ready'];
    return { names, at: { type: 'step-done', id: pick(begun) }, undo: random() };
  };
  const moments = Array.from({ length: count - fixed.length }, (_, number) =>
    number % 2 === 0 ? { names: pick(SELECTIONS), at: { share: random() } } : undone(),
  );
  return { all: shuffled([...fixed, ...moments], random), boundaries: boundaries.size, covered: fixed.length };
}
