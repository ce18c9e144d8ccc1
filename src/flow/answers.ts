import { parse } from 'yaml';
import { isPublicValue, plainProblem, plainVariable } from '../catalog/plain-variables.ts';
import { holdsSecret, isSecretName } from '../catalog/secret-names.ts';
import { SetupError } from '../errors.ts';
import { isAnother, type Overlay, type OverlayValue, overlayAt } from '../stack/overlay.ts';

function isOverlay(value: unknown): value is Overlay {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No number of a stack is that large: these are the digits of a key, or of an address, which YAML read as a number. */
function isLarge(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;
}

function isSecretValue(value: unknown): boolean {
  if (typeof value === 'number') return isLarge(value);
  return holdsSecret(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

/** Paths under which a value would be a secret; the value itself is never looked at twice, nor shown. */
function secretPaths(value: Overlay, path: readonly string[] = []): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    const where = here.join('.');
    if (isOverlay(inner)) return secretPaths(inner, here);
    if (inner === null || (isSetting(here) && isPublicValue(key, String(inner)))) return [];
    if ([inner].flat().some(isSecretValue)) return [where];
    // A template in `secrets` names its secrets; anything that names none is a value.
    if (path.at(-1) === 'secrets' && path[0] === 'services') return /\$\{[A-Za-z_]/.test(String(inner)) ? [] : [where];
    // Where an entry belongs, a bare text can only be its value.
    const isEntry = path.join('.') === 'secrets.entries';
    return isEntry || isSecretName(key) || (path[0] === 'secrets' && key === 'value') ? [where] : [];
  });
}

/**
 * Refuses secrets in answers and flags: both end in shell histories and process lists.
 * @throws SetupError exit 2, naming the path and never the value.
 */
export function refuseSecrets(given: Overlay, from: string): void {
  const unquoted = settingsIn(given).find(([path, value]) => isLarge(value) && plainVariable(lastOf(path)));
  const [path] = secretPaths(given).filter((each) => each !== unquoted?.[0]);
  if (path !== undefined) throw secretIn(path, from);
  if (unquoted !== undefined) throw unquotedIn(unquoted[0], from);
}

/** Whatever it was, it is not to be had back from the number: in quotes it is judged by its form. */
function unquotedIn(path: string, from: string): SetupError {
  return new SetupError('usage', `${path} in ${from} has no quotes around it, and YAML reads it as a number.`, {
    code: 'answer-invalid',
    next: [`Put it in quotes (${plainVariable(lastOf(path))?.form}).`],
  });
}

function lastOf(path: string): string {
  return path.split('.').at(-1) ?? '';
}

function secretIn(path: string, from: string): SetupError {
  // A key in the place of a path is a secret as well.
  const where = holdsSecret(path) ? 'a value' : path;
  const name = lastOf(where);
  return new SetupError('usage', `${where} in ${from} is a secret: secrets are not taken from files or arguments.`, {
    code: 'secret-in-answers',
    next: [`Take it out, then give it by: trading-setup secrets set ${isSecretName(name) ? name : 'NAME'}`],
  });
}

/** Whether a path is that of a variable that a program is given. */
function isSetting(path: readonly string[]): boolean {
  const [group, , key, ...rest] = path;
  return path[0] === 'tui'
    ? path[1] === 'environment' && path.length === 3
    : group === 'services' && key === 'environment' && rest.length === 1;
}

/**
 * Refuses settings of a wrong form, where it is known what they are.
 * @throws SetupError exit 2 that names the setting and the form, and not the value.
 */
export function refuseWrong(given: Overlay, from: string): void {
  for (const [path, value] of settingsIn(given)) {
    const name = lastOf(path);
    const problem = value === null ? undefined : plainProblem(name, String(value));
    if (problem === undefined) continue;
    throw new SetupError('usage', `${path} in ${from}: ${problem}.`, {
      code: 'answer-invalid',
      next: [`Say it as it is (${plainVariable(name)?.form}): --set ${path}=VALUE`],
    });
  }
}

function settingsIn(value: Overlay, path: readonly string[] = []): readonly (readonly [string, OverlayValue])[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (isOverlay(inner)) return settingsIn(inner, here);
    return isSetting(here) && inner !== undefined ? [[here.join('.'), inner] as const] : [];
  });
}

/** `path=value` of a `--set`; the value is read like YAML, so numbers, lists and null work. */
export function parseSet(text: string): Overlay {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new SetupError('usage', `--set needs path=value, e.g. --set ports.tui=7682.`, {
      code: 'bad-set',
      next: ['The paths are the keys of trading-setup.yaml; see: trading-setup init --dry-run'],
    });
  }
  const path = text.slice(0, at);
  // Before YAML reads it: 0x… without quotes would be a number.
  const value = text.slice(at + 1);
  const isPublic = isSetting(path.split('.')) && isPublicValue(lastOf(path), value);
  if (holdsSecret(path) || (!isPublic && holdsSecret(value))) throw secretIn(path, '--set');
  return overlayAt(path, readValue(path, value));
}

/** The value is not in the message: it may be a secret in the wrong place. */
function readValue(path: string, text: string): OverlayValue {
  try {
    // parse() returns plain data: the same kinds of value as an overlay holds
    const value = parse(text, { logLevel: 'error' }) as OverlayValue;
    // A program is given text: what YAML takes for a number, such as an address, is what was written.
    return isSetting(path.split('.')) && /^(?:number|boolean)$/.test(typeof value) ? text.trim() : value;
  } catch {
    throw new SetupError('usage', `--set ${path}: the value cannot be read as YAML.`, {
      code: 'bad-set',
      next: [`Put a text with special signs into quotes: --set '${path}="…"'`],
    });
  }
}

/** All `--set` flags as one overlay; a later one beats an earlier one. */
export function parseSets(texts: readonly string[]): Overlay {
  const all = texts.map(parseSet).reduce<unknown>((sum, one) => overlayAll(sum, one), {});
  return all as Overlay; // a merge of overlays is one
}

/** Like `overlay`, but keeps null: it still has to take something out later. */
function overlayAll(base: unknown, over: Overlay): unknown {
  if (!isOverlay(base) || isAnother(base, over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    merged[key] = isOverlay(value) ? overlayAll(merged[key], value) : value;
  }
  return merged;
}

/** Two layers as one, the second on top. */
export function layered(...layers: readonly Overlay[]): Overlay {
  return layers.reduce<unknown>((sum, layer) => overlayAll(sum, layer), {}) as Overlay; // a merge of overlays is one
}
