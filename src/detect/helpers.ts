import type { HelperFact } from './facts.ts';
import { isService, type Runner, serviceName, textsOf } from './runners.ts';
import { blockFrom, judge, MAX_LOOPS } from './subcommands/behaviour.ts';

/** Names of programs that log in. */
const NAMED = /(?:^|[-_ ])(?:auth|login|log-in|oauth2?|authenticate|authorize|signin|sign-in)(?:$|[-_ ])/i;
/** Reads what a person types or pastes. */
const READS = /\bstdin\s*\(|\bread_line\s*\(|\b(?:dialoguer|inquire|rustyline|rpassword)\s*::/;
/** Says where a person is sent to, or that a code is exchanged. */
const AUTHORIZES = /\/authorize\b|oauth2?\b|authorization_code/i;

/** How surely a runner is a login: by what it does, only by its name, or not at all. */
type Login = 'does' | 'named' | 'none';

function loginOf(runner: Runner): Login {
  const { binary, command, bodies } = runner;
  const isNamed = NAMED.test(command ?? binary);
  const reads = bodies.some((code) => READS.test(code));
  if (!isNamed && !reads) return 'none';
  const authorizes = textsOf(runner).some((text) => AUTHORIZES.test(text));
  if (reads && authorizes) return 'does';
  return isNamed && (authorizes || reads || command === undefined) ? 'named' : 'none';
}

/**
 * A login waits for a person, which looks like a program that runs on; it is none. A program that logs in first and then
 * goes on with its work is no login, nor is the last one that runs on at all.
 */
export function withoutLogins(runners: readonly Runner[]): Runner[] {
  const judged = runners.map((runner) => ({ runner, login: isOnlyLogin(runner) }));
  const isLeft = judged.some(({ runner, login }) => runsOn(runner) && login === undefined);
  return judged.map(({ runner, login }) => {
    if (login === undefined || (login === 'does' && !isLeft)) return runner;
    const over = [{ value: runner.what.kind, why: 'it waits for a person who logs in' }, ...runner.what.over];
    return { ...runner, what: { ...runner.what, kind: 'one-shot', over } };
  });
}

function runsOn({ what: { kind } }: Runner): boolean {
  return kind === 'daemon' || kind === 'worker';
}

/** Whether a program that looks like a service does nothing but log in: by its name too, or by all that it does. */
function isOnlyLogin(runner: Runner): 'named' | 'does' | undefined {
  if (!runsOn(runner) || loginOf(runner) !== 'does') return undefined;
  if (NAMED.test(runner.command ?? runner.binary)) return 'named';
  const { kind } = judge(runner.bodies.map(withoutQuestions), true);
  return kind === 'one-shot' ? 'does' : undefined;
}

/** What a loop does that works, and that none does which asks a person until the answer is right. */
const WORKS = /\bsleep(?:_until)?\s*\(|\binterval\w*\s*\(|\.\s*(?:tick|recv)\s*\(|\bselect\s*!/;

/** Code without the loops in which a person is asked until the answer is right. */
function withoutQuestions(code: string): string {
  const loops = [...code.matchAll(/\b(?:loop|while\s+true)\s*\{/g)].slice(0, MAX_LOOPS).map(({ index, 0: head }) => {
    const inside = blockFrom(code, index + head.length - 1);
    return { from: index, to: index + head.length + inside.length, inside };
  });
  const asks = loops.filter(
    ({ from, to, inside }) =>
      READS.test(inside) &&
      !WORKS.test(inside) &&
      // Of loops in each other only the inner one asks.
      !loops.some((other) => other.from > from && other.to <= to && READS.test(other.inside)),
  );
  return asks.reduce((left, { from, to }) => left.slice(0, from) + ' '.repeat(to - from) + left.slice(to), code);
}

/** Programs and subcommands that a person runs; those that log in first of all by what they do, else by their name. */
export function helpersOf(runners: readonly Runner[]): readonly HelperFact[] {
  const found = runners.filter((runner) => !isService(runner)).map((runner) => ({ runner, login: loginOf(runner) }));
  const proof: Login = found.some(({ login }) => login === 'does') ? 'does' : 'named';
  return found.map(({ runner, login }) => {
    const { binary, command, what } = runner;
    const { evidence, confidence, over } = what;
    return {
      name: serviceName(runners, runner),
      binary,
      args: command === undefined ? [] : command.split(' '),
      kind: login === proof ? 'login' : 'tool',
      evidence,
      confidence: login === 'named' && proof === 'named' ? 'guess' : confidence,
      over,
    };
  });
}
