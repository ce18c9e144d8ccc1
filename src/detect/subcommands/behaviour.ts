import type { Confidence, SubcommandKind } from '../facts.ts';

/** What a piece of code does, as far as it can be seen in it. */
export interface Behaviour {
  readonly kind: SubcommandKind;
  readonly confidence: Confidence;
  readonly serves: boolean;
  readonly signals: readonly string[];
}

const SERVES =
  /\bTcpListener\b|\baxum\s*::\s*(?:serve|Server)\b|\bHttpServer\s*::\s*new\b|\bwarp\s*::\s*serve\b|\baxum_server\b|\brocket\s*::\s*(?:build|custom|ignite)\b|\btide\s*::\s*new\b|\bServer\s*::\s*(?:bind|builder)\b/;
const DRAWS =
  /\b(?:ratatui|crossterm|cursive|termion)\s*::|\benable_raw_mode\b|\bEnterAlternateScreen\b|\bCrosstermBackend\b|\bDefaultTerminal\b/;
const WAITS =
  /\binterval(?:_at)?\s*\(|\.\s*tick\s*\(\s*\)|\bctrl_c\s*\(|\bSignalKind\b|\bwhile\s+true\b|\bSignals\s*::\s*new\b|\bsignal_hook\s*::|\bcatch_signals\s*\(|\bthread\s*::\s*park\s*\(|\bfuture\s*::\s*pending\b|\bpending\s*::\s*<\s*\(\s*\)\s*>|\bwhile\s+!?\s*[\w.]*(?:running|shutdown|stop|stopped|alive|exit|cancelled)\w*\s*\./;
/** Messages of a connection that stays open are read until it ends. */
const STREAMS = /\bconnect_async\b|\btungstenite\b|\bsubscribe\w*\s*\(/;
const READS_ON = /\bwhile\s+let\s+(?:Some|Ok)\s*\([^=;{}]{0,120}=\s*[^;{}]{0,120}\.\s*(?:next|recv)\s*\(/;
const SIGNALS: readonly (readonly [RegExp, string])[] = [
  [
    /\bSignalKind\s*::\s*terminate\b|\bSIGTERM\b|\bTERM_SIGNALS\b|\bHttpServer\s*::\s*new\b|\brocket\s*::\s*(?:build|custom)\b|\bcatch_signals\s*\(/,
    'SIGTERM',
  ],
  [
    /\bSignalKind\s*::\s*interrupt\b|\bctrl_c\s*\(|\bSIGINT\b|\bTERM_SIGNALS\b|\bctrlc\s*::\s*set_handler\b|\bHttpServer\s*::\s*new\b|\brocket\s*::\s*(?:build|custom)\b|\bcatch_signals\s*\(/,
    'SIGINT',
  ],
  [/\bSignalKind\s*::\s*hangup\b|\bSIGHUP\b/, 'SIGHUP'],
  [/\bSignalKind\s*::\s*quit\b|\bSIGQUIT\b/, 'SIGQUIT'],
];

/** Judges the bodies of everything a subcommand calls. */
export function judge(bodies: readonly string[], followed: boolean): Behaviour {
  const serves = bodies.some((code) => SERVES.test(code));
  const draws = bodies.some((code) => DRAWS.test(code));
  const streams = bodies.some((code) => STREAMS.test(code)) && bodies.some((code) => READS_ON.test(code));
  const runsOn = streams || bodies.some((code) => WAITS.test(code) || hasEndlessLoop(code));
  // The web frameworks handle these by themselves, unless they are told not to.
  const own = bodies.some((code) => /\bdisable_signals\s*\(/.test(code))
    ? bodies.map((code) => code.replace(/\bHttpServer\s*::\s*new\b/g, ''))
    : bodies;
  return {
    ...kindOf(serves, draws, runsOn, followed),
    serves,
    signals: SIGNALS.filter(([pattern]) => own.some((code) => pattern.test(code))).map(([, name]) => name),
  };
}

function kindOf(
  serves: boolean,
  draws: boolean,
  runsOn: boolean,
  followed: boolean,
): { readonly kind: SubcommandKind; readonly confidence: Confidence } {
  if (draws) return { kind: 'tui', confidence: 'certain' };
  if (serves) return { kind: 'daemon', confidence: 'certain' };
  if (runsOn) return { kind: 'worker', confidence: 'likely' };
  return { kind: 'one-shot', confidence: followed ? 'likely' : 'guess' };
}

/** Loops of a piece of code that are looked at. */
export const MAX_LOOPS = 200;

/** `loop { … }` that neither breaks nor returns; a loop that ends is how pages are fetched and attempts are made. */
function hasEndlessLoop(code: string): boolean {
  let seen = 0;
  for (const match of code.matchAll(/\bloop\s*\{/g)) {
    if (++seen > MAX_LOOPS) return false;
    const body = blockFrom(code, match.index + match[0].length - 1);
    if (!/\bbreak\b|\breturn\b/.test(body)) return true;
  }
  return false;
}

/** What stands in the bracket that opens at an offset, the opening one included. */
export function blockFrom(code: string, open: number): string {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '{') depth++;
    else if (code[at] === '}' && --depth === 0) return code.slice(open, at);
  }
  return code.slice(open);
}
