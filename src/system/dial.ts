import { connect } from 'node:net';
import type { Dial } from './exchange.ts';

/** A connection from this machine. */
export const dial: Dial = ({ host, port }, signal) =>
  new Promise((done, fail) => {
    const socket = connect({ host, port });
    const end = (): void => void socket.destroy();
    signal.addEventListener('abort', end);
    socket.on('error', fail);
    socket.once('connect', () => done(socket));
  });
