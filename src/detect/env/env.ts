import { REDACTED } from '../../secret.ts';
import { type Believed, certain } from '../belief.ts';
import { type Code, isDead } from '../code.ts';
import type { Alternative, BuildEnvFact, EnvFact, Evidence } from '../facts.ts';
import { groupBy } from '../group.ts';
import { isService, type Runner, readersOf, readsAt, serviceName } from '../runners.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { lineAt, literalsIn } from '../rust/source.ts';
import { isSecretName, withoutPasswords } from '../secret-names.ts';
import { absenceAfter } from './chain.ts';
import type { EnvRead } from './reads.ts';

const LOG_WORDS = ['EnvFilter', 'env_logger', 'pretty_env_logger', 'tracing_subscriber'];
const LOG_FILTER =
  /\bEnvFilter\s*::\s*(?:try_)?from_default_env\s*\(\s*\)|\b(?:pretty_)?env_logger\s*::\s*(?:try_)?init(?:_timed)?\s*\(\s*\)|\benv_logger\s*::\s*(?:Builder\s*::\s*from_default_env|Env\s*::\s*default)\s*\(\s*\)|\btracing_subscriber\s*::\s*fmt\s*::\s*(?:try_)?init\s*\(\s*\)/g;
const NAMED_FILTER =
  /\bEnvFilter\s*::\s*(?:try_)?from_env\s*\(\s*(?=")|\.\s*with_env_var\s*\(\s*(?=")|\b(?:env_logger|Builder)\s*::\s*(?:try_)?(?:init_)?from_env\s*\(\s*(?=")/g;

/** `EnvFilter` and env_logger read RUST_LOG without naming it. */
export function logFilters(program: Program): EnvRead[] {
  return sourcesWith(program, LOG_WORDS).flatMap((source) => {
    const unnamed = [...source.code.matchAll(LOG_FILTER)].map((match) => ({ match, name: 'RUST_LOG' }));
    const named = [...source.code.matchAll(NAMED_FILTER)].flatMap((match) => {
      const at = match.index + match[0].length;
      const name = literalsIn(source, at, at + 1)[0]?.value;
      return name !== undefined && /^\w+$/.test(name) ? [{ match, name }] : [];
    });
    return [...unnamed, ...named].map(({ match, name }) => {
      const value = absenceAfter(source, match.index + match[0].length, program.constants).default;
      return {
        name,
        source,
        offset: match.index,
        function: functionAt(program, source, match.index),
        absence: { required: false, ...(value !== undefined && { default: value }) },
      };
    });
  });
}

/** One fact per variable, sorted by name; of several reads the living and the strictest speak. */
export function detectEnv(code: Code, reads: readonly EnvRead[], runners: readonly Runner[]): EnvFact[] {
  return [...groupBy(reads, ({ name }) => name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, all]) => envFact(code, name, all, runners) ?? []);
}

function envFact(code: Code, name: string, all: readonly EnvRead[], runners: readonly Runner[]): EnvFact | undefined {
  const alive = all.filter((read) => !isDead(code, read.function));
  const counted = alive.length > 0 ? alive : all;
  const services = runners
    .filter(isService)
    .map((runner) => ({ runner, reads: counted.filter((read) => readsAt(code, runner, read)) }))
    .filter(({ reads }) => reads.length > 0);
  // What a command that ends does without the variable is no matter of a service that reads it too.
  const served = counted.filter((read) => services.some(({ reads }) => reads.includes(read)));
  const spoken = served.length > 0 ? served : counted;
  const stated = spoken.find(({ absence }) => absence.default !== undefined);
  const shown = stated ?? strictest(spoken);
  if (shown === undefined) return undefined;
  const secret = isSecretName(name) && !isPlainSeed(name, stated?.absence.default);
  const readBy = new Set(counted.flatMap((read) => readersOf(code, read)));
  const key = counted.find((read) => read.key !== undefined)?.key;
  const required = spoken.some(({ absence }) => absence.required);
  const own = services.map(({ runner, reads }) => ownRead(serviceName(runners, runner), reads, secret));
  const fallback = stated && shownDefault(stated, secret);
  const differ = own.some((each) => each.required !== required || each.default !== fallback);
  return {
    name,
    required,
    ...(fallback !== undefined && { default: fallback }),
    secret,
    readBy: code.binaries.map(({ bin }) => bin).filter((bin) => readBy.has(bin)),
    services: alive.length === 0 ? [] : services.map(({ runner }) => serviceName(runners, runner)),
    ...(alive.length > 0 && differ && { perService: own }),
    ...(key !== undefined && { key }),
    dead: alive.length === 0,
    ...beliefOf(shown, alternatives({ all, counted, spoken, shown, secret })),
  };
}

/** The read that gives up without the variable, else the first. */
function strictest(reads: readonly EnvRead[]): EnvRead | undefined {
  return reads.find(({ absence }) => absence.required) ?? reads[0];
}

/** What one service does without the variable. */
function ownRead(
  service: string,
  reads: readonly EnvRead[],
  secret: boolean,
): NonNullable<EnvFact['perService']>[number] {
  const stated = reads.find(({ absence }) => absence.default !== undefined);
  const shown = stated ?? strictest(reads);
  const fallback = stated && shownDefault(stated, secret);
  return {
    service,
    required: reads.some(({ absence }) => absence.required),
    ...(fallback !== undefined && { default: fallback }),
    ...(shown && { evidence: placeOf(shown) }),
  };
}

function shownDefault({ absence }: EnvRead, secret: boolean): string | undefined {
  if (absence.default === undefined) return undefined;
  return secret ? REDACTED : withoutPasswords(absence.default);
}

/** `SIM_SEED` with a number for a default starts a random generator; the seed of a wallet has no such default. */
function isPlainSeed(name: string, value: string | undefined): boolean {
  return /(?:^|_)SEED$/i.test(name) && value !== undefined && /^\d{1,10}$/.test(value);
}

function beliefOf(shown: EnvRead, over: readonly Alternative[]): Believed {
  const believed = certain(placeOf(shown), over);
  // A field of a struct is read by a library: the name follows from what it does.
  return shown.key === undefined ? believed : { ...believed, confidence: 'likely' };
}

function placeOf({ source, offset }: EnvRead): Evidence {
  return { file: source.path, line: lineAt(source, offset) };
}

const MAX_ALTERNATIVES = 10;

/** Other places that say something else of the same variable. */
function alternatives(reads: {
  readonly all: readonly EnvRead[];
  readonly counted: readonly EnvRead[];
  readonly spoken: readonly EnvRead[];
  readonly shown: EnvRead;
  readonly secret: boolean;
}): Alternative[] {
  const { all, counted, spoken, shown, secret } = reads;
  const dead = all
    .filter((read) => !counted.includes(read))
    .map((read) => ({ value: 'read', why: 'nothing calls the code there', evidence: placeOf(read) }));
  const others = counted
    .filter(({ absence }) => absence.default !== undefined && absence.default !== shown.absence.default)
    .map((read) => ({
      value: `default ${shownDefault(read, secret) ?? ''}`,
      why: spoken.includes(read) ? 'another place comes first' : 'no service runs the code there',
      evidence: placeOf(read),
    }));
  const required = spoken.find(({ absence }) => absence.required);
  const strict =
    required === undefined || required === shown
      ? []
      : [{ value: 'required', why: 'this place has a default', evidence: placeOf(required) }];
  const lenient = required
    ? counted
        .filter(({ absence }) => !absence.required && absence.default === undefined)
        .map((read) => ({ value: 'optional', why: 'another place needs it', evidence: placeOf(read) }))
    : [];
  return [...others, ...strict, ...lenient, ...dead].slice(0, MAX_ALTERNATIVES);
}

const COMPILED = /\b(option_env|env|dotenv)\s*!\s*\(\s*(?=")/g;
/** cargo sets these itself. */
const OF_CARGO = /^(?:CARGO(?:_.*)?|OUT_DIR|TARGET|HOST|PROFILE|RUSTC|NUM_JOBS|OPT_LEVEL|DEBUG)$/;

/** Variables that are read while compiling. */
export function detectBuildEnv(code: Code): BuildEnvFact[] {
  const { program } = code;
  const found = sourcesWith(program, ['env', 'option_env', 'dotenv']).flatMap((source) =>
    [...source.code.matchAll(COMPILED)].flatMap((match): BuildEnvFact[] => {
      const at = match.index + match[0].length;
      const name = literalsIn(source, at, at + 1)[0]?.value;
      if (name === undefined || !/^\w+$/.test(name) || OF_CARGO.test(name)) return [];
      const evidence = { file: source.path, line: lineAt(source, match.index) };
      return [{ name, required: match[1] !== 'option_env', ...certain(evidence) }];
    }),
  );
  return found
    .filter(({ name }, index) => found.findIndex((other) => other.name === name) === index)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
