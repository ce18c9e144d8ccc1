import { type Link, linksAfter, textArgument } from '../config/calls.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, type RustSource } from '../rust/source.ts';

/** A subcommand that clap's builder makes: `Command::new("run")` inside `.subcommand(…)`. */
export interface BuiltCommand {
  /** As typed; below another one with a space. */
  readonly path: string;
  readonly name: string;
  readonly source: RustSource;
  readonly offset: number;
}

interface Chain {
  readonly name: string | undefined;
  readonly source: RustSource;
  readonly start: number;
  readonly children: readonly Link[];
  /** The function that makes it, and the variable that it is kept in. */
  readonly maker: string | undefined;
  readonly variable: string | undefined;
}

const START =
  /(?:\b\w+\s*::\s*)?\b(?:Command|App|SubCommand)\s*::\s*(?:new|with_name)\s*\(|\bcommand\s*!\s*\(|\bapp_from_crate\s*!\s*\(/g;
const MAX_CHAINS = 400;
const MAX_DEPTH = 6;

/** Every subcommand that a builder makes and that has none below it. */
export function builtCommands(program: Program): BuiltCommand[] {
  const chains = sourcesWith(program, ['Command', 'App', 'SubCommand', 'command', 'app_from_crate'])
    .filter((source) => /\bclap\b/.test(source.code))
    .flatMap((source) => chainsIn(program, source))
    .slice(0, MAX_CHAINS);
  const parents = new Map(chains.map((chain) => [chain, parentOf(chain, chains)]));
  const isParent = new Set([...parents.values()]);
  return chains.flatMap((chain) => {
    const { name, source, start } = chain;
    if (parents.get(chain) === undefined || isParent.has(chain) || name === undefined) return [];
    return [{ path: pathOf(chain, parents), name, source, offset: start }];
  });
}

function chainsIn(program: Program, source: RustSource): Chain[] {
  const ofClap = program.imports.get(source)?.get('Command')?.[0] !== 'std';
  return [...source.code.matchAll(START)].slice(0, MAX_CHAINS).flatMap((match) => {
    const qualifier = /^(\w+)\s*::\s*Command\b/.exec(match[0])?.[1];
    // Programs are started by a type of the same name.
    const isProcess = /\bCommand\b/.test(match[0]) && (qualifier === undefined ? !ofClap : qualifier !== 'clap');
    if (isProcess) return [];
    const open = match.index + match[0].length - 1;
    const within = functionAt(program, source, match.index);
    const before = source.code.slice(Math.max(0, match.index - 80), match.index);
    const name = match[0].includes('!') ? undefined : textArgument(program, { source, open });
    return [
      {
        name: name !== undefined && /^[\w-]{1,60}$/.test(name) ? name : undefined,
        source,
        start: match.index,
        children: linksAfter(source, open).filter(({ method }) => /^subcommands?$/.test(method)),
        maker: within?.name === 'main' ? undefined : within?.name,
        variable: /\blet\s+(?:mut\s+)?(\w+)\s*(?::[^=;]{0,40})?=\s*$/.exec(before)?.[1],
      },
    ];
  });
}

function parentOf(chain: Chain, all: readonly Chain[]): Chain | undefined {
  const around = all
    .filter(({ source }) => source === chain.source)
    .filter(
      (other) =>
        other !== chain &&
        other.children.some(({ open }) => open < chain.start && chain.start < closeOf(chain.source, open)),
    )
    // The innermost begins last.
    .at(-1);
  if (around) return around;
  const named = [chain.variable, chain.maker].filter((name) => name !== undefined);
  return all.find(
    (other) =>
      other !== chain &&
      other.children.some(({ open }) => {
        const added = other.source.code.slice(open, Math.min(closeOf(other.source, open), open + 2000));
        return named.some((name) => new RegExp(`\\b${name}\\b\\s*[(),\\]]?`).test(added));
      }),
  );
}

function pathOf(chain: Chain, parents: ReadonlyMap<Chain, Chain | undefined>): string {
  const names: string[] = [];
  let at: Chain | undefined = chain;
  // The outermost is the program itself.
  for (let depth = 0; at !== undefined && parents.get(at) !== undefined && depth < MAX_DEPTH; depth++) {
    names.unshift(at.name ?? '');
    at = parents.get(at);
  }
  return names.filter((name) => name !== '').join(' ');
}
