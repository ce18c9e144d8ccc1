import type { Board } from '../events/board.ts';
import { type CredentialExpiry, expiryState, expiryWords } from '../events/expiry.ts';
import { listed } from './words.ts';

/** A line beside the services of a board. */
export interface BesideLine {
  readonly text: string;
  readonly level: 'ok' | 'soon' | 'bad';
}

/** What ends and when, and what a rotation or a login has left, as every face says it. */
export function besideLines({ credentials = [], rotation, login }: Board, now: number): readonly BesideLine[] {
  return [...loginLines(login), ...rotationLines(rotation), ...credentials.map((each) => credentialLine(each, now))];
}

function credentialLine({ name, expires, atLatest }: CredentialExpiry, now: number): BesideLine {
  const state = expiryState(expires, now);
  const words = `${name} ${expiryWords(expires, now, atLatest)}`;
  if (state === 'ok') return { text: words, level: 'ok' };
  return { text: `${words}: ${renewal(name)}`, level: state === 'soon' ? 'soon' : 'bad' };
}

/** A login is done again; what is kept here is rotated. */
function renewal(name: string): string {
  return /(?:^|_)LOGIN$/.test(name) ? 'trading-setup secrets login' : `trading-setup rotate ${name}`;
}

function loginLines(login: Board['login']): readonly BesideLine[] {
  if (!login) return [];
  const since = `${login.since.slice(0, 16).replace('T', ' ')} UTC`;
  return [
    { text: `${login.service} is stopped for a login since ${since}: trading-setup secrets login`, level: 'bad' },
  ];
}

function rotationLines(rotation: Board['rotation']): readonly BesideLine[] {
  if (!rotation) return [];
  const names = listed(rotation.names);
  const left = rotation.manual.map((item) => ({ text: `[ ] ${item}`, level: 'soon' as const }));
  if (rotation.direction === 'waiting') {
    return [
      { text: `The new ${names} is in force; left for you, then trading-setup rotate --resume:`, level: 'soon' },
      ...left,
    ];
  }
  const way = rotation.direction === 'undo' ? 'has not gone back to its end' : 'is not finished';
  const back =
    rotation.direction === 'forward' && rotation.forwardOnly === false ? ', or back: trading-setup rotate --undo' : '';
  const line = `The rotation of ${names} ${way}: trading-setup rotate --resume${back}`;
  return [{ text: line, level: 'bad' }, ...left];
}
