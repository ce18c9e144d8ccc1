import { compareAll } from '../artifacts/plan.ts';
import type { OnDisk } from '../artifacts/propose.ts';
import { render } from '../artifacts/render.ts';
import { checkFormat, credentialFor } from '../catalog/credentials/index.ts';
import type { RepoFacts } from '../detect/facts.ts';
import { SetupError } from '../errors.ts';
import type { HostFacts } from '../host/facts.ts';
import { runningTraders, sleepingTraders } from '../host/words.ts';
import type { Seen } from '../questions/before.ts';
import { SECTIONS } from '../questions/question.ts';
import { questionsOf } from '../questions/table.ts';
import type { Secret } from '../secret.ts';
import { checkValue } from '../secrets/value.ts';
import { design } from '../stack/design/design.ts';
import { chooseMode, refuseMixture } from '../stack/design/mode.ts';
import { inspect } from '../stack/inspect.ts';
import { type Overlay, overlay, overlayAt, valueAt } from '../stack/overlay.ts';
import { problemsOf, toStack } from '../stack/parse.ts';
import type { Stack } from '../stack/schema.ts';
import { layered } from './answers.ts';
import { equivalentCommand } from './equivalent.ts';
import { notesOf, warningsOf } from './notes.ts';
import type { Origin, ReviewLine, ReviewSection, SetupState, SetupStore } from './types.ts';

export interface SetupInput {
  readonly facts: RepoFacts;
  readonly host: HostFacts;
  readonly saved?: Stack;
  readonly answers: Overlay;
  readonly flags: Overlay;
  /** Six hexadecimal digits for a new stack id. */
  readonly suffix: string;
  readonly writtenBy: string;
  readonly interactive: boolean;
  /** Secrets that have a value already. */
  readonly kept: ReadonlySet<string>;
  /** Files of the repository by path, as they are now. */
  readonly disk: ReadonlyMap<string, OnDisk>;
}

/** What the wizard knows beyond what faces may: the stack and the secrets that were typed. */
export interface Setup extends SetupStore {
  stack(): Stack;
  /** Secrets entered in this run, to be stored when the files are written. */
  entered(): ReadonlyMap<string, Secret>;
  /** What somebody has to know before a start, the gravest first; the notes of the review hold it too. */
  warnings(): readonly string[];
}

interface Layers {
  readonly typed: Overlay;
  readonly secrets: ReadonlyMap<string, Secret | 'skipped'>;
}

const CREDENTIALS = 'Credentials';

/** The state of a setup under every face: layers of answers over a designed or saved stack. */
export function createSetup(input: SetupInput): Setup {
  const listeners = new Set<() => void>();
  const history: Layers[] = [];
  let layers: Layers = { typed: {}, secrets: new Map() };
  let cached: { readonly stack: Stack; readonly state: SetupState } | undefined;

  const current = () => {
    cached ??= stateOf(input, layers);
    return cached;
  };
  const update = (next: Layers) => {
    history.push(layers);
    layers = next;
    cached = undefined;
    for (const listener of listeners) listener();
  };
  current(); // wrong answers or flags are an error now, not when the first screen is drawn

  return {
    stack: () => current().stack,
    entered: () => new Map([...layers.secrets].filter((entry): entry is [string, Secret] => entry[1] !== 'skipped')),
    warnings: () => warningsOf(input.facts, current().stack),
    getState: () => current().state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(path, text) {
      const { stack } = current();
      const question = questionsOf(stack).find((each) => each.path === path);
      if (!question) return `there is no ${path}`;
      const typed = layered(layers.typed, overlayAt(path, question.parse(text)));
      const problem = problemWith(input, typed, path);
      if (problem === undefined) update({ ...layers, typed });
      return problem;
    },
    enterSecret(name, value) {
      const checked = checkedValue(name, value);
      if (typeof checked === 'string') return checked;
      const problem = checkFormat(current().stack.secrets.entries[name]?.format ?? 'any', checked.reveal());
      if (problem === undefined) update({ ...layers, secrets: new Map([...layers.secrets, [name, checked]]) });
      return problem;
    },
    skipSecret: (name) => update({ ...layers, secrets: new Map([...layers.secrets, [name, 'skipped' as const]]) }),
    undo() {
      const before = history.pop();
      if (!before) return false;
      layers = before;
      cached = undefined;
      for (const listener of listeners) listener();
      return true;
    },
  };
}

