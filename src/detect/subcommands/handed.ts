import { follow } from '../rust/follow.ts';
import { bodyOf, isMethod, type RustFunction } from '../rust/functions.ts';
import type { Program } from '../rust/program.ts';
import { referencesIn } from '../rust/references.ts';
import type { Arm } from './arms.ts';

/** What becomes of the values that an arm hands on by their trait. */
export interface Handed {
  /** Methods of the types that the arm names. */
  readonly methods: readonly RustFunction[];
  /** A trait's method is called, and which type's it is cannot be told. */
  readonly isLost: boolean;
}

const MAX_CALLS = 500;

/** `Cmd::Trade => go(Box::new(Trade))`, where `go` takes a `Box<dyn Command>` and runs it. */
export function handedOn(program: Program, arm: Arm): Handed {
  const types = new Set(typesIn(arm.code));
  const calls = [...follow(program, { ...arm, types: [] }, 1)].flatMap((item) => {
    const header = item.source.code.slice(item.start, item.bodyStart);
    const traits = new Set([...header.matchAll(/(?:\b(?:dyn|impl)\s+|[:+]\s*)(?:\w+\s*::\s*)*([A-Z]\w*)/g)].map(last));
    return referencesIn(bodyOf(item))
      .filter(({ dotted }) => dotted)
      .slice(0, MAX_CALLS)
      .map(({ name }) => methodsOf(program, name, traits))
      .filter((methods) => methods.length > 0);
  });
  const known = calls.map((methods) => methods.filter(({ owner }) => owner !== undefined && types.has(owner)));
  return { methods: known.flat(), isLost: known.some(({ length }) => length === 0) };
}

/** Those of a name that types have by one of these traits. */
function methodsOf(program: Program, name: string, traits: ReadonlySet<string>): readonly RustFunction[] {
  const all = program.byName.get(name) ?? [];
  return all.filter((item) => isMethod(item) && item.trait !== undefined && traits.has(item.trait));
}

/** Names of types in a piece of code. */
export function typesIn(code: string): string[] {
  return code.match(/\b[A-Z]\w*/g) ?? [];
}

function last(match: RegExpExecArray): string {
  return match.at(-1) ?? '';
}
