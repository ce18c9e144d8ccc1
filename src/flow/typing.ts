import { type Overlay, overlayAt } from '../stack/overlay.ts';
import { toStack } from '../stack/parse.ts';
import { problemWith, secretProblem } from './accept.ts';
import { layered } from './answers.ts';
import { checkOf, insteadOf, isPortPath, strangerOn, type World } from './checks.ts';
import { merged, type SetupInput } from './layers.ts';
import { questionsFor } from './state.ts';
import type { Check } from './types.ts';

/** What is to be said of a text that is being typed into a line; undefined: nothing. */
export function typedCheck(
  given: SetupInput,
  typed: Overlay,
  path: string,
  text: string,
  world: World,
): Check | undefined {
  const input = { ...given, host: world.host };
  const before = toStack(merged(input, typed).stack, 'the answers so far');
  const question = questionsFor(input, before).find((each) => each.path === path);
  if (!question || text.trim() === '') return undefined;
  const value = question.parse(text);
  const secret = secretProblem(path, value);
  if (secret !== undefined) return { level: 'bad', text: secret };
  if (isPortPath(path) && typeof value === 'number') {
    const stranger = strangerOn(value, before, world);
    if (stranger) return { level: 'bad', text: `used by ${stranger.who}`, advice: insteadOf(value, before, world) };
  }
  const next = layered(typed, overlayAt(path, value));
  const problem = problemWith(input, next, path, world);
  if (problem !== undefined) return { level: 'bad', text: problem };
  return checkOf(path, toStack(merged(input, next).stack, 'what is typed'), world);
}