/** The value as it will be kept, or what is wrong with it in words. */
function checkedValue(name: string, value: Secret): Secret | string {
  try {
    return checkValue(name, value);
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}

function merged(input: SetupInput, typed: Overlay) {
  const decided = layered(input.answers, input.flags, typed);
  if (!input.saved) return design({ ...input, decided });
  const stack = overlay({ ...input.saved, writtenBy: input.writtenBy }, decided);
  return { stack, origins: new Map<string, Origin>(), modeReason: '' };
}

/**
 * A stack whose mode fits the repository as it is now. A saved `paper` does not outlive the evidence for it, and
 * saying `paper` changes no endpoint: it would only switch the questions off.
 */
function withTrueMode(
  { facts, answers, flags }: SetupInput,
  typed: Overlay,
  stack: Stack,
): { stack: Stack; reason: string } {
  const { mode, reason } = chooseMode(facts, stack);
  if (mode === 'paper' || stack.mode === 'live') return { stack, reason };
  if (valueAt(layered(answers, flags, typed), 'mode') === 'paper') throw notPaper(reason);
  return { stack: { ...stack, mode }, reason };
}

function notPaper(reason: string): SetupError {
  return new SetupError('usage', `The mode cannot be paper: ${reason}`, {
    code: 'mode-contradiction',
    next: ['Point the program at test networks, or take the key away; then the mode follows by itself.'],
  });
}

function problemWith(input: SetupInput, typed: Overlay, path: string): string | undefined {
  const { stack } = merged(input, typed);
  const [problem] = problemsOf(stack);
  if (problem)
    return problem.path === path || problem.path.startsWith(`${path}.`)
      ? problem.message
      : `${problem.path}: ${problem.message}`;
  const valid = toStack(stack, 'what was typed');
  const finding = inspect(valid).find(({ level }) => level === 'error');
  if (finding) return finding.message;
  const { mode, reason } = chooseMode(input.facts, valid);
  if (mode === 'live' && valid.mode === 'paper' && path === 'mode') return reason;
  const port = valueAt(stack, path);
  const holder = input.host.holders.find(
    (each) => path.startsWith('ports.') && each.port === port && each.stack !== valid.id,
  );
  return holder && `${port} is used by ${holder.who}`;
}

/** Programs that run beside this stack and may place orders, in words. */
function seenBy({ host: { system } }: SetupInput, stack: Stack): Seen {
  const words = (found: readonly { readonly who: string }[]) => found.map(({ who }) => who);
  return {
    traders: system ? words(runningTraders(system, stack.id)) : [],
    sleeping: system ? words(sleepingTraders(system)) : [],
  };
}

function stateOf(input: SetupInput, { typed, secrets }: Layers): { stack: Stack; state: SetupState } {
  const { stack: value, origins } = merged(input, typed);
  const given = toStack(value, input.saved ? 'trading-setup.yaml' : 'answers');
  refuseMixture(input.facts, given);
  const { stack, reason: modeReason } = withTrueMode(input, typed, given);
  const origin = originOf(input, typed, origins);
  const notes = notesOf(input.facts, stack, modeReason, { system: input.host.system, isNew: !input.saved });
  const lines = questionsOf(stack, seenBy(input, stack)).map((question) => ({
    section: question.section as string, // a Section is one of the titles
    line: plainLine(question, stack, origin(question.path)),
  }));
  const credentials = Object.keys(stack.secrets.entries).map((name) =>
    secretLine(stack, name, input.kept, secrets.get(name)),
  );
  const sections: ReviewSection[] = [
    ...SECTIONS.map((title) => ({
      title,
      lines: lines.filter(({ section }) => section === title).map(({ line }) => line),
      notes: notes.get(title) ?? [],
    })),
    { title: CREDENTIALS, lines: credentials, notes: notes.get(CREDENTIALS) ?? [] },
  ].filter((section) => section.lines.length > 0);
  const state: SetupState = {
    name: stack.name,
    mode: stack.mode,
    modeReason,
    sections,
    files: compareAll(render(stack), input.disk),
    open: [...lines.map(({ line }) => line), ...credentials].filter(({ state }) => state === 'open').length,
    equivalent: equivalentCommand(layered(input.answers, input.flags, typed)),
  };
  return { stack, state };
}

function plainLine(question: ReturnType<typeof questionsOf>[number], stack: Stack, origin: Origin): ReviewLine {
  const { path, title, help, input } = question;
  const value = valueAt(stack, path);
  const edit = question.edit === undefined ? {} : { edit: question.edit(value) };
  const state = question.open?.(value) ? 'open' : 'answered';
  return { path, title, help, input, value: question.show(value), ...edit, origin, state };
}

/** The strongest layer that says something about a path. */
function originOf(input: SetupInput, typed: Overlay, designed: ReadonlyMap<string, Origin>) {
  return (path: string): Origin => {
    if (valueAt(typed, path) !== undefined) return { source: 'typed', text: 'changed by you' };
    if (valueAt(input.flags, path) !== undefined) return { source: 'flag', text: '--set' };
    if (valueAt(input.answers, path) !== undefined) return { source: 'answers', text: 'answers file' };
    if (input.saved) return { source: 'saved', text: 'trading-setup.yaml' };
    const parent = path.split('.').slice(0, -1).join('.');
    return designed.get(path) ?? designed.get(parent) ?? { source: 'default', text: 'default' };
  };
}

function secretLine(
  stack: Stack,
  name: string,
  kept: ReadonlySet<string>,
  given: Secret | 'skipped' | undefined,
): ReviewLine {
  const entry = stack.secrets.entries[name];
  const credential = credentialFor(name);
  const generated = entry?.kind === 'generated';
  const value = secretWords(generated, kept.has(name), given);
  const help = [entry?.about, credential && `Get it: ${credential.credential.from}.`].filter(Boolean).join('. ');
  return {
    path: `secrets.${name}`,
    title: name,
    help,
    value,
    origin: { source: generated ? 'default' : 'detected', text: entry?.required ? 'required' : 'optional' },
    input: { kind: 'secret', required: entry?.required ?? false },
    state: value === '' ? 'open' : 'answered',
  };
}

function secretWords(generated: boolean, kept: boolean, given: Secret | 'skipped' | undefined): string {
  if (given === 'skipped') return 'skipped';
  if (given) return 'entered';
  if (kept) return 'kept';
  return generated ? 'will be generated' : '';
}
