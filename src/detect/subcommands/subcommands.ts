import { guess, likely } from '../belief.ts';
import { type DerivedCli, PARSES } from '../clap/commands.ts';
import { type Code, runBy } from '../code.ts';
import type { SubcommandFact } from '../facts.ts';
import { follow } from '../rust/follow.ts';
import { bodyOf, type RustFunction } from '../rust/functions.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { lineAt, type RustSource } from '../rust/source.ts';
import { type Arm, armsOf, armsOfText } from './arms.ts';
import { judge } from './behaviour.ts';
import { builtCommands } from './builder.ts';
import { handedOn, typesIn } from './handed.ts';
import { textCommands } from './texts.ts';

/** Deep enough for arm → command → library → connection; deeper calls say less and less about the command. */
const CALL_DEPTH = 5;

/** More than any command line has. */
const MAX_COMMANDS = 400;

/** A subcommand with the code that it runs, for those who ask more of it. */
export interface Followed {
  readonly fact: Omit<SubcommandFact, 'databases'>;
  readonly functions: ReadonlySet<RustFunction>;
  readonly arms: readonly Arm[];
}

/** A way in which a program says that it has a command. */
interface Found {
  readonly path: string;
  readonly aliases: readonly string[];
  readonly source: RustSource;
  readonly offset: number;
  readonly arms: readonly Arm[];
  /** Types that it carries, and whose methods it is if no arm says more. */
  readonly types: readonly string[];
  /** Names by which a binary shows that the command line is its own. */
  readonly users: readonly string[];
  readonly binaries: readonly string[];
}

/** Subcommands of every binary, each with what it calls. */
export function detectSubcommands(code: Code, cli: DerivedCli): Followed[] {
  const seen = new Set<string>();
  return [...derived(code, cli), ...built(code), ...byText(code)].slice(0, MAX_COMMANDS).flatMap((found) => {
    const { functions, isLost } = calledBy(code, found);
    const bodies = [...found.arms.map((arm) => arm.code), ...[...functions].map(bodyOf)];
    const { confidence, ...behaviour } = judge(bodies, functions.size > 0 && !isLost);
    const evidence = { file: found.source.path, line: lineAt(found.source, found.offset) };
    return found.binaries.flatMap((binary): Followed[] => {
      const key = `${binary} ${found.path}`;
      if (seen.has(key)) return [];
      seen.add(key);
      const over =
        behaviour.kind === 'one-shot' && confidence === 'guess'
          ? [{ value: 'a service', why: isLost ? DYNAMIC : 'no code that it runs was found' }]
          : [];
      return [
        {
          fact: {
            binary,
            name: found.path,
            ...(found.aliases.length > 0 && { aliases: found.aliases }),
            ...behaviour,
            ...(confidence === 'guess' ? guess(evidence, over) : { ...likely(evidence, over), confidence }),
          },
          functions,
          arms: found.arms,
        },
      ];
    });
  });
}

function derived(code: Code, { commands }: DerivedCli): Found[] {
  return commands
    .slice(0, MAX_COMMANDS)
    .map(({ path, aliases, enumName, variant, payload, source, offset, chain, alone }) => ({
      path,
      aliases,
      source,
      offset,
      arms: armsOf(code.program, enumName, variant),
      types: payload,
      users: chain,
      binaries: usersOf(code, source, chain.slice(0, 1), alone ? PARSES : ''),
    }));
}

function built(code: Code): Found[] {
  return builtCommands(code.program).map(({ path, name, source, offset }) => ({
    path,
    aliases: [],
    source,
    offset,
    arms: armsOfText(code.program, name),
    types: [],
    users: [],
    binaries: runBy(code, source, functionAt(code.program, source, offset)),
  }));
}

function byText(code: Code): Found[] {
  return textCommands(code.program).map(({ name, aliases, source, offset, arm }) => ({
    path: name,
    aliases,
    source,
    offset,
    arms: [arm],
    types: [],
    users: [],
    binaries: runBy(code, source, functionAt(code.program, source, offset)),
  }));
}

/** Methods by which a command runs itself where its arm only hands it on, or a macro writes the arms. */
const RUNS = ['run', 'execute', 'exec', 'handle', 'call', 'start', 'process', 'dispatch', 'invoke'];

const DYNAMIC = 'what it runs is chosen by a trait, and could not be told';

interface Called {
  readonly functions: ReadonlySet<RustFunction>;
  /** Something that it surely runs was not found. */
  readonly isLost: boolean;
}

function calledBy({ program }: Code, { arms, types }: Found): Called {
  const handed = arms.map((arm) => handedOn(program, arm));
  const called = new Set([
    ...arms.flatMap((arm) => [...follow(program, { ...arm, types }, CALL_DEPTH)]),
    ...withCalls(
      program,
      handed.flatMap(({ methods }) => methods),
      types,
    ),
  ]);
  if (called.size > 0) return { functions: called, isLost: handed.some(({ isLost }) => isLost) };
  const named = new Set([...types, ...arms.flatMap(({ code }) => typesIn(code))]);
  const own = RUNS.flatMap((name) => program.byName.get(name) ?? []).filter(
    ({ owner }) => owner !== undefined && named.has(owner),
  );
  return { functions: withCalls(program, own, types), isLost: false };
}

/** Functions with all that they call. */
function withCalls(
  program: Program,
  items: readonly RustFunction[],
  types: readonly string[],
): ReadonlySet<RustFunction> {
  const further = items.flatMap((item) => [
    ...follow(program, { source: item.source, code: bodyOf(item), types: [item.owner ?? '', ...types] }, CALL_DEPTH),
  ]);
  return new Set([...items, ...further]);
}

/** The binaries that are made of a file; of several those that use one of these types, in the way that `used` says. */
export function usersOf(code: Code, source: RustSource, types: readonly string[], used = ''): string[] {
  const all = runBy(code, source, undefined);
  if (all.length < 2 || types.length === 0) return all;
  const saying = sourcesWith(code.program, types).filter((each) => each !== source);
  const pattern = new RegExp(`\\b(?:${types.join('|')})\\b${used}`);
  const using = all.filter((bin) => {
    const main = code.binaries.find((binary) => binary.bin === bin)?.path;
    return saying.some((each) => {
      if (code.files.get(bin)?.has(each) !== true) return false;
      if (each.path === main) return pattern.test(each.code);
      return (code.program.inSource.get(each) ?? []).some(
        (item) => code.reached.get(bin)?.has(item) === true && pattern.test(bodyOf(item)),
      );
    });
  });
  return using.length > 0 ? using : all;
}
