import { checkEngine } from '../engine/check.ts';
import { observe } from '../engine/observe.ts';
import { oneOff } from '../engine/one-off.ts';
import { SetupError } from '../errors.ts';
import { placeOf } from '../operations/place.ts';
import { redact } from '../secret.ts';
import { composeServices } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { hasKeyboard, isInteractive } from '../system/terminal.ts';
import { type CommonFlags, type Context, withStack } from './context.ts';

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
 * The same program with the same arguments, beside the one that runs, is a second trader.
 * @throws SetupError exit 4 `second-trader`.
 */
async function refuseSecond({ runner }: Context, stack: Stack, service: string, words: readonly string[]) {
  const own = stack.services[service];
  const isSame = words.length === 0 || JSON.stringify([own?.binary, ...(own?.args ?? [])]) === JSON.stringify(words);
  if (!isSame) return;
  const { containers } = await observe(runner, stack.id);
  if (!containers.some((each) => each.service === service && each.state === 'running')) return;
  throw new SetupError('needs-you', `${service} runs already; a second one would do everything twice.`, {
    code: 'second-trader',
    next: [
      `Say what else to run: trading-setup run ${service} PROGRAM …`,
      'Or see how the one that runs is: trading-setup status',
    ],
  });
}

/**
 * `run SERVICE …`: a program in a container of its own, with the image, environment, volumes and secrets of a service. It
 * has the terminal where there is one; else its output is passed on line by line, without secret values.
 */
export async function runOnce(service: string, words: readonly string[], flags: RunFlags): Promise<void> {
  const context = await withStack(flags);
  const { runner, stack } = context;
  refuseService(stack, service);
  await checkEngine(runner);
  await refuseSecond(context, stack, service, words);
  const place = await placeOf(context);
  if (isInteractive()) return end(await runner.attach(oneOff(place, service, words, { terminal: true })), words);
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
