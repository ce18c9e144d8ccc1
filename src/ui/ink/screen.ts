import { EventEmitter } from 'node:events';
import { inColumns } from './columns.ts';
import { type RawLines, withRawLines } from './raw-lines.ts';

const ESC = '\u001B[';
/** Alternate screen, no cursor, pastes marked, and no wrapping: a line that is too long after a resize stays in its row. */
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?2004h${ESC}?7l`;
/** Cleared before it is left: the Linux console has no second screen. */
const LEAVE = `${ESC}0m${ESC}2J${ESC}?7h${ESC}?2004l${ESC}?25h${ESC}?1049l`;
/** The title of the window is kept by the terminal while ours is shown. */
const PUSH_TITLE = `${ESC}22;0t`;
const POP_TITLE = `${ESC}23;0t`;
const LONGEST_TITLE = 80;
/** Synchronized output: terminals that know it show the frame at once, the others ignore it. */
const BEGIN = `${ESC}?2026h`;
const END = `${ESC}?2026l`;

/** The terminal as a painter needs it. */
export type ScreenOutput = Pick<
  NodeJS.WriteStream,
  'write' | 'columns' | 'rows' | 'on' | 'off' | 'once' | 'writableNeedDrain'
>;

/**
 * The alternate screen as a stream of whole frames: Ink writes each frame in full (its `debug` mode) and only the lines
 * that changed reach the terminal. Ink's own way of repainting is not used, because a frame as high as the terminal makes
 * it write `ESC[3J`, which empties the scrollback of the person (seen with ink 6.8), and because it paints nothing
 * until the end where `CI` is set.
 */
export class Screen extends EventEmitter {
  readonly #output: ScreenOutput;
  readonly #unicode: boolean;
  readonly #titles: boolean;
  /** What is painted round Ink. */
  readonly rawLines: RawLines = new Map();
  /** What the terminal shows; undefined where that is not known, as after a resize. */
  #painted: readonly string[] | undefined;
  #frame = '';
  #title = '';
  #draining = false;
  #open = false;

  constructor(
    output: ScreenOutput,
    {
      unicode,
      titles,
    }: {
      /** The sign with which Ink marks what it cut off can be shown. */ readonly unicode: boolean;
      /** The terminal has a window with a title. */
      readonly titles: boolean;
    },
  ) {
    super();
    this.#output = output;
    this.#unicode = unicode;
    this.#titles = titles;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  /**
   * Shows the alternate screen, without a cursor and with pastes marked as such, and on it the last frame if there was
   * one. Once more does no harm: after a stop nobody knows what the terminal shows.
   */
  enter(): void {
    this.#output.off('resize', this.#resized);
    this.#output.on('resize', this.#resized);
    this.#output.write(ENTER + (this.#titles && !this.#open ? PUSH_TITLE : ''));
    this.#open = true;
    this.#writeTitle();
    this.#painted = undefined;
    this.#paint();
  }

  /** Gives the terminal back as it was; more than once does no harm. */
  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#output.off('resize', this.#resized);
    this.#output.off('drain', this.#drained);
    this.#draining = false;
    this.#output.write((this.#titles ? POP_TITLE : '') + LEAVE);
  }

  /** Names the window, where the terminal has one. */
  readonly title = (text: string): void => {
    const next = Array.from(text.replace(/\p{C}/gu, '')).slice(0, LONGEST_TITLE).join('');
    if (next === this.#title) return;
    this.#title = next;
    if (this.#open) this.#writeTitle();
  };

  #writeTitle(): void {
    if (this.#titles && this.#title !== '') this.#output.write(`\u001B]0;${this.#title}\u0007`);
  }

  /** Takes the next frame; Ink calls it as a stream. */
  readonly write = (frame: string): boolean => {
    this.#frame = this.#unicode ? frame : frame.replaceAll('…', '~');
    if (this.#open) this.#paint();
    return true;
  };

  #paint(): void {
    if (this.#output.writableNeedDrain) {
      // A slow line gets the newest frame when it is ready for one, not a queue of old ones.
      if (!this.#draining) this.#output.once('drain', this.#drained);
      this.#draining = true;
      return;
    }
    const lines = withRawLines(this.#frame.split('\n'), this.rawLines).slice(0, this.rows);
    const fresh = this.#painted === undefined ? `${ESC}0m${ESC}2J` : '';
    const changes = fresh + changedLines(this.#painted ?? [], lines);
    this.#painted = lines;
    if (changes !== '') this.#output.write(BEGIN + changes + END);
  }

  readonly #drained = (): void => {
    this.#draining = false;
    if (this.#open) this.#paint();
  };

  readonly #resized = (): void => {
    this.#painted = undefined;
    this.emit('resize');
  };
}

/** The writes that turn one screen into another. */
export function changedLines(before: readonly string[], after: readonly string[]): string {
  let text = '';
  for (let row = 0; row < Math.max(before.length, after.length); row += 1) {
    const line = after[row] ?? '';
    // Cleared before it is written: clearing behind a full line would take its last character.
    if (line !== (before[row] ?? '')) text += `${ESC}${row + 1};1H${ESC}2K${inColumns(line)}`;
  }
  return text;
}
