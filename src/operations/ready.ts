import { lastLogs } from '../engine/commands.ts';
import { observe } from '../engine/observe.ts';
import { SetupError } from '../errors.ts';
import { type Board, isWell, type ServiceStatus } from '../events/board.ts';
import type { OperationEvent } from '../events/operation.ts';
import { REFUSED } from '../health/reason.ts';
import { watchBoard } from '../health/watch.ts';
import { redact } from '../secret.ts';
import type { Stack } from '../stack/schema.ts';
import { composeCommand } from '../stack/words.ts';
import { patience } from '../system/patience.ts';
import type { Runner } from '../system/run.ts';
import { summaryOf } from './summary.ts';

/** A container that came back this often during one start will not get well by waiting. */
const HOPELESS_RESTARTS = 3;
const REFUSAL_LINES = 12;

function isHopeless(service: ServiceStatus): boolean {
  if (isWell(service)) return false;
  if (service.health === 'unhealthy' || service.restarts >= HOPELESS_RESTARTS) return true;
  return service.state === 'exited' && service.exitCode !== 0;
}

/** What our entrypoint said when it refused to start the program: the cause and the command against it. */
async function refusalOf(
  runner: Pick<Runner, 'run'>,
  stack: Stack,
  service: ServiceStatus,
): Promise<readonly string[]> {
  if (service.exitCode !== REFUSED) return [];
  const { containers } = await observe(runner, stack.id);
  const container = containers.find(({ service: name }) => name === service.name);
  if (!container) return [];
  const { stdout, stderr } = await runner.run(lastLogs(container.id, REFUSAL_LINES));
  const lines = `${stdout}${stderr}`.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => /^(entrypoint|next): /.test(line)))].map(redact);
}

async function notReady(
  runner: Pick<Runner, 'run'>,
  stack: Stack,
  services: readonly ServiceStatus[],
  why: string,
): Promise<SetupError> {
  const refusals = await Promise.all(services.map((service) => refusalOf(runner, stack, service)));
  const said = services.flatMap(({ name, reason }, at) => [`${name}: ${reason}`, ...(refusals[at] ?? [])]);
  const names = services.map(({ name }) => name).join(', ');
  return new SetupError('unhealthy', `${names}: ${why}.`, {
    code: 'not-healthy',
    output: said,
    next: services.slice(0, 1).map(({ name }) => `See why: ${composeCommand(stack)} logs ${name}`),
  });
}

/** Follows the board until every service is well, or those that are named. @throws SetupError `not-healthy` with each reason. */
export async function* waitUntilReady(
  runner: Runner,
  stack: Stack,
  {
    seconds,
    signal,
    services,
  }: { readonly seconds: number; readonly signal: AbortSignal; readonly services?: readonly string[] },
): AsyncGenerator<OperationEvent, void> {
  const limit = new AbortController();
  const forget = patience(seconds * 1000, () => limit.abort());
  const wanted = (board: Board) => board.services.filter(({ name }) => services?.includes(name) ?? true);
  let last: Board | undefined;
  try {
    for await (const board of watchBoard(runner, summaryOf(stack), AbortSignal.any([signal, limit.signal]))) {
      last = board;
      yield { type: 'board', board };
      if (wanted(board).every(isWell)) return;
      const hopeless = wanted(board).filter(isHopeless);
      if (hopeless.length > 0) throw await notReady(runner, stack, hopeless, 'not healthy');
    }
  } finally {
    forget();
  }
  if (signal.aborted) return;
  const ill = last ? wanted(last).filter((service) => !isWell(service)) : [];
  throw await notReady(runner, stack, ill, `not healthy within ${seconds} s`);
}
