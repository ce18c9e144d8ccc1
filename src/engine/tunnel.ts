import type { Dial } from '../system/exchange.ts';
import { type Http, HttpFailure } from '../system/http.ts';
import type { Command, Runner } from '../system/run.ts';
import { docker } from './commands.ts';

/** What the script says when the connection is open. */
const OPEN = 0x0a;
/** Ends what is left inside the container, whatever becomes of us. */
const SECONDS = 15;

/**
 * Where to comes by standard input, so that no argument (which `docker events` would show) holds any of it. bash reads
 * that line sign by sign and leaves the rest to `cat`. Whichever of the two directions ends first ends the other.
 */
const SCRIPT = [
  'IFS=" " read -r host port || exit 1',
  'exec 3<>"/dev/tcp/$host/$port" || exit 7',
  'echo',
  'exec 4<&0',
  'cat <&3 & reader=$!',
  'cat <&4 >&3 & writer=$!',
  'wait -n',
  'kill $reader $writer 2>/dev/null',
].join('\n');

/** A raw connection that a container opens; it needs bash and coreutils in there. */
export function tunnel(container: string): Command {
  return docker('exec', '-i', container, 'timeout', String(SECONDS), 'bash', '-c', SCRIPT);
}

/**
 * Asks from inside a running container: its name server, its routes, its place on a list of allowed addresses. TLS is
 * spoken here, so that nobody in between, and nothing in the container, sees what is asked.
 */
export function containerHttp(runner: Pick<Runner, 'talk'>, container: string): Http {
  return async (request) => {
    const { exchange } = await import('../system/exchange.ts');
    return exchange(request, dialFrom(runner, container));
  };
}

/** Opens connections out of a running container. @throws HttpFailure with why there is none. */
export function dialFrom(runner: Pick<Runner, 'talk'>, container: string): Dial {
  return async ({ host, port }, signal) => {
    // It becomes a line of a shell's input.
    if (/\s/.test(host)) throw new HttpFailure('its address is none');
    const { stream, ended, stop } = await runner.talk(tunnel(container));
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    // A write after its end; what follows says why it ended.
    stream.on('error', () => undefined);
    stream.write(`${host} ${port}\n`);
    const first = await Promise.race([firstByte(stream), ended]);
    if (first === OPEN) return stream;
    throw new HttpFailure(reason(await ended));
  };
}

function firstByte(stream: NodeJS.ReadableStream): Promise<number | undefined> {
  return new Promise((done) => {
    const look = (): void => {
      const chunk = stream.read(1);
      if (chunk === null) return;
      stream.off('readable', look);
      done(Buffer.from(chunk)[0]);
    };
    stream.on('readable', look);
    stream.once('end', () => done(undefined));
  });
}

const REASONS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/connection refused/i, 'connection refused'],
  [/name or service not known|name resolution|not known/i, 'its name is not known'],
  [/network is unreachable|no route to host/i, 'no way there'],
  [/timed out/i, 'no answer'],
  [/executable file not found|no such file or directory.*bash|unknown/i, 'it has no bash to ask with'],
  [/is not running|no such container/i, 'it does not run'],
];

function reason({ exitCode, stderr, missing }: Awaited<Awaited<ReturnType<Runner['talk']>>['ended']>): string {
  if (missing) return 'docker is not installed';
  const words = REASONS.find(([pattern]) => pattern.test(stderr))?.[1] ?? `the way there ended (${exitCode})`;
  return `from the container: ${words}`;
}
