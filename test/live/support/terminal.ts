import xterm from '@xterm/headless';
import WebSocket from 'ws';
import { basic } from './http.ts';
import type { Stack } from './stack.ts';
import { waitFor } from './wait.ts';

/** A browser tab on the terminal: ttyd's protocol, and an emulator that draws what comes. */
export interface Tab {
  screen(): string;
  /** A key, as the browser sends it. */
  press(key: string): void;
  /** Whether the other side has ended it. */
  ended(): boolean;
  close(): Promise<void>;
}

/** @throws what the gate or ttyd answered instead of a WebSocket. */
export async function openTab({ tui, login }: Pick<Stack, 'tui' | 'login'>, withLogin = true): Promise<Tab> {
  const socket = new WebSocket(`ws://127.0.0.1:${tui}/ws`, ['tty'], {
    // What a browser sends from a page of the gate itself.
    origin: `http://127.0.0.1:${tui}`,
    headers: withLogin ? { authorization: basic(login) } : {},
    handshakeTimeout: 10_000,
  });
  const emulator = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  let over = false;
  socket.on('close', () => {
    over = true;
  });
  socket.on('message', (data: Buffer) => {
    if (data.subarray(0, 1).toString() === '0') emulator.write(data.subarray(1));
  });
  await new Promise<void>((done, fail) => {
    socket.once('open', done);
    socket.once('error', fail);
  });
  // Afterwards an error is an end, and the test asks for that.
  socket.on('error', () => undefined);
  socket.send(JSON.stringify({ AuthToken: '', columns: 80, rows: 24 }));
  return {
    screen: () => linesOf(emulator),
    press: (key) => socket.send(Buffer.from(`0${key}`)),
    ended: () => over,
    close: async () => {
      socket.close();
      await waitFor('the socket closed', async () => over || undefined, 10).catch(() => socket.terminate());
    },
  };
}

function linesOf({ buffer, rows }: xterm.Terminal): string {
  const lines = Array.from({ length: rows }, (_, row) => buffer.active.getLine(row)?.translateToString(true) ?? '');
  return lines.join('\n');
}
