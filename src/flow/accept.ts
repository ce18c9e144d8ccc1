import { SetupError } from '../errors.ts';
import { refuseMixture } from '../stack/design/mode.ts';
import { inspect } from '../stack/inspect.ts';
import { type Overlay, type OverlayValue, overlayAt, valueAt } from '../stack/overlay.ts';
import { problemsOf, toStack } from '../stack/parse.ts';
import type { Stack } from '../stack/schema.ts';
import { refuseSecrets } from './answers.ts';
import { insteadOf, isPortPath, strangerOn, type World } from './checks.ts';
import { settingProblem } from './forms.ts';
import { merged, type SetupInput, withTrueMode } from './layers.ts';

/** Why what was typed about one path cannot be taken, in words; undefined: it can. */
export function problemWith(input: SetupInput, typed: Overlay, path: string, world: World): string | undefined {
  try {
    return problemIn(input, typed, path, world);
  } catch (error) {
    // An answer that cannot be laid over what is there.
    if (error instanceof SetupError && error.code === 'instance-renamed') return error.message;
    throw error;
  }
}

function problemIn(input: SetupInput, typed: Overlay, path: string, world: World): string | undefined {
  const { stack } = merged({ ...input, host: world.host }, typed);
  const [problem] = problemsOf(stack);
  if (problem)
    return problem.path === path || problem.path.startsWith(`${path}.`)
      ? problem.message
      : `${problem.path}: ${problem.message}`;
  const valid = toStack(stack, 'what was typed');
  const finding = inspect(valid).find(({ level }) => level === 'error');
  if (finding) return finding.message;
  const setting = settingProblem(path, valueAt(stack, path), !isRequired(valid, path));
  if (setting !== undefined) return setting;
  const contradiction = contradictionIn({ ...input, host: world.host }, typed, valid, path);
  if (contradiction !== undefined) return contradiction;
  if (!isPortPath(path)) return undefined;
  const port = Number(valueAt(stack, path));
  const stranger = strangerOn(port, valid, world);
  return stranger && `${port} is used by ${stranger.who}; ${insteadOf(port, valid, world)}`;
}

/** A setting that the program insists on may be anything; what else is typed here is the address of a venue. */
function isRequired({ services }: Stack, path: string): boolean {
  const [, service = '', , name = ''] = path.split('.');
  return services[service]?.required?.includes(name) ?? false;
}

/** What the review would refuse: two networks of one venue, or PAPER that somebody said and that nothing proves. */
function contradictionIn(input: SetupInput, typed: Overlay, stack: Stack, path: string): string | undefined {
  try {
    refuseMixture(input.facts, stack);
    withTrueMode(input, typed, stack);
    return undefined;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const next =
      error.code === 'mode-contradiction' && path !== 'mode' ? ['Choose LIVE as the mode first.'] : error.next;
    return [error.message, ...next].join(' ');
  }
}

/** Why a value must not be typed where everybody can read it: it is a secret. The words never hold it. */
export function secretProblem(path: string, value: OverlayValue): string | undefined {
  try {
    refuseSecrets(overlayAt(path, value), 'this line');
    return undefined;
  } catch (error) {
    if (error instanceof SetupError) return `${error.message} ${error.next.join(' ')}`;
    throw error;
  }
}
