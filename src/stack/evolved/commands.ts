import type { RepoFacts } from '../../detect/facts.ts';
import type { Stack } from '../schema.ts';
import type { Difference } from './difference.ts';
import { likeness } from './likeness.ts';

/** Subcommands that a service is started with and that its program no longer has. */
export function commands(stack: Stack, facts: RepoFacts): readonly Difference[] {
  return Object.entries(stack.services).flatMap(([name, { binary, args }]): Difference[] => {
    const known = facts.subcommands.filter((each) => each.binary === binary);
    const word = args.find((arg) => !arg.startsWith('-'));
    const names = known.flatMap((each) => [each.name, ...(each.aliases ?? [])]).map((each) => each.split(' ')[0]);
    if (word === undefined || args[0] !== word || known.length === 0 || names.includes(word)) return [];
    const running = known.filter(({ kind }) => kind === 'daemon' || kind === 'worker');
    const [likeliest] = running.toSorted((a, b) => likeness(word, b.name) - likeness(word, a.name));
    const now = likeliest && [...likeliest.name.split(' '), ...args.slice(1)];
    return [
      {
        code: 'command-gone',
        path: `services.${name}.args`,
        message: `${binary} has no command ${word} any more${likeliest ? `; likely it is ${likeliest.name} now` : ''}`,
        ...(likeliest && { evidence: likeliest.evidence }),
        sets: now ? [`services.${name}.args=${JSON.stringify(now)}`] : [],
        blocks: false,
      },
    ];
  });
}

/** Commands of the program for its secrets that nothing can run any more. */
export function secretCommands({ secrets }: Stack, facts: RepoFacts): readonly Difference[] {
  const known = new Set(facts.binaries.map(({ bin }) => bin));
  return Object.entries(secrets.commands ?? {}).flatMap(([name, command]): Difference[] => {
    const [program = ''] = command?.run ?? [];
    if (command === undefined || program.includes('/') || known.has(program)) return [];
    const now = name === 'login' ? facts.helpers.find(({ kind }) => kind === 'login') : undefined;
    const path = `secrets.commands.${name}.run`;
    return [
      {
        code: 'command-gone',
        path,
        message: `${name} runs ${program}, which the repository no longer has`,
        ...(now && { evidence: now.evidence }),
        sets: now ? [`${path}=${JSON.stringify([now.binary, ...now.args])}`] : [],
        blocks: false,
      },
    ];
  });
}
