import type { Board } from '../events/board.ts';
import { type CredentialExpiry, expiryState, expiryWords } from '../events/expiry.ts';
import { type Reach, reachAddress, reachWords } from '../events/reach.ts';
import { listed } from './words.ts';

/** A line beside the services of a board. */
export interface BesideLine {
  readonly text: string;
  readonly level: 'ok' | 'soon' | 'bad';
}

/** What ends and when, and what a rotation or a login has left, as every face says it. */
export function besideLines(
  { credentials = [], rotation, login, reach = [] }: Board,
  now: number,
): readonly BesideLine[] {
  return [
    ...loginLines(login),
    ...rotationLines(rotation),
    ...credentials.map((each) => credentialLine(each, now)),
    ...reachLines(reach),
  ];
}

/** What a service reaches in one line, and each address that it does not in one of its own. */
function reachLines(reach: readonly Reach[]): readonly BesideLine[] {
  return [...new Set(reach.map(({ service }) => service))].flatMap((service): readonly BesideLine[] => {
    const own = reach.filter((each) => each.service === service);
    const reached = own.filter(({ state }) => state === 'reachable').map(reachAddress);
    const others = own.filter(({ state }) => state !== 'reachable');
    return [
      ...others.map((each) => ({
        text: `${service} ${each.state === 'unchecked' ? 'and' : 'does not reach'} ${reachAddress(each)}: ${reachWords(each)}`,
        level: each.state === 'unchecked' ? ('soon' as const) : ('bad' as const),
      })),
      ...(reached.length === 0 ? [] : [{ text: `${service} reaches ${reached.join(', ')}`, level: 'ok' as const }]),
    ];
  });
}

function credentialLine(credential: CredentialExpiry, now: number): BesideLine {
  const { name, service, expires, atLatest } = credential;
  const whose = service === undefined ? name : `${name} of ${service}`;
  if (expires === undefined)
    return { text: `${whose}: nobody has logged in yet: ${renewal(credential)}`, level: 'soon' };
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
    {
      text: `${login.service} is stopped for a login since ${since}: trading-setup secrets login --service ${login.service}`,
      level: 'bad',
    },
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
