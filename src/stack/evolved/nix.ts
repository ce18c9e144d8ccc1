import type { RepoFacts } from '../../detect/facts.ts';
import type { Stack } from '../schema.ts';
import type { Difference } from './difference.ts';

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
  const outputs = (kind: string) => flake.outputs.filter((each) => each.kind === kind).map(({ name }) => name);
  const { evidence } = flake;
  if (build.nix === undefined) {
    const isUseful = flake.outputs.some(({ holds }) => holds.includes('cargo'));
    const message =
      'there is a flake now that can build it, which this stack knows nothing of. To use it, take build: out of trading-setup.yaml and run trading-setup init';
    return isUseful ? [{ code: 'flake-new', path: 'build.nix', message, evidence, sets: [], blocks: false }] : [];
  }
  const { way, packages, shell, tasks } = build.nix;
  const runnable = new Set([...outputs('app'), ...outputs('package')]);
  const gone = [
    ...(way === 'package' ? packages.filter((name) => !outputs('package').includes(name)) : []).map((name) => [
      'packages',
      name,
    ]),
    ...(way === 'shell' && shell !== undefined && !outputs('shell').includes(shell) ? [['shell', shell]] : []),
    ...tasks.filter((name) => !runnable.has(name)).map((name) => ['tasks', name]),
  ];
  const differences = gone.map(([key = '', name = '']): Difference => {
    const list = key === 'tasks' ? tasks : packages;
    const sets = key === 'shell' ? [] : [`build.nix.${key}=${JSON.stringify(list.filter((each) => each !== name))}`];
    const message = `the flake has no ${key === 'packages' ? 'package' : key === 'tasks' ? 'task' : 'shell'} ${name} any more`;
    return { code: 'output-gone', path: `build.nix.${key}`, message, evidence, sets, blocks: isNix };
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
