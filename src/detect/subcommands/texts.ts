import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource } from '../rust/source.ts';
import { type Arm, armAfterText } from './arms.ts';

/** A subcommand that the program tells by its text: `match args[1].as_str() { "run" => … }`. */
export interface TextCommand {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly source: RustSource;
  readonly offset: number;
  readonly arm: Arm;
}

const MATCH = /\bmatch\s+([^{};]{1,200})\{/g;
const FIRST_ARGUMENT =
  /\bargs?\w*\s*\[\s*1\s*\]|\.\s*(?:nth|get)\s*\(\s*1\s*\)|\.\s*subcommand\s*\(\s*\)|\bargs\w*\s*(?:\(\s*\)\s*)?(?:\.\s*skip\s*\(\s*1\s*\)\s*)?\.\s*next\s*\(\s*\)/;
const NAME = /^[a-z][a-z0-9_-]{0,40}$/;
const NO_COMMAND = new Set(['help', 'version']);
const MAX_MATCHES = 50;
const MAX_TEXTS = 300;

/** Commands that are told from the first argument by hand (or by pico-args and lexopt, which leave that to the program). */
export function textCommands(program: Program): TextCommand[] {
  return sourcesWith(program, ['args', 'args_os', 'pico_args', 'lexopt']).flatMap((source) =>
    [...source.code.matchAll(MATCH)].slice(0, MAX_MATCHES).flatMap((match) => {
      const open = match.index + match[0].length - 1;
      return isFirstArgument(program, source, match[1] ?? '', match.index) ? commandsIn(source, open) : [];
    }),
  );
}

function isFirstArgument(program: Program, source: RustSource, matched: string, at: number): boolean {
  if (FIRST_ARGUMENT.test(matched)) return true;
  const variable = /^\s*&?\s*([a-z_]\w*)\b/.exec(matched)?.[1];
  const within = variable === undefined ? undefined : functionAt(program, source, at);
  if (within === undefined) return false;
  const before = source.code.slice(Math.max(within.bodyStart, at - 3000), at);
  const made = [
    ...before.matchAll(
      new RegExp(`\\blet\\s+(?:mut\\s+)?(?:Some\\s*\\(\\s*)?${variable}\\b[^=;]{0,60}=(?!=)([^;]{1,300})`, 'g'),
    ),
  ].at(-1);
  return made?.[1] !== undefined && FIRST_ARGUMENT.test(made[1]);
}

/** Texts before an arrow; several of one arm are names of one command. */
function commandsIn(source: RustSource, open: number): TextCommand[] {
  const commands = new Map<number, { names: string[]; offset: number; arm: Arm }>();
  let inside = 0;
  for (const { value, start, end } of literalsIn(source, open, closeOf(source, open)).slice(0, MAX_TEXTS)) {
    // Texts inside the body of an arm are no patterns.
    if (start < inside) continue;
    const arm = armAfterText(source, end);
    if (arm === undefined) continue;
    const known = commands.get(arm.start);
    if (known) known.names.push(value);
    else commands.set(arm.start, { names: [value], offset: start, arm });
    // More patterns of the same arm stand before it.
    if (!/\|/.test(source.code.slice(end, arm.start))) inside = arm.end;
  }
  return [...commands.values()].flatMap(({ names, offset, arm }) => {
    const [name, ...aliases] = names.filter((each) => NAME.test(each) && !NO_COMMAND.has(each));
    return name === undefined ? [] : [{ name, aliases, source, offset, arm }];
  });
}
