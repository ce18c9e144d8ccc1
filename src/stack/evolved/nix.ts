import type { NixFact, RepoFacts } from '../../detect/facts.ts';
import { designNix } from '../design/strategy.ts';
import type { NixBuild, Stack } from '../schema.ts';
import type { Difference } from './difference.ts';

/** Outputs of the flake that are gone or new, against how the stack builds with it. */
export function nix({ build }: Stack, facts: RepoFacts): readonly Difference[] {
  const { nix: flake } = facts;
  const isNix = build.strategy === 'nix';
  if (flake === undefined) {
    if (build.nix === undefined) return [];
    const message = 'the repository has no flake.nix any more';
    return [
      {
        code: 'flake-gone',
        path: 'build.strategy',
        message,
        sets: isNix ? ['build.strategy=cargo-chef'] : [],
        blocks: isNix,
      },
    ];
  }
  const { evidence } = flake;
  if (build.nix === undefined) {
    const message =
      'there is a flake now that can build it, which this stack knows nothing of. To use it, take build: out of trading-setup.yaml and run trading-setup init';
    return designNix(facts, build.binaries) === undefined
      ? []
      : [{ code: 'flake-new', path: 'build.nix', message, evidence, sets: [], blocks: false }];
  }
  const { tasks } = build.nix;
  const differences = goneOutputs(flake, build.nix).map(({ key, name, left }): Difference => {
    const what = key === 'packages' ? 'package' : key === 'tasks' ? 'task' : 'shell';
    const message = `the flake has no ${what} ${name} any more`;
    // A list that would be empty is none: without it the flake cannot build the program.
    const sets = key === 'tasks' || left.length > 0 ? [`build.nix.${key}=${JSON.stringify(left)}`] : [];
    const instead = isNix && sets.length === 0 ? ['build.strategy=cargo-chef'] : sets;
    return { code: 'output-gone', path: `build.nix.${key}`, message, evidence, sets: instead, blocks: isNix };
  });
  const needed = facts.tasks.filter(
    ({ kind, name, command }) =>
      kind === 'nix' && !tasks.includes(name) && facts.compileInputs.some(({ task }) => task === command),
  );
  return [
    ...differences,
    ...needed.map(
      ({ name, evidence: where }): Difference => ({
        code: 'task-new',
        path: 'build.nix.tasks',
        message: `the compiler reads what the task ${name} makes, and the build does not run it`,
        evidence: where,
        sets: [`build.nix.tasks=${JSON.stringify([...tasks, name])}`],
        blocks: false,
      }),
    ),
  ];
}

interface GoneOutput {
  readonly key: 'packages' | 'shell' | 'tasks';
  readonly name: string;
  /** What is still there of the same list. */
  readonly left: readonly string[];
}

/** Outputs of a stack that its flake has no more; nothing where it cannot be read whole, or makes them in another file. */
function goneOutputs(flake: NixFact, { way, packages, shell, tasks }: NixBuild): readonly GoneOutput[] {
  if (flake.confidence !== 'certain') return [];
  const gone = (key: GoneOutput['key'], wanted: readonly string[], kinds: readonly string[]): readonly GoneOutput[] => {
    const known = flake.outputs.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
    const left = wanted.filter((name) => known.includes(name));
    return known.length === 0
      ? []
      : wanted.filter((name) => !known.includes(name)).map((name) => ({ key, name, left }));
  };
  return [
    ...(way === 'package' ? gone('packages', packages, ['package']) : []),
    ...(way === 'shell' && shell !== undefined ? gone('shell', [shell], ['shell']) : []),
    ...gone('tasks', tasks, ['app', 'package']),
  ];
}
