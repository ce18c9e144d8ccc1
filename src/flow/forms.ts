import { plainProblem, plainVariable } from '../catalog/plain-variables.ts';
import { holdsSecret } from '../catalog/secret-names.ts';
import type { Check } from './types.ts';

/** Lines that name an image. */
const IMAGE = /^(?:database\.image|build\.(?:rustImage|runtimeImage))$/;
/** Addresses in the environment of a service. */
const VARIABLE = /^services\.[^.]+\.environment\.[^.]+$/;
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;

/** What the mere form of a value says, where it is an address or an image. */
export function formCheck(path: string, value: unknown): Check | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  if (IMAGE.test(path)) return imageCheck(value);
  const setting = VARIABLE.test(path) ? settingCheck(path, value) : undefined;
  if (setting !== undefined && (setting.level === 'bad' || !ADDRESS.test(value))) return setting;
  return VARIABLE.test(path) && ADDRESS.test(value) ? addressCheck(value) : undefined;
}

/** A setting whose form is known by its name. */
function settingCheck(path: string, value: string): Check | undefined {
  const name = path.split('.').at(-1) ?? '';
  if (plainVariable(name) === undefined) return undefined;
  const problem = plainProblem(name, value);
  return problem === undefined ? { level: 'good', text: 'has the right form' } : { level: 'bad', text: problem };
}

/**
 * Why a text cannot be the setting that is asked for; undefined where it can, or nobody knows.
 * @param isAddress nothing but an address is asked for.
 */
export function settingProblem(path: string, value: unknown, isAddress: boolean): string | undefined {
  if (!VARIABLE.test(path) || typeof value !== 'string') return undefined;
  const name = path.split('.').at(-1) ?? '';
  const problem = plainProblem(name, value);
  if (problem !== undefined) return problem;
  if ((!isAddress || plainVariable(name) !== undefined) && !ADDRESS.test(value)) return undefined;
  const { level, text, advice } = addressCheck(value);
  return level === 'bad' ? `${text}; ${advice}` : undefined;
}

/** An image that is a moving target builds something else tomorrow. */
function imageCheck(value: string): Check | undefined {
  const tag = /:([^/:@]+)(?:@.*)?$/.exec(value)?.[1];
  if (tag === undefined) return { level: 'warn', text: 'no tag', advice: 'an exact one builds the same again' };
  if (/^(?:latest|stable|nightly|edge|main)$/.test(tag))
    return { level: 'warn', text: 'moves', advice: 'an exact tag builds the same again' };
  return undefined;
}

const SECURE = new Set(['https:', 'wss:']);
const PLAIN = new Set(['http:', 'ws:']);

/** An address of an endpoint: whether it can be one at all, and whether orders would travel readable. */
export function addressCheck(value: string): Check {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return { level: 'bad', text: 'is no URL', advice: 'e.g. https://api.example.com' };
  }
  if (url.username !== '' || url.password !== '')
    return { level: 'bad', text: 'holds a login', advice: 'a secret is given by: trading-setup secrets set' };
  if (holdsSecret(value))
    return {
      level: 'bad',
      text: 'holds a key',
      advice: 'an address with a key is given by: trading-setup secrets set',
    };
  if (SECURE.has(url.protocol)) return { level: 'good', text: 'encrypted' };
  if (!PLAIN.has(url.protocol)) return { level: 'bad', text: 'is no address of a venue', advice: 'https:// or wss://' };
  const isNear = /^(?:localhost|127\..*|\[::1\]|[\w-]+)$/.test(url.hostname);
  if (isNear) return { level: 'good', text: 'stays on this machine' };
  const advice = `${url.protocol === 'http:' ? 'https' : 'wss'}:// keeps it private`;
  return { level: 'warn', text: 'not encrypted', advice };
}
