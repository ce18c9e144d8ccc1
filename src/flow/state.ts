import { compareAll, type Decide } from '../artifacts/plan.ts';
import { render } from '../artifacts/render.ts';
import { runningTraders, sleepingTraders } from '../host/words.ts';
import { type Question, SECTIONS } from '../questions/question.ts';
import { questionsOf } from '../questions/table.ts';
import { refuseMixture } from '../stack/design/mode.ts';
import { evolved, goneBinaries } from '../stack/evolved.ts';
import { inspect } from '../stack/inspect.ts';
import type { Overlay } from '../stack/overlay.ts';
import { toStack } from '../stack/parse.ts';
import type { Stack } from '../stack/schema.ts';
import { layered } from './answers.ts';
import { checkOf, machineLines, type World } from './checks.ts';
import { onConflictFlags } from './decide.ts';
import { endpointsOf } from './endpoints.ts';
import { equivalentCommand } from './equivalent.ts';
import { heldPorts } from './held-ports.ts';
import { decidedIn, decisions, type Layers, merged, type SetupInput, withTrueMode } from './layers.ts';
import { originOf, plainLine, secretLine } from './lines.ts';
import { notesOf } from './notes.ts';
import { summaryOf } from './summary.ts';
import type { ConflictChoice, FileChange, ReviewLine, ReviewSection, SetupState } from './types.ts';

const CREDENTIALS = 'Credentials';

/** A stack and what faces show of it. */
export interface Resolved {
  readonly stack: Stack;
  readonly state: SetupState;
}

/** What of a state does not follow from the answers. */
export type Story = Pick<SetupState, 'resumed' | 'dropped' | 'unkept'>;

/**
 * Everything that follows from what is known and what was done.
 * @throws SetupError where the answers contradict the schema or the repository.
 * @param byFlag what flags decide about conflicts, where any flag does.
 */
export function resolve(
  given: SetupInput,
  layers: Layers,
  world: World,
  byFlag: Decide | undefined,
  story: Story,
): Resolved {
  const input = { ...given, host: world.host };
  const { stack, reason, proven, sections } = reviewed(input, layers, world);
  const decide = decisions(layers, byFlag);
  const files = once(() => (input.disk ? compareAll(render(stack), input.disk, decide) : []));
  const isDecided = layers.decided.size > 0 || byFlag !== undefined;
  const command = equivalentCommand(layered(onlyAsked(input, stack), decidedIn(input, layers.typed)), input.asked);
  const state: SetupState = {
    name: stack.name,
    mode: stack.mode,
    modeReason: reason,
    proven,
    machine: machineLines(world, stack.secrets),
    ...story,
    sections,
    get files() {
      return files();
    },
    open: sections.flatMap(({ lines }) => lines).filter(({ state }) => state === 'open').length,
    get equivalent() {
      // Comparing files takes its time: not for what nobody decided.
      return isDecided ? command + onConflictFlags(decidedAmong(files())) : command;
    },
  };
  return { stack, state };
}

/** What a run without questions would decide otherwise by itself: nobody could type a passphrase there. */
function onlyAsked({ interactive, saved }: SetupInput, { secrets: { unlock } }: Stack): Overlay {
  return interactive && !saved ? { secrets: { unlock } } : {};
}

function reviewed(input: SetupInput, { typed, secrets }: Layers, world: World) {
  const { stack: value, origins } = merged(input, typed);
  const given = toStack(value, input.saved ? 'trading-setup.yaml' : 'answers');
  refuseMixture(input.facts, given);
  const { stack, reason, proven } = withTrueMode(input, typed, given);
  const origin = originOf(input, typed, origins);
  const contradictions = inspect(stack).flatMap(({ level, path, message }) =>
    level === 'error' ? [[path, message] as const] : [],
  );
  const errors = new Map([...heldPorts(typed, stack, world), ...contradictions]);
  const lines = questionsFor(input, stack).map((question) => ({
    section: question.section as string, // a Section is one of the titles
    line: plainLine(question, stack, origin(question.path), checkOf(question.path, stack, world), (path) =>
      errors.get(path),
    ),
  }));
  const credentials = Object.keys(stack.secrets.entries).map((name) =>
    secretLine(stack, name, input.kept, secrets.get(name), input.saved),
  );
  const notes = notesOf(input.facts, stack, reason, {
    system: input.host.system,
    isNew: !input.saved,
    saved: input.saved,
  });
  const summaries = summaryOf(stack, reason, credentials);
  const section = (title: string, of: readonly ReviewLine[]): ReviewSection => ({
    title,
    summary: summaries.get(title) ?? '',
    lines: of,
    ...(notes.get(title) ?? { notes: [], grave: 0 }),
  });
  const plain = SECTIONS.map((title) =>
    section(
      title,
      lines.filter((each) => each.section === title).map(({ line }) => line),
    ),
  );
  const sections = [...plain, section(CREDENTIALS, credentials)].filter((each) => each.lines.length > 0);
  return { stack, reason, proven, sections };
}

/** Every line of the review but the secrets. */
export function questionsFor({ facts, saved, host: { system } }: SetupInput, stack: Stack): readonly Question[] {
  const words = (found: readonly { readonly who: string }[]) => found.map(({ who }) => who);
  return questionsOf(stack, {
    traders: system ? words(runningTraders(system, stack.id)) : [],
    sleeping: system ? words(sleepingTraders(system)) : [],
    endpoints: endpointsOf(facts, stack),
    ...(saved && { evolution: { differences: evolved(saved, facts), gone: goneBinaries(saved, facts) } }),
  });
}

function decidedAmong(files: readonly FileChange[]): ReadonlyMap<string, ConflictChoice> {
  return new Map(files.flatMap(({ path, decided }) => (decided === undefined ? [] : ([[path, decided]] as const))));
}

/** Made when it is asked for, once. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
