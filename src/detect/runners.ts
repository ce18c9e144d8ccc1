import { likely } from './belief.ts';
import { type Code, runBy } from './code.ts';
import type { EnvRead } from './env/reads.ts';
import type { BinaryFact, SubcommandFact } from './facts.ts';
import { follow } from './rust/follow.ts';
import { bodyOf, type RustFunction } from './rust/functions.ts';
import { lineAt, type RustSource } from './rust/source.ts';
import type { Arm } from './subcommands/arms.ts';
import { type Behaviour, judge } from './subcommands/behaviour.ts';
import { type Followed, usersOf } from './subcommands/subcommands.ts';

/** Something that can be started: a subcommand, or a binary that has none; with the code that it runs. */
export interface Runner {
  readonly binary: string;
  /** As typed; absent for a binary without subcommands. */
  readonly command?: string;
  readonly what: Omit<SubcommandFact, 'databases' | 'name' | 'binary'>;
  /** Everything that it surely calls, what comes before the choice of a command included. */
  readonly functions: ReadonlySet<RustFunction>;
  /** Functions that another command of the same binary calls and this one does not. */
  readonly foreign: ReadonlySet<RustFunction>;
  readonly bodies: readonly string[];
}

const MAIN_DEPTH = 7;
const MAX_FUNCTIONS = 2000;

/** Everything that can be started. */
export function runnersOf(code: Code, commands: readonly Followed[]): Runner[] {
  return code.binaries.flatMap((binary) => {
    const own = commands.filter(({ fact }) => fact.binary === binary.bin);
    const main = mainOf(code, binary);
    return own.length === 0 ? mainRunner(code, binary, main) : commandRunners(code, own, main);
  });
}

/** `main`, or what a framework makes it of. */
function mainOf({ program }: Code, { path }: BinaryFact): RustFunction | undefined {
  const source = program.sources.find((each) => each.path === path);
  const functions = source === undefined ? [] : (program.inSource.get(source) ?? []);
  return functions.find(({ name }) => name === 'main') ?? functions.find(({ name }) => name === 'rocket');
}

function mainRunner(code: Code, binary: BinaryFact, main: RustFunction | undefined): Runner[] {
  if (main === undefined) return [];
  const functions = new Set([main, ...calledWithout(code, main, [])]);
  const bodies = [...functions].map(bodyOf);
  const { confidence, ...behaviour } = judge(bodies, true);
  const evidence = { file: main.source.path, line: lineAt(main.source, main.start) };
  return [
    {
      binary: binary.bin,
      what: { ...behaviour, ...likely(evidence, doubts(behaviour)), confidence },
      functions,
      foreign: new Set(),
      bodies,
    },
  ];
}

/** A program that draws and serves might be meant either way. */
function doubts({ kind, serves }: Pick<Behaviour, 'kind' | 'serves'>): { value: string; why: string }[] {
  return kind === 'tui' && serves ? [{ value: 'daemon', why: 'it serves too, but draws on a terminal' }] : [];
}

function commandRunners(code: Code, own: readonly Followed[], main: RustFunction | undefined): Runner[] {
  const arms = own.flatMap((followed) => followed.arms);
  const common = main === undefined ? [] : [main, ...calledWithout(code, main, arms)];
  return own.map(({ fact: { binary, name, ...what }, functions, arms: mine }) => {
    const all = new Set([...common, ...functions]);
    const others = own.flatMap((other) => [...other.functions]).filter((item) => !all.has(item));
    return {
      binary,
      command: name,
      what,
      functions: all,
      foreign: new Set(others),
      bodies: [...mine.map((arm) => arm.code), ...[...all].map((item) => withoutArms(item, arms))],
    };
  });
}

/** Functions that are called from one, the arms of commands left out. */
function calledWithout({ program }: Code, from: RustFunction, arms: readonly Arm[]): RustFunction[] {
  const seen = new Set([from]);
  let level = [from];
  for (let depth = 0; depth < MAIN_DEPTH && level.length > 0 && seen.size < MAX_FUNCTIONS; depth++) {
    const next = level.flatMap((item) => {
      const types = [...(item.owner === undefined ? [] : [item.owner]), ...(item.params.match(/\b[A-Z]\w*/g) ?? [])];
      return [...follow(program, { source: item.source, code: withoutArms(item, arms), types }, 1)];
    });
    level = [...new Set(next)].filter((item) => !seen.has(item));
    for (const item of level) seen.add(item);
  }
  seen.delete(from);
  return [...seen];
}

function withoutArms(item: RustFunction, arms: readonly Arm[]): string {
  const inside = arms.filter(
    ({ source, start, end }) => source === item.source && start >= item.bodyStart && end <= item.bodyEnd,
  );
  const body = bodyOf(item);
  return inside.reduce((code, { start, end }) => {
    const from = start - item.bodyStart;
    return `${code.slice(0, from)}${' '.repeat(end - start)}${code.slice(from + end - start)}`;
  }, body);
}

/** Names of the binaries for which a place reads the environment. */
export function readersOf(code: Code, { source, function: item, users, roots }: EnvRead): string[] {
  if (users === undefined) return runBy(code, source, item);
  return roots === undefined
    ? usersOf(code, source, users)
    : [...new Set(roots.flatMap((root) => ownersOf(code, root)))];
}

/** The binaries whose command line a type is; one that declares a type of that name itself means its own. */
function ownersOf(code: Code, { name, source }: NonNullable<EnvRead['roots']>[number]): string[] {
  const using = usersOf(code, source, [name]);
  if (using.length < 2) return using;
  const declares = new RegExp(`\\b(?:struct|enum)\\s+${name}\\b`);
  const own = using.filter((bin) => {
    const main = code.binaries.find((binary) => binary.bin === bin)?.path;
    const file = code.program.sources.find(({ path }) => path === main);
    return file === undefined || file === source || !declares.test(file.code);
  });
  return own.length > 0 ? own : using;
}

/** Whether a runner reads the environment at a place; what no command is seen to call, each of them may. */
export function readsAt(code: Code, { binary, command, functions, foreign }: Runner, read: EnvRead): boolean {
  if (!readersOf(code, read).includes(binary)) return false;
  if (read.commands !== undefined) return command !== undefined && read.commands.includes(command);
  if (read.function === undefined || functions.has(read.function)) return true;
  return !foreign.has(read.function);
}

/** A service's name: its command or its binary; both where two binaries have the same command. */
export function serviceName(runners: readonly Runner[], { binary, command }: Runner): string {
  const isShared = runners.some((other) => other.command === command && other.binary !== binary);
  return command === undefined ? binary : isShared ? `${binary} ${command}` : command;
}

/** Whether it would be a service: it runs on, or draws on a terminal. */
export function isService({ what }: Runner): boolean {
  return what.kind !== 'one-shot';
}

/** Texts of the code that a runner runs, for what is said in them. */
export function textsOf({ functions }: Runner): string[] {
  const bySource = new Map<RustSource, RustFunction[]>();
  for (const item of functions) bySource.set(item.source, [...(bySource.get(item.source) ?? []), item]);
  return [...bySource].flatMap(([source, items]) =>
    source.literals
      .filter(({ start }) => items.some(({ bodyStart, bodyEnd }) => start >= bodyStart && start < bodyEnd))
      .map(({ value }) => value),
  );
}
