import { type Code, runBy } from '../code.ts';
import type { SubcommandFact } from '../facts.ts';
import { follow } from '../rust/follow.ts';
import { bodyOf, type RustFunction } from '../rust/functions.ts';
import { lineAt } from '../rust/source.ts';
import { type Arm, armsOf } from './arms.ts';
import { judge } from './behaviour.ts';
import { type ClapVariant, clapVariants } from './clap.ts';

/** Deep enough for arm → command → library → connection; deeper calls say less and less about the command. */
const CALL_DEPTH = 5;

/** A subcommand with the code that it runs, for those who ask more of it. */
export interface Followed {
  readonly fact: Omit<SubcommandFact, 'databases'>;
  readonly functions: ReadonlySet<RustFunction>;
  readonly arms: readonly Arm[];
}

/** Subcommands of every binary, each with what it calls. */
export function detectSubcommands(code: Code): Followed[] {
  return clapVariants(code.program).flatMap((variant) => {
    const arms = armsOf(code.program, variant);
    const functions = new Set(
      arms.flatMap((arm) => [...follow(code.program, { ...arm, types: variant.payload }, CALL_DEPTH)]),
    );
    const bodies = [...arms.map((arm) => arm.code), ...[...functions].map(bodyOf)];
    const behaviour = judge(bodies, functions.size > 0);
    return runBy(code, variant.source, undefined).map((binary) => ({
      fact: { binary, name: variant.command, ...behaviour, evidence: evidenceOf(variant), over: [] },
      functions,
      arms,
    }));
  });
}

function evidenceOf({ source, offset }: ClapVariant): SubcommandFact['evidence'] {
  return { file: source.path, line: lineAt(source, offset) };
}
