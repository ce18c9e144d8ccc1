import { holdsSecret } from '../catalog/secret-names.ts';
import { SetupError } from '../errors.ts';
import { type Problem, problemsIn, unknownProblems } from './problems.ts';
import { type Place, readYaml } from './read-yaml.ts';
import { FEW_TIMES, Stack } from './schema.ts';
import { refuseNewer, upgraded } from './upgrade.ts';

/** What is wrong with a stack, as `path: sentence` each. */
export function problemsOf(value: unknown): readonly { readonly path: string; readonly message: string }[] {
  return problemsIn(value).map(({ path, message }) => ({ path: path.join('.'), message }));
}

type Locate = (problem: Problem) => Place | undefined;

/** A file with a thousand mistakes has one cause. */
const MOST_PROBLEMS = 20;

/** A path as it can be shown: somebody may have put a key where a name belongs. */
function nameOf(path: readonly string[]): string {
  const name = path.join('.').replace(/\p{Cc}/gu, '');
  return holdsSecret(name) ? 'a key' : name;
}

function invalid(problems: readonly Problem[], from: string, locate: Locate): SetupError {
  const sentences = problems.map((problem) => {
    const { path, message } = problem;
    const place = locate(problem);
    const where = place ? `${from}:${place.line}:${place.column}` : from;
    const parts = [where, ...(path.length === 0 ? [] : [nameOf(path)]), message];
    return `${parts.join(': ')}${message.endsWith('?') ? '' : '.'}`;
  });
  const [first] = problems;
  const what = first && first.path.length > 0 ? nameOf(first.path) : from;
  const place = first && locate(first);
  return new SetupError('usage', sentences[0] ?? `${from}: not valid.`, {
    code: 'invalid-stack',
    next: [
      place
        ? `Correct line ${place.line} of ${from}, then run the same command again.`
        : `Correct ${what}, then run the same command again.`,
    ],
    output: sentences.slice(1, MOST_PROBLEMS),
  });
}

/**
 * Reads a merged value as a stack.
 * @param from where it comes from, for the sentence, e.g. `trading-setup.yaml` or `--set`.
 * @throws SetupError exit 2 with each problem by its path.
 */
export function toStack(value: unknown, from: string): Stack {
  const result = Stack.safeParse(value, FEW_TIMES);
  if (result.success) return result.data;
  throw invalid(problemsIn(value), from, () => undefined);
}

/**
 * Reads the text of trading-setup.yaml; one of an older schema version as this version has it.
 * @param program the version of this program, which a file that was written by a later one needs.
 * @throws SetupError exit 2 with line and column; exit 4 `program-too-old`.
 */
export function parseStack(text: string, program?: string): Stack {
  const from = 'trading-setup.yaml';
  const { value, placeOf } = readYaml(text, from);
  refuseNewer(value, from, program);
  const current = upgraded(value);
  const result = Stack.safeParse(current, FEW_TIMES);
  if (result.success) return result.data;
  throw invalid(problemsIn(current), from, ({ path, what }) => placeOf(path, what));
}

/**
 * Refuses keys that no stack has in a part of one: answers and flags.
 * @throws SetupError exit 2 with the nearest known key.
 */
export function refuseUnknown(part: unknown, from: string, locate: Locate = () => undefined): void {
  const problems = unknownProblems(part);
  if (problems.length > 0) throw invalid(problems, from, locate);
}
