import type { Confidence, SubcommandKind } from '../facts.ts';

/** What a piece of code does, as far as it can be seen in it. */
export interface Behaviour {
  readonly kind: SubcommandKind;
  readonly confidence: Confidence;
  readonly serves: boolean;
  readonly signals: readonly string[];
}

const SERVES =
  /\bTcpListener\b|\baxum\s*::\s*(?:serve|Server)\b|\bHttpServer\s*::\s*new\b|\bwarp\s*::\s*serve\b|\baxum_server\b/;
const DRAWS =
  /\b(?:ratatui|crossterm)\s*::|\benable_raw_mode\b|\bEnterAlternateScreen\b|\bCrosstermBackend\b|\bDefaultTerminal\b/;
const WAITS = /\binterval(?:_at)?\s*\(|\.\s*tick\s*\(\s*\)|\bctrl_c\s*\(|\bSignalKind\b|\bwhile\s+true\b/;
const SIGNALS: readonly (readonly [RegExp, string])[] = [
  [/\bSignalKind\s*::\s*terminate\b|\bSIGTERM\b/, 'SIGTERM'],
  [/\bSignalKind\s*::\s*interrupt\b|\bctrl_c\s*\(|\bSIGINT\b/, 'SIGINT'],
  [/\bSignalKind\s*::\s*hangup\b|\bSIGHUP\b/, 'SIGHUP'],
];

/** Judges the bodies of everything a subcommand calls. */
export function judge(bodies: readonly string[], followed: boolean): Behaviour {
  const serves = bodies.some((code) => SERVES.test(code));
  const draws = bodies.some((code) => DRAWS.test(code));
  const runsOn = bodies.some((code) => WAITS.test(code) || hasEndlessLoop(code));
  return {
    ...kindOf(serves, draws, runsOn, followed),
    serves,
    signals: SIGNALS.filter(([pattern]) => bodies.some((code) => pattern.test(code))).map(([, name]) => name),
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

/** `loop { … }` that neither breaks nor returns; a loop that ends is how pages are fetched and attempts are made. */
function hasEndlessLoop(code: string): boolean {
  for (const match of code.matchAll(/\bloop\s*\{/g)) {
    const body = blockFrom(code, match.index + match[0].length - 1);
    if (!/\bbreak\b|\breturn\b/.test(body)) return true;
  }
  return false;
}

function blockFrom(code: string, open: number): string {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '{') depth++;
    else if (code[at] === '}' && --depth === 0) return code.slice(open, at);
  }
  return code.slice(open);
}
