import { checkFormat } from '../../catalog/credentials/index.ts';
import { SetupError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { involvedIn, knownIn } from '../../secrets/check/subject.ts';
import type { Verdict } from '../../secrets/check/verdict.ts';
import type { Kept } from '../../secrets/store.ts';
import { checkValue } from '../../secrets/value.ts';
import type { Stack } from '../../stack/schema.ts';
import { endOf } from './end.ts';
import { isFinal, type Preview, planOf } from './plan.ts';
import { isMade, rotationRows } from './rows.ts';
import type { Entering, RotationPlan, RotationStage, RotationState, RotationStore } from './types.ts';

/** What a rotation asks for when it is agreed; the same as `RotationRequest` of the operation. */
export interface Agreed {
  readonly values: ReadonlyMap<string, Secret>;
  readonly expires: ReadonlyMap<string, string>;
  readonly compromised: boolean;
  readonly acceptUnreadable: readonly string[];
}

/** What the wizard needs of the world. */
export interface RotationPorts {
  readonly now: () => number;
  /** A new value for a secret that is made here. */
  readonly make: (name: string) => Secret;
  /** What is wrong with the value of a secret, by rules alone. */
  readonly judge: (
    name: string,
    values: ReadonlyMap<string, Secret>,
  ) => string | undefined | Promise<string | undefined>;
  /** What its provider says; undefined: nobody is asked. */
  readonly check: (name: string, values: ReadonlyMap<string, Secret>) => Promise<Verdict | undefined>;
  /** What would be done; touches nothing. */
  readonly preview: (request: Agreed) => Promise<Preview>;
}

export interface RotationInput {
  readonly stack: Stack;
  readonly kept: readonly Kept[];
  /** Named on the command line: the choice is made. */
  readonly names: readonly string[];
  readonly compromised: boolean;
  /** New values that came by another way, e.g. from a file. */
  readonly given: ReadonlyMap<string, Secret>;
  readonly acceptUnreadable: readonly string[];
  readonly ports: RotationPorts;
}

/** The wizard with the side that only the command sees. */
export interface Rotation extends RotationStore {
  /** The store is open: its values, which checks need beside the new one. */
  unlocked(values: ReadonlyMap<string, Secret>): void;
  /** What was agreed to. */
  agreed(): Agreed;
}

/** The wizard of a rotation: state and intents under every face. */
export function createRotation(input: RotationInput): Rotation {
  const { stack, ports } = input;
  const listeners = new Set<() => void>();
  const chosen = new Set(input.names);
  const fresh = new Map(input.given);
  const verdicts = new Map<string, Verdict>();
  let compromised = input.compromised;
  let stage: RotationStage = input.names.length > 0 ? 'unlock' : 'choose';
  let current: ReadonlyMap<string, Secret> | undefined;
  let at = 0;
  let judged: Pick<Entering, 'state' | 'said'> = { state: 'open', said: '' };
  let plan: RotationPlan | undefined;
  let problem = '';
  /** Answers to older questions are not waited for any more. */
  let asked = 0;
  let state: RotationState | undefined;

  const change = (): void => {
    state = undefined;
    for (const listener of [...listeners]) listener();
  };
  const order = (): readonly string[] => Object.keys(stack.secrets.entries).filter((name) => chosen.has(name));
  const entered = (): readonly string[] => order().filter((name) => !isMade(stack, name) && !input.given.has(name));
  /** Encrypted data without a command that encrypts it again: a decision of its own. */
  const unreadable = (): readonly string[] =>
    order().filter((name) => involvedIn(stack, name).unreadable !== undefined && !stack.secrets.commands?.reencrypt);
  const word = (): string | undefined => {
    const [lost] = unreadable();
    if (lost !== undefined) return lost;
    if (stack.mode === 'live') return 'LIVE';
    return isFinal(stack, order(), compromised) ? 'REPLACE' : undefined;
  };
  const request = (): Agreed => ({
    values: new Map(order().flatMap((name) => (fresh.has(name) ? [[name, fresh.get(name) ?? new Secret('')]] : []))),
    expires: new Map(
      order().flatMap((name) => {
        const end = endOf(stack, name, verdicts.get(name), ports.now());
        return end === undefined ? [] : [[name, end] as const];
      }),
    ),
    compromised,
    acceptUnreadable: [...new Set([...input.acceptUnreadable, ...unreadable()])],
  });
  const withFresh = (name: string, value: Secret): ReadonlyMap<string, Secret> =>
    new Map([...(current ?? []), ...fresh, [name, value]]);

  const makePlan = async (): Promise<void> => {
    stage = 'planning';
    problem = '';
    plan = undefined;
    asked += 1;
    const mine = asked;
    for (const name of order()) if (isMade(stack, name) && !fresh.has(name)) fresh.set(name, ports.make(name));
    change();
    const wanted = request();
    try {
      const preview = await ports.preview(wanted);
      if (mine !== asked) return;
      plan = planOf(stack, order(), preview);
      stage = 'plan';
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      if (mine !== asked) return;
      problem = [error.message, ...error.next].join('\n');
      stage = 'plan';
    }
    change();
  };
  const enterAt = (next: number): void => {
    at = next;
    judged = { state: 'open', said: '' };
    asked += 1;
    if (at < entered().length) {
      stage = 'enter';
      change();
    } else void makePlan();
  };
  const begin = (): void => {
    if (current) enterAt(0);
    else {
      stage = 'unlock';
      change();
    }
  };
  const say = (next: typeof judged): void => {
    judged = next;
    change();
  };

  /** As it would be kept; undefined: nothing could carry it, and that is said. */
  const tidied = (name: string, given: Secret): Secret | undefined => {
    try {
      return checkValue(name, given, formatOf(stack, name));
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      asked += 1;
      say({ state: 'bad', said: error.message });
      return undefined;
    }
  };

  /** Rules first, then the provider. @returns whether the value can be taken. */
  const examine = async (name: string, value: Secret): Promise<boolean> => {
    asked += 1;
    const mine = asked;
    const values = withFresh(name, value);
    const wrong = checkFormat(formatOf(stack, name), value.reveal()) ?? (await ports.judge(name, values));
    if (mine !== asked) return false;
    if (wrong !== undefined) {
      say({ state: 'bad', said: `${wrong}.` });
      return false;
    }
    if (current?.get(name)?.reveal() === value.reveal()) {
      say({ state: 'bad', said: 'it is the value that is in force already.' });
      return false;
    }
    say({ state: 'asking', said: 'Asking the provider.' });
    const verdict = await ports.check(name, values);
    // Something else was typed meanwhile.
    if (mine !== asked) return false;
    if (verdict) verdicts.set(name, verdict);
    else verdicts.delete(name);
    say(judgedBy(verdict));
    return verdict?.level !== 'bad';
  };

  return {
    getState: () => (state ??= snapshot()),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    toggle(name) {
      if (!chosen.delete(name)) chosen.add(name);
      problem = '';
      change();
    },
    compromise() {
      compromised = !compromised;
      change();
    },
    choose() {
      if (chosen.size === 0) {
        problem = 'Nothing is chosen.';
        return change();
      }
      problem = '';
      begin();
    },
    look(text, whole) {
      const name = entered()[at];
      if (name === undefined) return;
      const value = whole ? tidied(name, new Secret(text)) : undefined;
      if (value) void examine(name, value);
      if (whole) return;
      asked += 1;
      const format = formatOf(stack, name);
      const wrong = text === '' || format === 'any' ? undefined : checkFormat(format, text);
      say({ state: 'open', said: wrong === undefined ? '' : `${wrong}.` });
    },
    async enter(given) {
      const name = entered()[at];
      if (name === undefined || stage !== 'enter') return;
      const value = tidied(name, given);
      if (!value) return;
      const isWarned = judged.state === 'warned' && fresh.get(name)?.reveal() === value.reveal();
      const isTaken = isWarned || (await examine(name, value));
      if (!isTaken) return;
      fresh.set(name, value);
      // What is only warned of is read before it is taken: Enter once more.
      if (judged.state === 'warned' && !isWarned) return;
      enterAt(at + 1);
    },
    back() {
      asked += 1;
      problem = '';
      if (stage === 'enter' && at > 0) return enterAt(at - 1);
      if ((stage === 'plan' || stage === 'planning') && entered().length > 0) return enterAt(entered().length - 1);
      stage = 'choose';
      change();
    },
    agree(typed) {
      if (stage !== 'plan' || !plan) return false;
      const wanted = word();
      if (wanted !== undefined && typed.trim() !== wanted) {
        problem = `Type ${wanted} to go on; esc goes back.`;
        change();
        return false;
      }
      stage = 'agreed';
      change();
      return true;
    },
    unlocked(values) {
      current = values;
      begin();
    },
    agreed: request,
  };

  function snapshot(): RotationState {
    const name = entered()[at];
    return {
      name: stack.name,
      mode: stack.mode,
      stage,
      compromised,
      rows: rotationRows(stack, input.kept, chosen),
      ...(stage === 'enter' && name !== undefined ? { entering: enteringOf(name) } : {}),
      ...(plan ? { plan } : {}),
      word: word(),
      problem,
    };
  }

  function enteringOf(name: string): Entering {
    const known = knownIn(stack, name)?.credential;
    return {
      name,
      about: known?.about ?? stack.secrets.entries[name]?.about ?? '',
      from: known?.from ?? 'where it was made',
      ...(known?.scope === undefined ? {} : { scope: known.scope }),
      several: formatOf(stack, name) === 'pem-private-key',
      at: at + 1,
      of: entered().length,
      ...judged,
    };
  }
}

function formatOf(stack: Stack, name: string) {
  return stack.secrets.entries[name]?.format ?? 'any';
}

function judgedBy(verdict: Verdict | undefined): Pick<Entering, 'state' | 'said'> {
  if (!verdict) return { state: 'good', said: 'Its form is right; nobody can be asked whether it works.' };
  if (verdict.level === 'good') return { state: 'good', said: verdict.text };
  return { state: verdict.level === 'bad' ? 'bad' : 'warned', said: verdict.text };
}
