import { REDACTED } from '../../secret.ts';
import { certain } from '../belief.ts';
import { type Code, isDead, runBy } from '../code.ts';
import type { EnvFact } from '../facts.ts';
import { functionAt, type Program } from '../rust/program.ts';
import { lineAt } from '../rust/source.ts';
import { isSecretName, withoutPasswords } from '../secret-names.ts';
import { absenceAfter } from './chain.ts';
import { clapEnv } from './clap-env.ts';
import { type EnvRead, envReads } from './reads.ts';

/** Every place that reads the environment. */
export function allEnvReads(program: Program): EnvRead[] {
  return [...envReads(program), ...clapEnv(program), ...logFilters(program)];
}

/** `EnvFilter` and env_logger read RUST_LOG without naming it. */
function logFilters(program: Program): EnvRead[] {
  const pattern = /\bEnvFilter\s*::\s*(?:try_)?from_default_env\s*\(\s*\)|\benv_logger\s*::\s*(?:try_)?init\s*\(\s*\)/g;
  return program.sources.flatMap((source) =>
    [...source.code.matchAll(pattern)].map((match) => {
      const value = absenceAfter(source, match.index + match[0].length, program.constants).default;
      return {
        name: 'RUST_LOG',
        source,
        offset: match.index,
        function: functionAt(program, source, match.index),
        absence: { required: false, ...(value !== undefined && { default: value }) },
      };
    }),
  );
}

/** One fact per variable, sorted by name; of several reads the living and the strictest speak. */
export function detectEnv(code: Code, reads: readonly EnvRead[]): EnvFact[] {
  const byName = new Map<string, EnvRead[]>();
  for (const read of reads) byName.set(read.name, [...(byName.get(read.name) ?? []), read]);
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, all]) => envFact(code, name, all) ?? []);
}

function envFact(code: Code, name: string, all: readonly EnvRead[]): EnvFact | undefined {
  const alive = all.filter((read) => !isDead(code, read.function));
  const counted = alive.length > 0 ? alive : all;
  const shown = counted.find(({ absence }) => absence.required) ?? counted[0];
  if (shown === undefined) return undefined;
  const stated = counted.map(({ absence }) => absence.default).find((value) => value !== undefined);
  const secret = isSecretName(name);
  const readBy = new Set(counted.flatMap((read) => runBy(code, read.source, read.function)));
  return {
    name,
    required: counted.some(({ absence }) => absence.required),
    ...(stated !== undefined && { default: secret ? REDACTED : withoutPasswords(stated) }),
    secret,
    readBy: code.binaries.map(({ bin }) => bin).filter((bin) => readBy.has(bin)),
    dead: alive.length === 0,
    ...certain({ file: shown.source.path, line: lineAt(shown.source, shown.offset) }),
  };
}
