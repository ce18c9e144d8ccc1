import type { Decide } from '../artifacts/plan.ts';
import type { OnDisk } from '../artifacts/propose.ts';
import { checkFormat } from '../catalog/credentials/index.ts';
import { SetupError } from '../errors.ts';
import type { HostFacts } from '../host/facts.ts';
import { Secret } from '../secret.ts';
import { checkValue } from '../secrets/value.ts';
import { type Difference, evolved } from '../stack/evolved.ts';
import { removedWords } from '../stack/instances.ts';
import { overlayAt, valueAt } from '../stack/overlay.ts';
import type { Stack } from '../stack/schema.ts';
import { problemWith, secretProblem } from './accept.ts';
import { layered } from './answers.ts';
import type { World } from './checks.ts';
import { type Draft, draftOf, takeUp, withoutGone } from './draft.ts';
import { fileCheck } from './file-check.ts';
import { createHistory } from './history.ts';
import { createJudging } from './judged.ts';
import { type Layers, NOTHING_DONE, type SetupInput, without } from './layers.ts';
import { createLookout } from './lookout.ts';
import { warningsOf } from './notes.ts';
import { questionsFor, type Resolved, resolve, type Story } from './state.ts';
import type { Resumed, SetupStore } from './types.ts';
import { typedCheck } from './typing.ts';

export type { SetupInput } from './layers.ts';

/** What the wizard knows beyond what faces may: the stack and the secrets that were typed. */
export interface Setup extends SetupStore {
  stack(): Stack;
  /** Secrets entered in this run, to be stored when the files are written. */
  entered(): ReadonlyMap<string, Secret>;
  /** What somebody has to know before a start, the gravest first; the notes of the review hold it too. */
  warnings(): readonly string[];
  /** How the repository differs from the saved stack with this run's answers on it; empty for a new one. */
  differences(): readonly Difference[];
  /**
   * Takes what the look at the machine told; what nobody typed may change with it. While the host is still `pending`,
   * nothing but `more` is new.
   * @throws SetupError where the answers do not fit it.
   */
  observe(host: HostFacts, more?: Partial<Pick<SetupInput, 'kept' | 'disk' | 'look'>>): void;
  /** A file as it was when it was compared; undefined where it was not read. */
  fileSeen(path: string): OnDisk | undefined;
  /** What flags decide about conflicts; the person's own word beats them. */
  heed(decide: Decide): void;
  /** Takes up what an earlier run remembered, and says what of it is no answer any more. */
  resume(draft: Draft, ageMs: number): void;
  /** Says why there is no draft; with `unkept` there is none of this run either. */
  lose(why: string, unkept?: boolean): void;
  /** Calls `keep` now and after every change with what is to be remembered. */
  remember(keep: (draft: Draft | undefined) => void): void;
}

