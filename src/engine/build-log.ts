import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';
import type { BuildEvent } from '../events/build.ts';
import { redact } from '../secret.ts';

/** Longer lines are cut on the screen and in memory. */
const MAX_LINE = 4_096;
/** A step that never ends a line. */
const MAX_PENDING = 64 * 1024;

/** cargo's bar, which it ends with a carriage return: `    Building [====>   ] 12/345: serde, syn`. */
const UNITS = /^\s*Building \[[^\]]*\] (\d+)\/(\d+)(?:: (.*))?$/;
/** The bar and its broken pieces: the engine clips a step's log anywhere. */
const BAR = /^\s*Building \[[=> ]*(\]|$)/;

/**
 * Joins the chunks of one pipe of one step into lines. Chunks are cut anywhere: inside a line, a character
 * or a colour code. Text before a carriage return is overwritten on a terminal, so only the last part of a
 * line counts; cargo's bar becomes `units` events.
 */
export function stepLog(id: string): { feed(chunk: Buffer): readonly BuildEvent[]; end(): readonly BuildEvent[] } {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  let overwritten = '';
  /** The line began as a bar, so that an empty rest is no line. */
  let bar = false;

  /** A part that ends with a carriage return. */
  function* onReturn(part: string): Generator<BuildEvent> {
    const text = clean(part);
    const units = UNITS.exec(text);
    bar ||= BAR.test(text);
    if (BAR.test(text)) overwritten = '';
    else if (text.trim() !== '') overwritten = text;
    if (units) yield* toUnits(id, units);
  }

  /** A part that ends the line. */
  function* onLine(part: string): Generator<BuildEvent> {
    const text = clean(part);
    // "text\r\n": the line is what stood before the return.
    const line = text === '' ? overwritten : text;
    const wasBar = bar;
    overwritten = '';
    bar = false;
    if (!BAR.test(line) && !(wasBar && line.trim() === '')) yield { type: 'log', id, line };
  }

  function* onText(text: string): Generator<BuildEvent> {
    pending += text;
    let from = 0;
    for (const { index } of pending.matchAll(/[\r\n]/g)) {
      const part = pending.slice(from, index);
      yield* pending[index] === '\n' ? onLine(part) : onReturn(part);
      from = index + 1;
    }
    pending = pending.slice(from);
    if (pending.length <= MAX_PENDING) return;
    yield* onLine(pending);
    pending = '';
  }

  return {
    feed: (chunk) => [...onText(decoder.write(chunk))],
    end: () => [...onText(decoder.end()), ...(pending === '' && overwritten === '' ? [] : onText('\n'))],
  };
}

function* toUnits(id: string, [, done, total, current]: RegExpExecArray): Generator<BuildEvent> {
  const event = {
    type: 'units',
    id,
    done: Number(done),
    total: Number(total),
    current: current?.trim() ?? '',
  } as const;
  if (event.done <= event.total) yield event;
}

function clean(text: string): string {
  const plain = redact(stripVTControlCharacters(text));
  return plain.length > MAX_LINE ? `${plain.slice(0, MAX_LINE)}…` : plain;
}
