import { docker } from '../engine/commands.ts';
import { type ObservedContainer, observe } from '../engine/observe.ts';
import { dialFrom } from '../engine/tunnel.ts';
import type { Reach, ReachState } from '../events/reach.ts';
import type { Clock } from '../system/clock.ts';
import { patience } from '../system/patience.ts';
import type { Command, Runner } from '../system/run.ts';
import { type Address, END_S, parseReach, type ReachPlan, reachScript } from './reach-script.ts';

export type { ReachPlan } from './reach-script.ts';

/** All of it: the way into the containers, 3 s for each address, all at once, and the handshake. */
export const LOOK_MS = 4_500;
/** The board looks again after this. */
const AGAIN_MS = 3 * 60_000;
/** Something is on its way: it is looked at when it runs. */
const SOON_MS = 10_000;

/**
 * The names of our users stand in `docker events`, and so would a script: it goes by standard input. What is left inside
 * ends by itself: with the client that asked only the client ends.
 */
function inside(container: string, script: string): Command {
  return { ...docker('exec', '-i', container, 'timeout', String(END_S), 'bash', '-s'), stdin: script };
}

/** Certificates that are public, from where programs look for them. */
const TRUST = 'cat "${SSL_CERT_FILE:-${NIX_SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}" 2>/dev/null || :\n';

/** Where `timeout` has ended the look. */
const CUT_OFF = 124;
/** Addresses that stand in secrets alone. */
const UNKNOWN: Address = { host: '', port: 0, tls: false };

const STATES: Readonly<Record<string, ReachState>> = {
  open: 'reachable',
  late: 'no-answer',
  refused: 'refused',
  unknown: 'name-not-found',
  noway: 'failed',
  failed: 'failed',
};

type Answer = Pick<Reach, 'state' | 'why'>;
type Ports = Pick<Runner, 'run' | 'stream' | 'talk'>;

/**
 * Asks from inside of each running service for each address that it is told; never throws.
 * @param limitMs after this many milliseconds what has not answered is said as that.
 */
export async function lookAround(
  runner: Ports,
  project: string,
  plans: readonly ReachPlan[],
  { signal, limitMs }: { readonly signal: AbortSignal; readonly limitMs: number },
): Promise<readonly Reach[]> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const forget = patience(limitMs, () => over.abort());
  try {
    const { containers } = await observe(runner, project);
    const looks = plans.map((plan) => {
      const running = containers.find(({ service, state }) => service === plan.service && state === 'running');
      return running ? lookFrom(runner, running, plan, until) : [];
    });
    return (await Promise.all(looks)).flat();
  } catch {
    // An engine that does not answer is said by the board itself.
    return [];
  } finally {
    forget();
    over.abort();
  }
}

async function lookFrom(
  runner: Ports,
  { id }: ObservedContainer,
  plan: ReachPlan,
  signal: AbortSignal,
): Promise<readonly Reach[]> {
  const { service } = plan;
  const found = new Map<string, Promise<Reach>>();
  const said = (at: Address, state: ReachState, why?: string): Reach => ({
    ...{ service, ...at, state },
    ...(why === undefined ? {} : { why }),
  });
  let trust: Promise<string> | undefined;
  let exitCode = 0;
  let last = '';
  const lines = runner.stream(inside(id, reachScript(plan)), { signal });
  for (;;) {
    const next = await lines.next();
    if (next.done) {
      exitCode = next.value;
      break;
    }
    for (const { from, text } of next.value) {
      if (from === 'stderr') last = text;
      const line = from === 'stdout' ? parseReach(text) : undefined;
      if (!line) continue;
      const { word, at } = line;
      const isSecure = word === 'open' && at.tls;
      if (isSecure)
        trust ??= runner.run(inside(id, TRUST), { signal }).then(
          ({ stdout }) => stdout,
          // It is waited for later: without it the certificates of this program are asked.
          () => '',
        );
      const reach = isSecure && trust ? secured(runner, id, at, trust, signal) : undefined;
      found.set(
        `${at.host} ${at.port}`,
        reach?.then(({ state, why }) => said(at, state, why)) ??
          Promise.resolve(said(at, STATES[word] ?? 'failed', word === 'noway' ? 'no way there' : undefined)),
      );
    }
  }
  const isCut = signal.aborted || exitCode === CUT_OFF;
  const why = isCut ? 'the look took too long' : exitCode === 0 ? undefined : reasonIn(last);
  const missing = plan.addresses.filter(({ host, port }) => !found.has(`${host} ${port}`));
  const isBlind = why !== undefined && plan.hidden && found.size === 0 && missing.length === 0;
  const rest = (isBlind ? [UNKNOWN] : missing).map((at) => said(at, 'unchecked', why));
  // In an order of its own, whoever answered first.
  return [...(await Promise.all(found.values())), ...rest].sort(
    (a, b) => a.host.localeCompare(b.host) || a.port - b.port,
  );
}

function reasonIn(stderr: string): string {
  return /executable file not found|no such file|failed to run command/i.test(stderr)
    ? 'no bash in that image'
    : 'nobody could look';
}

/** A connection from inside, and TLS spoken over it here, with the certificates that are trusted in the image. */
async function secured(
  runner: Ports,
  container: string,
  { host, port }: Address,
  bundle: Promise<string>,
  signal: AbortSignal,
): Promise<Answer> {
  const late = new Promise<Answer>((done) => {
    const none = { state: 'no-answer' } as const;
    if (signal.aborted) done(none);
    signal.addEventListener('abort', () => done(none));
  });
  const { handshake, trusting } = await import('../system/handshake.ts');
  const asked = async (): Promise<Answer> => {
    try {
      const [raw, text] = await Promise.all([dialFrom(runner, container)({ host, port }, signal), bundle]);
      const { how, why } = await handshake(raw, host, trusting(text));
      return { state: how === 'trusted' ? 'reachable' : how, ...(why === undefined ? {} : { why }) };
    } catch {
      return { state: 'failed' };
    }
  };
  return Promise.race([late, asked()]);
}

/** Looks at once and every few minutes, until the signal aborts; `tell` gets each result. */
export async function watchReach(
  runner: Ports,
  project: string,
  plans: readonly ReachPlan[],
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  tell: (reach: readonly Reach[]) => void,
): Promise<void> {
  while (!signal.aborted && plans.length > 0) {
    const reach = await lookAround(runner, project, plans, { signal, limitMs: LOOK_MS });
    if (signal.aborted) return;
    tell(reach);
    const told = plans.filter(({ addresses }) => addresses.length > 0);
    const isWhole = told.every(({ service }) => reach.some((each) => each.service === service));
    await clock.sleep(isWhole ? AGAIN_MS : SOON_MS, signal);
  }
}
