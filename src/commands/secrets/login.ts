import { checkEngine } from '../../engine/check.ts';
import { SetupError } from '../../errors.ts';
import { expiryWords } from '../../events/expiry.ts';
import { createDesk } from '../../flow/rotation/desk.ts';
import { redirectProblem } from '../../flow/rotation/redirect.ts';
import { type LoginBench, startLogin } from '../../operations/login.ts';
import { loginAgain } from '../../operations/login-talk.ts';
import { Secret } from '../../secret.ts';
import { loginCommandOf, loginsOf } from '../../stack/own-commands.ts';
import type { SecretCommand, Stack } from '../../stack/schema.ts';
import { clock, now } from '../../system/clock.ts';
import { readInput } from '../../system/input.ts';
import { hasKeyboard } from '../../system/terminal.ts';
import { benchOf } from '../bench.ts';
import { type CommonFlags, type Context, withStack } from '../context.ts';
import { giveUp } from '../give-up.ts';
import { learnValues } from '../known-values.ts';
import { loginOf, rememberLogin } from '../logins.ts';
import { conducted } from '../operate.ts';
import {
  agreeToCommand,
  type CommandFlags,
  namedCommand,
  runIn,
  type TrustKey,
  trustCommand,
  trustIn,
} from '../trusted-command.ts';

/** A container starts in seconds. */
const ADDRESS_MS = 60_000;

export interface LoginFlags extends CommonFlags, CommandFlags {
  /** Whose program logs in, where there are several. */
  readonly service?: string;
}

/** `secrets login`: the program logs in again at its broker, guided; the address that is pasted goes to it alone. */
export async function login(flags: LoginFlags): Promise<void> {
  // An address that is opened must not be broken by the edge of a screen: it is told in lines.
  const context = await withStack({ ...flags, plain: true });
  const { runner } = context;
  const command = commandOf(context.stack, flags.service);
  const stack = runIn(context.stack, 'login', command.service);
  const trust = trustIn(context.stack, 'login', command.service);
  const given = context.interactive ? undefined : await redirectFromInput(stack, command, flags);
  if (!context.interactive) await agreeToCommand(context, stack, 'login', flags, trust);
  const { remote } = await checkEngine(runner);
  if (context.interactive) await agree(context, stack, command, trust);
  const unknown = await learnValues(context, stack);
  if (unknown !== undefined) context.face.say(unknown);
  const abort = new AbortController();
  const desk = createDesk({
    who: context.interactive ? 'person' : 'nobody',
    polls: false,
    clock,
    signal: abort.signal,
  });
  const bench: LoginBench = {
    ...benchOf(context, stack, { signal: abort.signal, remote, otherAccount: false }),
    command,
    addressMs: ADDRESS_MS,
    paste: async (url) =>
      given ??
      desk.entry(
        [`Open this address in a browser and log in at ${loginOf(stack, command.service).title}:`, url],
        'Paste the address that the browser was sent to (good for seconds):',
        (value) => redirectProblem(stack, command.service, value),
      ),
    async remember() {
      const { name, expires } = await rememberLogin(stack, now(), command.service);
      return expires === undefined
        ? `How long the login lasts is not known.`
        : `${name} ${expiryWords(expires, now())}.`;
    },
  };
  await conducted(context, abort, () => startLogin(bench), desk);
}

function commandOf(stack: Stack, wanted: string | undefined): SecretCommand {
  const service = wanted ?? stack.secrets.commands?.login?.service;
  const command = service === undefined ? undefined : loginCommandOf(stack, service);
  const able = loginsOf(stack).map((each) => each.service);
  if (wanted !== undefined && !able.includes(wanted)) throw loginUnknown(wanted, able);
  if (wanted === undefined && able.length > 1) throw loginUnclear(able);
  if (command) return command;
  throw new SetupError('needs-you', 'The stack does not say how the program logs in.', {
    code: 'no-login-command',
    next: [
      'Name it in trading-setup.yaml: secrets.commands.login, e.g. { service: app, run: [my-bot, auth] }. It has to print the address to open and read the one that the browser was sent to.',
    ],
  });
}

function loginUnknown(service: string, able: readonly string[]): SetupError {
  return new SetupError('usage', `${service} has no login of its own.`, {
    code: 'service-unknown',
    next: able.map((each) => `trading-setup secrets login --service ${each}`),
  });
}

function loginUnclear(able: readonly string[]): SetupError {
  return new SetupError('needs-you', `${able.join(' and ')} log in each by itself.`, {
    code: 'service-unclear',
    next: able.map((each) => `trading-setup secrets login --service ${each}`),
  });
}

async function agree({ face }: Context, stack: Stack, { service }: SecretCommand, trust: TrustKey): Promise<void> {
  const pause =
    stack.services[service]?.data === null ? '' : ` ${service} stops until it is over, for both write the same files.`;
  const named = await namedCommand(stack, 'login', trust);
  // Enter alone, or an address that is pasted too early, stops nothing.
  const answer = await face.confirm(`${named?.words ?? ''}${pause} Log in now?`, false);
  if (!answer) giveUp('Nothing was changed.');
  await trustCommand(stack, 'login', trust);
}

/** Where nobody can be asked the address comes on standard input. @throws SetupError exit 4 or 2. */
async function redirectFromInput(stack: Stack, { service }: SecretCommand, { yes }: CommonFlags): Promise<Secret> {
  const again = loginAgain({ service });
  const next = [`printf %s "$ADDRESS" | ${again} --yes`, `Or run it on a terminal: ${again}`];
  if (!yes) {
    throw new SetupError('needs-you', `${service} stops while the program logs in; nobody has confirmed that.`, {
      code: 'login-unconfirmed',
      next,
    });
  }
  const value = hasKeyboard() ? '' : await readInput();
  if (value === '') {
    throw new SetupError(
      'needs-you',
      'A login needs the address that the browser was sent to, and nobody can be asked.',
      {
        code: 'no-redirect',
        next,
      },
    );
  }
  const redirect = new Secret(value);
  const problem = redirectProblem(stack, service, redirect);
  if (problem !== undefined) throw new SetupError('usage', problem, { code: 'redirect-invalid', next });
  return redirect;
}
