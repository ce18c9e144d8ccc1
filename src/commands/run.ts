import { checkEngine } from '../engine/check.ts';
import { oneOff } from '../engine/one-off.ts';
import { SetupError } from '../errors.ts';
import { placeOf } from '../operations/place.ts';
import { refuseSecondWriter } from '../operations/writers.ts';
import { redact } from '../secret.ts';
import { composeServices } from '../stack/names.ts';
import { serviceStartedBy } from '../stack/own-program.ts';
import type { Stack } from '../stack/schema.ts';
import { hasKeyboard, isInteractive } from '../system/terminal.ts';
import { type CommonFlags, withStack } from './context.ts';
import { learnValues } from './known-values.ts';

export type RunFlags = CommonFlags;

/** Services whose image holds programs of the repository. */
function refuseService(stack: Stack, service: string): void {
  if (stack.services[service]) return;
  const ours = composeServices(stack).includes(service);
  throw new SetupError(
    'usage',
    ours ? `${service} has no programs of this repository.` : `There is no service ${service}.`,
    { code: 'service-unknown', next: [`It can be one of: ${Object.keys(stack.services).join(', ')}`] },
  );
}

/**
 * What a service does is started by a deploy, which asks what a start needs: whether it is LIVE, whether anything else
 * trades, and nobody starts it twice. Here it would run beside all of that.
 * @throws SetupError exit 4 `second-trader`.
 */
export function refuseOwnProgram(stack: Stack, service: string, words: readonly string[]): void {
  const started = serviceStartedBy(stack, service, words);
  if (started === undefined) return;
  throw new SetupError(
    'needs-you',
    `That is what the service ${started} does; run would do everything a second time beside it.`,
    {
      code: 'second-trader',
      next: [
        'Start the services, where they do not run: trading-setup deploy',
        `Or say what else to run: trading-setup run ${service} PROGRAM …`,
      ],
    },
  );
}

/**
 * `run SERVICE …`: a program in a container of its own, with the image, environment, volumes and secrets of a service. It
 * has the terminal where there is one; else its output is passed on line by line, without secret values.
 */
export async function runOnce(service: string, words: readonly string[], flags: RunFlags): Promise<void> {
  const context = await withStack(flags);
  const { runner, stack } = context;
  refuseService(stack, service);
  refuseOwnProgram(stack, service, words);
  await checkEngine(runner);
  await refuseSecondWriter(context, service);
  const place = await placeOf(context);
  if (isInteractive()) return end(await runner.attach(oneOff(place, service, words, { terminal: true })), words);
  const unknown = await learnValues(context, stack);
  if (unknown !== undefined) process.stderr.write(`${unknown}\n`);
  const command = oneOff(place, service, words, { terminal: false });
  // Where somebody types, or nothing is given, there is no input that ends by itself.
  const lines = runner.stream(hasKeyboard() ? command : { ...command, stdin: process.stdin });
  for (;;) {
    const next = await lines.next();
    if (next.done) return end(next.value, words);
    for (const { from, text } of next.value) process[from].write(`${redact(text)}\n`);
  }
}

/** Its own lines have said why. */
function end(code: number, words: readonly string[]): void {
  if (code === 0) return;
  throw new SetupError('tool-failed', `${words[0] ?? 'The program'} ended with exit code ${code}.`, {
    code: 'run-failed',
    next: ['What it printed says why; what runs was not touched.'],
  });
}
