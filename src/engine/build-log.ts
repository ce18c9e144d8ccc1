import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';
import type { BuildEvent } from '../events/build.ts';
import { placeToCut, redact } from '../secret.ts';

/** Longer lines are cut on the screen and in memory. */
const MAX_LINE = 4_096;
/** A step that never ends a line. */
const MAX_PENDING = 64 * 1024;

/** cargo's bar, which it ends with a carriage return: `    Building [====>   ] 12/345: serde, syn`. */
const UNITS = /^\s*Building \[[^\]]*\] (\d+)\/(\d+)(?:: (.*))?$/;
/** The bar and its broken pieces: the engine clips a step's log anywhere. */
const BAR = /^\s*Building \[[=> ]*(\]|$)/;

/** What every colour code and every other one begins with. */
const COLOUR = ['\u001B', '\u009B'];

/** The log of one pipe of one step. */
export interface StepLog {
  /** The lines that a chunk completes. */
  feed(chunk: Buffer): readonly BuildEvent[];
  /** What has no end of line. */
  end(): readonly BuildEvent[];
}

/**
 * Joins the chunks of one pipe of one step into lines. Chunks are cut anywhere: inside a line, a character
 * or a colour code. Text before a carriage return is overwritten on a terminal, so only the last part of a
 * line counts; cargo's bar becomes `units` events.
 */
export function stepLog(id: string): StepLog {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let overwritten = '';
  /** The line began as a bar, so that an empty rest is no line. */
  let bar = false;

  /** A part that ends with a carriage return. */
  function onReturn(part: string, into: BuildEvent[]): void {
    const text = clean(part);
    const isBar = BAR.test(text);
    bar ||= isBar;
    if (isBar) overwritten = '';
    else if (text.trim() !== '') overwritten = text;
    const units = isBar ? toUnits(id, text) : undefined;
    if (units) into.push(units);
  }

  /** A part that ends the line. */
  function onLine(part: string, into: BuildEvent[]): void {
    const text = clean(part);
    // "text\r\n": the line is what stood before the return.
    const line = text === '' ? overwritten : text;
    const wasBar = bar;
    overwritten = '';
    bar = false;
    if (!BAR.test(line) && !(wasBar && line.trim() === '')) into.push({ type: 'log', id, line });
  }

  /** One line, the returns in it included. */
  function onParts(line: string, into: BuildEvent[]): void {
    let from = 0;
    for (let at = line.indexOf('\r'); at !== -1; at = line.indexOf('\r', from)) {
      onReturn(line.slice(from, at), into);
      from = at + 1;
    }
    onLine(from === 0 ? line : line.slice(from), into);
  }

  function onText(text: string, into: BuildEvent[]): readonly BuildEvent[] {
    const lines = (pending + text).split('\n');
    // The last has no end yet; its returns are worked off at once, for cargo's bar never ends a line.
    const rest = lines.pop() ?? '';
    for (const line of lines) onParts(line, into);
    const returned = rest.lastIndexOf('\r') + 1;
    for (const part of returned === 0 ? [] : rest.slice(0, returned - 1).split('\r')) onReturn(part, into);
    pending = rest.slice(returned);
    if (pending.length <= MAX_PENDING) return into;
    // The second half of a value would not be known as one.
    const cut = placeToCut(pending);
    if (cut > 0) onLine(pending.slice(0, cut), into);
    pending = pending.slice(cut);
    return into;
  }

  return {
    feed: (chunk) => onText(decoder.write(chunk), []),
    end: () => {
      const events = [...onText(decoder.end(), [])];
      return pending === '' && overwritten === '' ? events : onText('\n', events);
    },
  };
}

function toUnits(id: string, bar: string): BuildEvent | undefined {
  const [, done, total, current = ''] = UNITS.exec(bar) ?? [];
  if (done === undefined || total === undefined || Number(done) > Number(total)) return undefined;
  return { type: 'units', id, done: Number(done), total: Number(total), current: current.trim() };
}

/** A text without colours has nothing to strip; to search it for them costs more than to look for their first sign. */
function clean(text: string): string {
  const plain = redact(COLOUR.some((sign) => text.includes(sign)) ? stripVTControlCharacters(text) : text);
  return plain.length > MAX_LINE ? `${plain.slice(0, MAX_LINE)}…` : plain;
}
