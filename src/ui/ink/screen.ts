import { EventEmitter } from 'node:events';

const ESC = '\u001B[';
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?2004h${ESC}2J`;
const LEAVE = `${ESC}?2004l${ESC}?25h${ESC}?1049l`;
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
  #painted: readonly string[] = [];
  #frame = '';
  #draining = false;
  #open = false;

  /** `unicode`: the sign with which Ink marks what it cut off can be shown. */
  constructor(output: ScreenOutput, unicode: boolean) {
    super();
    this.#output = output;
    this.#unicode = unicode;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  /** Shows the empty alternate screen, without a cursor and with pastes marked as such. */
  enter(): void {
    this.#open = true;
    this.#output.write(ENTER);
    this.#output.on('resize', this.#resized);
  }

  /** Gives the terminal back as it was; more than once does no harm. */
  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#output.off('resize', this.#resized);
    this.#output.write(LEAVE);
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
    const lines = this.#frame.split('\n').slice(0, this.rows);
    const changes = changedLines(this.#painted, lines);
    this.#painted = lines;
    if (changes !== '') this.#output.write(BEGIN + changes + END);
  }

  readonly #drained = (): void => {
    this.#draining = false;
    if (this.#open) this.#paint();
  };

  readonly #resized = (): void => {
    this.#painted = [];
    this.#output.write(`${ESC}2J`);
    this.emit('resize');
  };
}

/** The writes that turn one screen into another. */
export function changedLines(before: readonly string[], after: readonly string[]): string {
  let text = '';
  for (let row = 0; row < Math.max(before.length, after.length); row += 1) {
    const line = after[row] ?? '';
    // Cleared before it is written: clearing behind a full line would take its last character.
    if (line !== (before[row] ?? '')) text += `${ESC}${row + 1};1H${ESC}2K${line}`;
  }
  return text;
}
