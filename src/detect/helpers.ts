import type { HelperFact } from './facts.ts';
import { isService, type Runner, serviceName, textsOf } from './runners.ts';

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

/** A login waits for a person, which looks like a program that runs on; it is none. */
export function withoutLogins(runners: readonly Runner[]): Runner[] {
  return runners.map((runner) => {
    if (!isService(runner) || runner.what.kind === 'tui' || loginOf(runner) !== 'does') return runner;
    const isLogin = NAMED.test(runner.command ?? runner.binary);
    if (runner.what.serves && !isLogin) return runner;
    const over = [{ value: runner.what.kind, why: 'it waits for a person who logs in' }, ...runner.what.over];
    return { ...runner, what: { ...runner.what, kind: 'one-shot', over } };
  });
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
