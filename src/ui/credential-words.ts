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

function credentialLine(credential: CredentialExpiry, now: number): BesideLine {
  const { name, service, expires, atLatest } = credential;
  const whose = service === undefined ? name : `${name} of ${service}`;
  if (expires === undefined) return { text: `${whose}: nobody has logged in yet: ${renewal(credential)}`, level: 'soon' };
  const state = expiryState(expires, now);
  const words = `${whose} ${expiryWords(expires, now, atLatest)}`;
  if (state === 'ok') return { text: words, level: 'ok' };
  return { text: `${words}: ${renewal(credential)}`, level: state === 'soon' ? 'soon' : 'bad' };
}

/** A login is done again; what is kept here is rotated. */
function renewal({ name, service }: CredentialExpiry): string {
  if (!/(?:^|_)LOGIN$/.test(name)) return `trading-setup rotate ${name}`;
  return `trading-setup secrets login${service === undefined ? '' : ` --service ${service}`}`;
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