/** The state of a setup under every face: layers of answers over a designed or saved stack. */
export function createSetup(given: SetupInput): Setup {
  const listeners = new Set<() => void>();
  const history = createHistory<Layers>(NOTHING_DONE);
  const observed = createWatch();
  const judging = createJudging();
  let input = given;
  let world: World = { host: given.host, later: new Map() };
  let story: Story = {};
  let place: string | undefined;
  let byFlag: Decide | undefined;
  let cached: Resolved | undefined;
  let keep: (draft: Draft | undefined) => void = () => {};

  const resolved = (layers: Layers): Resolved =>
    resolve(input, layers, world, byFlag, { ...story, ...resumedIn(layers) });
  const current = (): Resolved => {
    cached ??= resolved(history.now());
    return cached;
  };
  const note = (): void => keep(draftOf(history.now(), input, place));
  const tell = (): void => {
    cached = undefined;
    note();
    for (const listener of listeners) listener();
  };
  const update = (next: Partial<Layers>): void => {
    history.add({ ...history.now(), ...next });
    tell();
  };
  const moved = (did: boolean): boolean => {
    if (did) tell();
    return did;
  };
  const lookout = createLookout(
    () => input.look,
    () => world,
    (later) => {
      world = { ...world, later };
      tell();
    },
  );
  const layersWith = (name: string, value: Secret | 'skipped'): Partial<Layers> => ({
    secrets: new Map([...history.now().secrets, [name, value]]),
  });
  const entered = (): ReadonlyMap<string, Secret> =>
    new Map([...history.now().secrets].filter((entry): entry is [string, Secret] => typeof entry[1] !== 'string'));
  current(); // wrong answers or flags are an error now, not when the first screen is drawn
  if (!given.host.pending) observed.end();

  return {
    observed: observed.promise,
    stack: () => current().stack,
    entered,
    fileSeen: (path) => input.disk?.get(path),
    differences: () => (input.saved ? evolved(current().stack, input.facts) : []),
    warnings: () => [
      ...removedWords(current().stack, input.saved),
      ...warningsOf(input.facts, current().stack, !input.saved),
    ],
    getState: () => current().state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change(path, text) {
      const question = questionsFor({ ...input, host: world.host }, current().stack).find((each) => each.path === path);
      if (!question) return `there is no ${path}`;
      const value = question.parse(text);
      const typed = layered(history.now().typed, overlayAt(path, value));
      const problem = secretProblem(path, value) ?? problemWith(input, typed, path, world);
      if (problem === undefined) update({ typed });
      if (problem === undefined) void lookout.at(typed);
      return problem;
    },
    enterSecret(name, value) {
      const checked = checkedValue(name, value);
      if (typeof checked === 'string') return checked;
      const { stack } = current();
      const problem =
        checkFormat(stack.secrets.entries[name]?.format ?? 'any', checked.reveal()) ??
        judging.now(stack, name, new Map([...entered(), [name, checked]]));
      if (problem === undefined) update(layersWith(name, checked));
      return problem;
    },
    skipSecret: (name) => update(layersWith(name, 'skipped')),
    decide: (path, choice) => update({ decided: new Map([...history.now().decided, [path, choice]]) }),
    reset(path) {
      const { typed, secrets, decided } = history.now();
      const name = path.replace(/^secrets\./, '');
      const isTyped = valueAt(typed, path) !== undefined;
      if (!isTyped && !secrets.has(name) && !decided.has(path)) return 'Nothing was changed here.';
      const next: Layers = { typed: without(typed, path), secrets: less(secrets, name), decided: less(decided, path) };
      const problem = isTyped ? problemWith(input, next.typed, path, world) : undefined;
      if (problem === undefined) update(next);
      return problem;
    },
    undo: () => moved(history.back()),
    redo: () => moved(history.forth()),
    async check(path, text) {
      const { stack } = current();
      const name = path.replace(/^secrets\./, '');
      if (name !== path && name in stack.secrets.entries)
        return judging.check(stack, name, text, () => new Map([...entered(), [name, new Secret(text.trim())]]));
      if (path.startsWith('adopt.sqlite.')) return fileCheck(input.facts.root, text);
      await lookout.near(path, text);
      return typedCheck(input, history.now().typed, path, text, world);
    },
    observe(host, more = {}) {
      input = { ...input, ...more };
      world = { ...world, host };
      try {
        tell();
        current();
        if (host.pending) return;
        void lookout.at(current().stack);
        observed.end();
      } catch (error) {
        observed.fail(error);
        throw error;
      }
    },
    heed(decide) {
      byFlag = decide;
      tell();
    },
    visit(where) {
      if (where === place) return;
      place = where;
      note();
    },
    remember(taker) {
      keep = taker;
      note();
    },
    lose(why, unkept = false) {
      story = { ...story, dropped: why, unkept };
      tell();
    },
    resume(draft, ageMs) {
      const {
        layers: taken,
        answers: all,
        aside,
        left,
      } = takeUp(draft, input, (layers) => fits(() => resolved(layers)));
      const { layers, gone } = withoutGone(taken, resolved(taken).stack.secrets.entries);
      const lost = [...left, ...gone.map((name) => `${name} (the program no longer reads it)`)];
      if (lost.length > 0) {
        const dropped = `Left out of your draft: ${lost.join(', ')}. Answer anew what you still want.`;
        story = { ...story, dropped };
      }
      const answers = all - gone.length;
      const resumed: Resumed = { answers, ageMs, ...(draft.place ? { place: draft.place } : {}) };
      place = draft.place;
      history.add({ ...layers, draft: { aside, ...(answers > 0 ? { resumed } : {}) } });
      tell();
    },
    startAfresh() {
      // Whether this run is kept is not about the draft.
      story = story.unkept ? story : {};
      history.add(NOTHING_DONE);
      tell();
    },
  };
}

/** Whether something can be worked out from what is known now. */
function fits(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof SetupError) return false;
    throw error;
  }
}

function resumedIn({ draft }: Layers): Pick<Story, 'resumed'> {
  return draft?.resumed ? { resumed: draft.resumed } : {};
}

/** A promise with its ends in hand (`Promise.withResolvers` is missing from Node 20). */
function createWatch() {
  let end: () => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const promise = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  // Who waits is told; where nobody does it is no crash.
  promise.catch(() => undefined);
  return { promise, end, fail };
}

function less<T>(from: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return new Map([...from].filter(([each]) => each !== key));
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
