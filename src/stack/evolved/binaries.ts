import type { RepoFacts, ServiceFact } from '../../detect/facts.ts';
import { valueAt } from '../overlay.ts';
import type { Stack } from '../schema.ts';
import type { Difference } from './difference.ts';
import { likeness } from './likeness.ts';
import { isWhole } from './whole.ts';

/** A program of a stack that the repository no longer has, and what stands in its place, the likeliest first. */
export interface GoneBinary {
  /** Path of the decision, e.g. `services.app.binary`. */
  readonly path: string;
  readonly binary: string;
  readonly instead: readonly string[];
}

/** Programs of a stack that are gone. */
export function goneBinaries(stack: Stack, facts: RepoFacts): readonly GoneBinary[] {
  if (!isWhole(facts)) return [];
  const known = new Set(facts.binaries.map(({ bin }) => bin));
  const used = usedBinaries(stack);
  const gone = used.filter(({ binary }) => !known.has(binary));
  const taken = new Set(used.map(({ binary }) => binary));
  return gone.map(({ path, binary }) => {
    const isTui = path.startsWith('tui.');
    const fits = ({ kind }: ServiceFact) => (kind === 'tui') === isTui;
    const free = facts.binaries.map(({ bin }) => bin).filter((bin) => !taken.has(bin));
    const helpers = new Set(facts.helpers.map((helper) => helper.binary));
    const rank = (bin: string): number =>
      (facts.services.some((each) => each.binary === bin && fits(each)) ? 4 : 0) +
      (facts.services.some((each) => each.binary === bin && each.kind === 'daemon') ? 1 : 0) +
      2 * likeness(binary, bin) -
      (helpers.has(bin) && !facts.services.some((each) => each.binary === bin) ? 2 : 0);
    return { path, binary, instead: free.toSorted((a, b) => rank(b) - rank(a)) };
  });
}

function usedBinaries({ services, tui }: Pick<Stack, 'services' | 'tui'>): readonly { path: string; binary: string }[] {
  const own = Object.entries(services).map(([name, { binary }]) => ({ path: `services.${name}.binary`, binary }));
  return tui.access === 'none' ? own : [...own, { path: 'tui.binary', binary: tui.binary }];
}

/** Programs that are gone, moved to another package, or new, against those that the stack builds and runs. */
export function binaries(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const gone = goneBinaries(stack, facts).map(({ path, binary, instead }): Difference => {
    const [likeliest] = instead;
    const found = facts.binaries.find(({ bin }) => bin === likeliest);
    return {
      code: 'binary-gone',
      path,
      message: `the repository has no binary ${binary} any more${likeliest === undefined ? '' : `; likely it is ${likeliest} now`}`,
      ...(found && { evidence: found.evidence }),
      sets: likeliest === undefined ? [] : [`${path}=${likeliest}`],
      blocks: true,
    };
  });
  const moved = stack.build.binaries.flatMap(({ package: from, bin }): Difference[] => {
    const found = facts.binaries.filter((each) => each.bin === bin);
    const [first] = found;
    if (first === undefined || found.some((each) => each.package === from)) return [];
    return [
      {
        code: 'package-moved',
        path: 'build.binaries',
        message: `${bin} is in the package ${first.package} now, and no longer in ${from}`,
        evidence: first.evidence,
        sets: [`build.binaries=${JSON.stringify(buildable(stack, facts))}`],
        blocks: true,
      },
    ];
  });
  return [...gone, ...unbuilt(stack, facts), ...moved];
}

/** Programs that are built for a person and that are gone; those that services run are told of by them. */
function unbuilt(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const known = new Set(facts.binaries.map(({ bin }) => bin));
  const used = new Set(usedBinaries(stack).map(({ binary }) => binary));
  const gone = stack.build.binaries.filter(({ bin }) => !known.has(bin) && !used.has(bin)).map(({ bin }) => bin);
  if (gone.length === 0) return [];
  const now = buildable(stack, facts);
  return [
    {
      code: 'binary-gone',
      path: 'build.binaries',
      message: `the repository has no ${gone.length === 1 ? 'binary' : 'binaries'} ${gone.join(', ')} any more, and the build asks for it`,
      sets: now.length === 0 ? [] : [`build.binaries=${JSON.stringify(now)}`],
      blocks: true,
    },
  ];
}

