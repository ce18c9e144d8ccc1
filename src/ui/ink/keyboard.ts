import { EventEmitter } from 'node:events';
import type { Terminal } from '../terminal.ts';
import { decode, decodeOverdue, NOTHING_READ, type Unread } from './decode.ts';
import type { Key } from './sequences.ts';

/** How long a lone escape waits for the rest of its sequence: what a person does not notice, or a line needs. */
const LONE_ESCAPE_MS = { here: 60, remote: 300 } as const;
/** Nobody types half a sequence: it may take its time. */
const HALF_SEQUENCE_MS = 1000;
const FAST_PASTE_MS = 30;
/** A paste whose end never comes must not swallow all keys. */
const MARKED_PASTE_MS = 3000;
const LATE_TAIL_MS = 500;
const GIVE_UP_MS = 250;

/** The part of standard input that is used. */
type Input = Pick<
  NodeJS.ReadStream,
  'on' | 'off' | 'pause' | 'resume' | 'setEncoding' | 'setRawMode' | 'readableEnded' | 'destroyed'
>;

/**
 * Standard input as Ink sees it. Ink 6.8 takes an escape for the key when the rest of its sequence is not there within
 * the same turn of the loop (`flushPendingEscape` in its App.js), and types that rest into the field; so the keys are
 * decoded here. Ink is told only that there are some: its `useInput` paints once for all of them.
 */
export class Keyboard extends EventEmitter {
  readonly isTTY = true;
  readonly #input: Input;
  readonly #remote: boolean;
  readonly #suspend: () => void;
  readonly #stays: () => boolean;
  #unread: Unread = NOTHING_READ;
  #timer: NodeJS.Timeout | undefined;
  #keys: readonly Key[] = [];
  #ready = false;
  #open = false;
  #gone: NodeJS.Timeout | undefined;
  #muted = false;

  /** `suspend` is called for Ctrl-Z; where `stays` it is a key like others. */
  constructor(
    { input, remote }: Pick<Terminal, 'input' | 'remote'>,
    suspend: () => void,
    stays: () => boolean = () => false,
  ) {
    super();
    this.#input = input;
    this.#remote = remote;
    this.#suspend = suspend;
    this.#stays = stays;
  }

  /** The keys that came last. */
  get keys(): readonly Key[] {
    return this.#keys;
  }

  /** While the screen cannot be read only Ctrl-C counts: nobody shall answer what is not seen. */
  mute(muted: boolean): void {
    this.#muted = muted;
  }

  /** Drops the keys that nobody heard yet, but for the wish to leave. */
  forget(): void {
    this.#keys = this.#keys.filter(({ name }) => name === 'ctrl-c');
    this.#ready &&= this.#keys.length > 0;
  }

  /** Takes the keys from now on; before anything is shown, for until then the terminal writes what is typed itself. */
  open(): void {
    this.#begin();
  }

  close(): void {
    if (this.#open) this.#end();
  }

  /** Called by Ink when a screen begins and ends to listen: what was typed before is told then. */
  setRawMode(raw: boolean): this {
    if (raw) setImmediate(() => this.#ready && this.emit('readable'));
    return this;
  }

  /** Gives the terminal's own ways with keys back, for a while. */
  rest(): void {
    if (!this.#open) return;
    this.#input.pause();
    this.#setRaw(false);
  }

  /** Takes the keys again, after whatever a shell did to the terminal. */
  wake(): void {
    if (!this.#open) return;
    // Node remembers the mode that it set and would not set it again.
    this.#setRaw(false);
    this.#setRaw(true);
    this.#input.resume();
  }

  /** Nobody is at the keyboard any more: what is asked is given up, again and again until nothing is. */
  readonly hangUp = (): void => {
    if (!this.#open || this.#gone) return;
    const giveUp = (): void => this.#take([{ name: 'ctrl-c' }]);
    this.#gone = setInterval(giveUp, GIVE_UP_MS);
    giveUp();
  };

  setEncoding(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** What Ink reads: a sign that there are keys. */
  read(): string | null {
    const ready = this.#ready;
    this.#ready = false;
    return ready ? ' ' : null;
  }

  #begin(): void {
    this.#open = true;
    this.#input.setEncoding('utf8');
    this.#setRaw(true);
    this.#input.on('data', this.#data);
    for (const end of ['end', 'close', 'error'] as const) this.#input.on(end, this.hangUp);
    this.#input.resume();
    // Ink listens for keys only after this call.
    if (this.#input.readableEnded || this.#input.destroyed) setImmediate(this.hangUp);
  }

  #end(): void {
    this.#open = false;
    clearTimeout(this.#timer);
    clearInterval(this.#gone);
    this.#input.off('data', this.#data);
    for (const end of ['end', 'close', 'error'] as const) this.#input.off(end, this.hangUp);
    // An error of a closed terminal that nobody listens for would be a crash.
    this.#input.off('error', ignore).on('error', ignore);
    this.#input.pause();
    this.#setRaw(false);
  }

  #setRaw(raw: boolean): void {
    try {
      this.#input.setRawMode(raw);
    } catch {
      // EIO: the terminal is gone; that is told by `end` or by a signal.
    }
  }

  readonly #data = (piece: string | Buffer): void => {
    clearTimeout(this.#timer);
    const { keys, unread } = decode(this.#unread, String(piece));
    this.#wait(unread);
    this.#take(keys);
  };

  readonly #overdue = (): void => {
    const { keys, unread } = decodeOverdue(this.#unread);
    this.#wait(unread);
    this.#take(keys);
  };

  #wait(unread: Unread): void {
    this.#unread = unread;
    const ms = this.#patience(unread);
    this.#timer = ms === 0 ? undefined : setTimeout(this.#overdue, ms);
  }

  #patience({ rest, paste, late }: Unread): number {
    if (paste) return paste.marked ? MARKED_PASTE_MS : FAST_PASTE_MS;
    if (late) return LATE_TAIL_MS;
    if (rest === '') return 0;
    return rest.length > 1 ? HALF_SEQUENCE_MS : LONE_ESCAPE_MS[this.#remote ? 'remote' : 'here'];
  }

  #take(keys: readonly Key[]): void {
    const heard = this.#muted ? keys.filter(({ name }) => name === 'ctrl-c') : keys;
    const stays = this.#stays();
    const news = heard.filter((key) => stays || !isSuspend(key));
    this.#keys = this.#ready ? [...this.#keys, ...news] : news;
    if (this.#keys.length > 0) {
      this.#ready = true;
      this.emit('readable');
    }
    if (!stays && keys.some(isSuspend)) this.#suspend();
  }
}

function ignore(): void {}

function isSuspend(key: Key): boolean {
  return key.name === 'ctrl' && key.text === 'z';
}
