import type { LogRing } from '../../../events/log-ring.ts';
import type { Key } from '../keys.ts';
import { type Field, fieldOf, textOf, typed } from '../parts/field.ts';
import { LogSearch } from './log-search.ts';

/** Which part of a log is looked at. */
export interface LogView {
  /** The number behind the last line shown; absent: the end is followed. */
  readonly bottom?: number | undefined;
  readonly search?: LogSearch | undefined;
  /** What is searched for, while it is being typed. */
  readonly typing?: Field | undefined;
  /** The line found that is looked at. */
  readonly at?: number | undefined;
  /** Where the search began: the lines that were in sight then, and where to go back to. */
  readonly origin?: { readonly bottom: number; readonly followed: boolean } | undefined;
}

/** The end of the log, as it grows. */
export const FOLLOW: LogView = {};

/** The log as it is shown: its lines, and how many of them fit. */
export interface LogPlace {
  readonly log: LogRing;
  readonly height: number;
}

/** Blocks of the log that are searched at once: some milliseconds. */
const BLOCKS_AT_ONCE = 24;

/** Somebody reads: the screen must not go away below their eyes. */
export function isRead(view: LogView): boolean {
  return view.bottom !== undefined || view.search !== undefined || view.typing !== undefined;
}

/** The number behind the last line to show. */
export function bottomOf({ bottom }: LogView, { log, height }: LogPlace): number {
  return bottom === undefined ? log.end : Math.min(log.end, Math.max(bottom, log.first + height));
}

/** The view after a key; undefined: the key is not one of the log's. */
export function pressed(view: LogView, key: Key, place: LogPlace): LogView | undefined {
  return view.typing ? onTyping(view, view.typing, key, place) : onMove(view, key, place);
}

/** The view after more of the log was searched; the same while nothing has changed. */
export function searched(view: LogView, place: LogPlace): LogView {
  if (!view.search || view.search.isComplete(place.log)) return view;
  view.search.advance(place.log, BLOCKS_AT_ONCE);
  return view.at === undefined ? found(view, view.search, place) : view;
}

function onMove(view: LogView, key: Key, place: LogPlace): LogView | undefined {
  const page = Math.max(1, place.height - 1);
  switch (key.name) {
    case 'up':
      return moved(view, -1, place);
    case 'down':
      return moved(view, 1, place);
    case 'page-up':
      return moved(view, -page, place);
    case 'page-down':
      return moved(view, page, place);
    case 'home':
      return { ...view, bottom: place.log.first + place.height };
    case 'end':
      return { ...view, bottom: undefined };
    case 'escape':
      return onEscape(view, place);
    case 'text':
      return onText(view, key.text, place);
    default:
      return undefined;
  }
}

/** Letters in a row come as one text; a search that was typed so fast is one all the same. */
function onText(view: LogView, text: string, place: LogPlace): LogView | undefined {
  if (text.length < 2 || !text.startsWith('/')) return onLetter(view, text, place);
  const { typing, ...begun } = { ...view, ...onLetter(view, '/', place) };
  return typing && onTyping({ ...begun, typing }, typing, { name: 'text', text: text.slice(1) }, place);
}

function onLetter(view: LogView, letter: string, place: LogPlace): LogView | undefined {
  switch (letter) {
    case ' ':
      return { ...view, bottom: view.bottom === undefined ? place.log.end : undefined };
    case '/':
      return { bottom: view.bottom, typing: fieldOf(''), origin: originOf(view, place) };
    case 'n':
      return view.search && next(view, view.search, place);
    case 'N':
      return view.search && previous(view, view.search, place);
    case 'g':
      return { ...view, bottom: place.log.first + place.height };
    case 'G':
      return { ...view, bottom: undefined };
    default:
      return undefined;
  }
}

function onEscape(view: LogView, place: LogPlace): LogView | undefined {
  if (view.search) return { bottom: bottomOf(view, place) };
  return view.bottom === undefined ? undefined : FOLLOW;
}

function onTyping(view: LogView, typing: Field, key: Key, place: LogPlace): LogView | undefined {
  if (key.name === 'ctrl-c') return undefined;
  if (key.name === 'escape') return leftSearch(view);
  if (key.name === 'enter') return view.search ? { ...view, typing: undefined } : leftSearch(view);
  if (key.name === 'backspace' && typing.characters.length === 0) return leftSearch(view);
  const field = typed(typing, key);
  const needle = textOf(field);
  if (needle === textOf(typing)) return { ...view, typing: field };
  const begun = { ...view, typing: field, at: undefined, bottom: view.origin?.bottom };
  if (needle === '') return { ...begun, search: undefined };
  const search = new LogSearch(needle);
  return searched({ ...begun, search }, place);
}

function originOf(view: LogView, place: LogPlace): LogView['origin'] {
  return { bottom: bottomOf(view, place), followed: view.bottom === undefined };
}

/** Back to where the search began; who followed the end does so again. */
function leftSearch({ origin }: LogView): LogView {
  return !origin || origin.followed ? FOLLOW : { bottom: origin.bottom };
}

function moved(view: LogView, lines: number, place: LogPlace): LogView {
  const bottom = bottomOf(view, place) + lines;
  // Whoever reaches the end goes on with it.
  if (bottom >= place.log.end) return { ...view, bottom: lines > 0 ? undefined : place.log.end };
  return { ...view, bottom: Math.max(bottom, Math.min(place.log.end, place.log.first + place.height)) };
}

/** The first line found from the top of the screen on, else the last above it. */
function found(view: LogView, search: LogSearch, place: LogPlace): LogView {
  const top = bottomOf(view, place) - place.height;
  return lookedAt(view, search.from(top) ?? search.before(top), place);
}

function next(view: LogView, search: LogSearch, place: LogPlace): LogView {
  const from = view.at === undefined ? bottomOf(view, place) - place.height : view.at + 1;
  return lookedAt(view, search.from(from) ?? search.first, place);
}

function previous(view: LogView, search: LogSearch, place: LogPlace): LogView {
  return lookedAt(view, search.before(view.at ?? bottomOf(view, place)) ?? search.last, place);
}

/** A line in about the middle of the screen, unless it is in sight already. */
function lookedAt(view: LogView, line: number | undefined, place: LogPlace): LogView {
  if (line === undefined) return view;
  const bottom = bottomOf(view, place);
  const inSight = line < bottom && line >= bottom - place.height;
  return { ...view, at: line, bottom: inSight ? bottom : line + Math.ceil(place.height / 2) };
}