/** What is built of a stack and still there, in the package where it is, with what stands in the place of the rest. */
function buildable(stack: Stack, facts: RepoFacts): Stack['build']['binaries'] {
  const left = stack.build.binaries.flatMap((each) => {
    const found = facts.binaries.filter(({ bin }) => bin === each.bin);
    const [first] = found;
    if (first === undefined) return isWhole(facts) ? [] : [each];
    return [found.some((one) => one.package === each.package) ? each : { ...each, package: first.package }];
  });
  const instead = goneBinaries(stack, facts).flatMap((each) => each.instead.slice(0, 1));
  const added = facts.binaries.filter(({ bin }) => instead.includes(bin) && !left.some((each) => each.bin === bin));
  return [...left, ...added.map((each) => ({ package: each.package, bin: each.bin }))];
}

/** Programs that a person runs and that a new stack would have in its image. */
export function helpers(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const now = buildable(stack, facts);
  const missing = facts.binaries.filter(
    ({ bin }) => facts.helpers.some(({ binary }) => binary === bin) && !now.some((each) => each.bin === bin),
  );
  const [first] = missing;
  if (first === undefined) return [];
  const names = missing.map(({ bin }) => bin).join(', ');
  const all = [...now, ...missing.map((each) => ({ package: each.package, bin: each.bin }))];
  const [noun, verb] = missing.length === 1 ? ['program', 'is'] : ['programs', 'are'];
  return [
    {
      code: 'helper-new',
      path: 'build.binaries',
      message: `the ${noun} ${names}, to be run by hand, ${verb} not in the image`,
      evidence: first.evidence,
      sets: [`build.binaries=${JSON.stringify(all)}`],
      blocks: false,
    },
  ];
}

/** Programs that run on and that nothing starts; one that stands in the place of another is none. */
export function services(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const known = new Set([
    ...stack.build.binaries.map(({ bin }) => bin),
    ...usedBinaries(stack).map(({ binary }) => binary),
  ]);
  const successors = new Set(goneBinaries(stack, facts).flatMap(({ instead }) => instead.slice(0, 1)));
  return facts.services
    .filter(({ kind }) => kind === 'daemon' || kind === 'worker')
    .filter(({ binary }) => !known.has(binary) && !successors.has(binary))
    .map(({ name, binary, args, evidence }) => ({
      code: 'service-new',
      path: 'services',
      message: `not started: ${name} (runs ${[binary, ...args].join(' ')}), a program that this stack does not build`,
      evidence,
      sets: [],
      blocks: false,
    }));
}

/**
 * A saved stack with other answers laid on it, whose list of what is built follows the programs that it runs: what a
 * service was given instead is added, and what the repository no longer has and nothing runs is left out.
 */
export function withBinaries(value: unknown, facts: RepoFacts): unknown {
  const services = valueAt(value, 'services');
  const built = valueAt(value, 'build.binaries');
  const build = valueAt(value, 'build');
  if (!isMap(value) || !isMap(services) || !isMap(build) || !Array.isArray(built)) return value;
  const used = [...Object.values(services), valueAt(value, 'tui')].flatMap((each) => {
    const binary = valueAt(each, 'binary');
    return typeof binary === 'string' ? [binary] : [];
  });
  const names = new Set(built.map((each) => valueAt(each, 'bin')));
  const added = facts.binaries.filter(({ bin }) => used.includes(bin) && !names.has(bin));
  if (added.length === 0) return value;
  const known = new Set<unknown>(facts.binaries.map(({ bin }) => bin));
  const kept = built.filter((each) => {
    const bin = valueAt(each, 'bin');
    return known.has(bin) || used.some((name) => name === bin);
  });
  const binaries = [...kept, ...added.map((binary) => ({ package: binary.package, bin: binary.bin }))];
  return { ...value, build: { ...build, binaries } };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
