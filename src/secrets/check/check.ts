import { type Asking, NotUnderstood, type ProviderCheck } from '../../catalog/credentials/check.ts';
import { checks } from '../../catalog/credentials/checks/index.ts';
import type { Secret } from '../../secret.ts';
import { givenIn } from '../../stack/credentials.ts';
import type { Stack } from '../../stack/schema.ts';
import { type Http, HttpFailure, type HttpResponse } from '../../system/http.ts';
import { basesFor, type Env } from './bases.ts';
import { formProblem, involvedIn, knownIn, subjectOf } from './subject.ts';
import type { Verdict } from './verdict.ts';

// Load this file when it is needed: the arithmetic of keys comes with the checks.

type Values = ReadonlyMap<string, Secret>;

/** What a check may ask; the longest asks three. */
const MOST_REQUESTS = 5;

/**
 * What is wrong with a value as far as it can be told without asking anybody, in words without the value.
 * @param values every known value of the stack, with the new one in its place.
 */
export function judge(stack: Stack, name: string, values: Values): string | undefined {
  const value = values.get(name);
  if (value === undefined) return 'it is empty';
  const known = knownIn(stack, name);
  const problem = formProblem(stack, name, value);
  if (problem !== undefined || known === undefined) return problem;
  return checks.get(known.provider.id)?.judge?.(subjectOf(stack, name, known, values));
}

/** What its provider shows a credential by, which anybody may see; undefined: nothing, or the value is of the wrong form. */
function shownAs(stack: Stack, name: string, values: Values): string | undefined {
  const known = knownIn(stack, name);
  if (known === undefined || !values.has(name) || judge(stack, name, values) !== undefined) return undefined;
  return checks.get(known.provider.id)?.shownAs?.(subjectOf(stack, name, known, values));
}

/**
 * What a person does before a new value can work, with that by which they know it again at the provider.
 * @param values every known value of the stack, with the new one in its place.
 */
export function itemsBefore(stack: Stack, name: string, values: Values): readonly string[] {
  const shown = shownAs(stack, name, values);
  const { before } = involvedIn(stack, name);
  return shown === undefined ? before : before.map((item) => `${item.replace(/\.$/, '')}: ${shown}`);
}

/**
 * Asks the provider whether a credential works, without changing anything there.
 * @param values every known value of the stack, with the new one in its place.
 * @returns undefined where there is nobody to ask; an absent network is the verdict `unknown` and why.
 */
export async function checkCredential(
  stack: Stack,
  name: string,
  values: Values,
  ports: {
    readonly http: Http;
    readonly now: () => number;
    readonly env: Env;
    /** Of which chain the nodes were that are kept, by the name of their address. */
    readonly chains?: ReadonlyMap<string, number>;
  },
): Promise<Verdict | undefined> {
  const known = knownIn(stack, name);
  const check = known && checks.get(known.provider.id);
  if (known === undefined || check === undefined || !values.has(name)) return undefined;
  const problem = judge(stack, name, values);
  if (problem !== undefined) return { level: 'bad', text: problem };
  const { title } = known.provider;
  const subject = subjectOf(stack, name, known, values);
  const findings: Verdict[] = [];
  const readers = asToldTo(stack, name);
  const told = (setting: string) =>
    Object.values(readers.services).find(({ environment }) => environment[setting])?.environment[setting];
  const chainBefore = ports.chains?.get(name);
  for (const base of basesFor(known.provider, readers, ports.env)) {
    const asking = {
      ...subject,
      ...{ base: base.url, testnet: base.testnet, now: ports.now(), told },
      ...(chainBefore === undefined ? {} : { chainBefore }),
    };
    const finding =
      base.named || isPrivate(base.url)
        ? await converse(check, asking, ports.http, title, shownAs(stack, name, values))
        : ({ level: 'unknown', text: `${title} was not asked: its address is not https` } as const);
    if (finding === undefined) return undefined;
    findings.push(finding);
    if (finding.level === 'good' || finding.withdraws) break;
  }
  return strongest(findings);
}

/** The stack as far as those are told who read a secret: instances may be on other networks. */
function asToldTo(stack: Stack, name: string): Stack {
  const readers = givenIn(stack, name);
  if (readers.length === 0) return stack;
  return {
    ...stack,
    services: Object.fromEntries(Object.entries(stack.services).filter(([service]) => readers.includes(service))),
  };
}

/** A refusal that no other network can lift, else that it works on one, else what the likeliest one says. */
function strongest(findings: readonly Verdict[]): Verdict | undefined {
  return (
    findings.find(({ withdraws }) => withdraws) ??
    findings.find(({ level }) => level === 'good') ??
    findings.find(({ level }) => level !== 'unknown') ??
    findings[0]
  );
}

/** Credentials travel encrypted, or stay on this machine. */
function isPrivate(url: string): boolean {
  if (url === '' || /^(?:https|wss):\/\//.test(url)) return true;
  return /^(?:http|ws):\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?:[:/]|$)/.test(url);
}

async function converse(
  check: ProviderCheck,
  asking: Asking,
  http: Http,
  title: string,
  shown: string | undefined,
): Promise<Verdict | undefined> {
  const answers: HttpResponse[] = [];
  try {
    while (answers.length < MOST_REQUESTS) {
      const next = check.ask(asking, answers);
      if (next === undefined || 'level' in next) return next;
      answers.push(await http(next));
    }
  } catch (error) {
    if (error instanceof HttpFailure)
      return {
        level: 'unknown',
        text: `${title} could not be asked${shown === undefined ? '' : ` about ${shown}`}: ${error.message}`,
      };
    if (!(error instanceof NotUnderstood)) throw error;
  }
  return { level: 'unknown', text: `${title} gave an answer that says nothing${status(answers.at(-1))}` };
}

function status(answer: HttpResponse | undefined): string {
  if (answer === undefined || answer.status === 200 || answer.status === 101) return '';
  const { status: code } = answer;
  if (code >= 300 && code < 400) return ` (${code}, a redirect, which is not followed)`;
  if (code === 429) return ' (429, too many requests)';
  return code >= 500 ? ` (${code}, it has trouble of its own)` : ` (${code})`;
}
