import * as z from 'zod';
import { isReadByLibraries } from '../catalog/variables.ts';
import type { EnvFact, RepoFacts, ServiceFact } from '../detect/facts.ts';
import { serviceOf } from './design/programs.ts';
import type { Finding } from './inspect.ts';
import { secretsIn, TUI } from './names.ts';
import type { Stack } from './schema.ts';

const text = z.string();

const LineSchema = z
  .object({
    name: text,
    state: z
      .enum(['given', 'default', 'left-out', 'needed', 'missing', 'unread'])
      .describe(
        'given: read and given; default: not given, the program has its own; left-out: not given, and nothing is lost; needed: required, and there is no stack yet; missing: required and not given; unread: given, and nothing reads it',
      ),
    required: z.boolean(),
    secret: z.boolean(),
    default: text.optional(),
    from: text.optional().describe('what gives it, in words'),
    read: z
      .object({ file: text, line: z.int().min(1) })
      .readonly()
      .optional()
      .describe('where it is read'),
  })
  .readonly();

/** The schema of the contract in `inspect --json`: what each service reads, what it is given, and from where. */
export const Contract = z
  .array(z.object({ service: text, runs: text, variables: z.array(LineSchema).readonly() }).readonly())
  .readonly()
  .describe('the environment of each service: what it reads and what it is given');

export type Contract = z.infer<typeof Contract>;
export type ContractLine = z.infer<typeof LineSchema>;

/** A variable that a service is given by the stack. */
export interface GivenVariable {
  readonly name: string;
  /** A plain value, or the text with the secrets in it. */
  readonly value: string;
  /** Names of the secrets in it; empty for a plain setting. */
  readonly secrets: readonly string[];
}

/** The given side of the contract: the environment of one service, settings before secrets. */
export function givenTo(stack: Stack, service: string): readonly GivenVariable[] {
  const own: Partial<Stack['services'][string]> | undefined = stack.services[service];
  const { environment = service === TUI ? (stack.tui.environment ?? {}) : {}, secrets = {} } = own ?? {};
  return [
    ...Object.entries(environment).map(([name, value]) => ({ name, value, secrets: [] })),
    ...Object.entries(secrets).map(([name, value]) => ({ name, value, secrets: secretsIn(value) })),
  ];
}

/** Something that runs, as far as the contract needs it. */
interface Program {
  readonly service: string;
  readonly binary: string;
  readonly args: readonly string[];
  /** What it is not given on purpose may be missing: a terminal trades nothing. */
  readonly isTerminal: boolean;
}

/** What each service reads and what it is given. Without a stack only what the repository says. Pure. */
export function contractOf(facts: RepoFacts, stack?: Stack): Contract {
  return programsOf(facts, stack).map((program) => {
    const known = serviceOf(facts, program);
    const reads = readBy(facts, program, known);
    const given = stack ? givenTo(stack, program.service) : [];
    return {
      service: program.service,
      runs: [program.binary, ...program.args].join(' '),
      variables: [
        ...reads.map((fact) => readLine(fact, program, stack, given)),
        ...given
          .filter(({ name }) => !reads.some((fact) => fact.name === name))
          .map((variable) => givenLine(facts, program, stack, variable)),
      ],
    };
  });
}

function programsOf(facts: RepoFacts, stack: Stack | undefined): Program[] {
  if (!stack)
    return facts.services.map(({ name, binary, args, kind }) => ({
      service: name,
      binary,
      args,
      isTerminal: kind === 'tui',
    }));
  const services = Object.entries(stack.services).map(([service, { binary, args }]) => ({
    ...{ service, binary, args },
    isTerminal: false,
  }));
  const { tui } = stack;
  return tui.access === 'none'
    ? services
    : [...services, { service: TUI, binary: tui.binary, args: tui.args, isTerminal: true }];
}

/** Living reads, each as the service itself does them; of a program that was not recognised those of its binary. */
function readBy({ env }: RepoFacts, { binary }: Program, known: ServiceFact | undefined): EnvFact[] {
  const alive = env.filter((fact) => !fact.dead && fact.readBy.includes(binary));
  if (known === undefined) return alive;
  return alive
    .filter(({ services }) => services.includes(known.name))
    .map(({ default: fallback, ...fact }) => {
      const own = fact.perService?.find(({ service }) => service === known.name);
      if (own === undefined) return { ...fact, ...(fallback !== undefined && { default: fallback }) };
      const { required, evidence = fact.evidence } = own;
      return { ...fact, required, evidence, ...(own.default !== undefined && { default: own.default }) };
    });
}

function readLine(
  { name, required, secret, default: fallback, evidence, key }: EnvFact,
  { isTerminal }: Program,
  stack: Stack | undefined,
  given: readonly GivenVariable[],
): ContractLine {
  const own = given.find((variable) => variable.name === name);
  const isTold = own !== undefined || (key !== undefined && given.some((each) => holdsKey(each, name, key)));
  const line = { name, required, secret, ...(fallback !== undefined && { default: fallback }), read: evidence };
  if (own && stack) return { ...line, state: 'given', from: wordsOf(stack, own) };
  if (isTold) return { ...line, state: 'given', from: 'the table that it is in' };
  if (required && !isTerminal) return { ...line, state: stack ? 'missing' : 'needed' };
  return { ...line, state: fallback === undefined ? 'left-out' : 'default' };
}

/** `APP_DATABASE={url="…"}` gives the key `database.url` too. */
function holdsKey({ name, value }: GivenVariable, read: string, key: string): boolean {
  const last = key.split('.').at(-1) ?? '';
  return value.startsWith('{') && read.startsWith(name) && value.includes(`${last}=`);
}

function givenLine(
  facts: RepoFacts,
  { binary }: Program,
  stack: Stack | undefined,
  variable: GivenVariable,
): ContractLine {
  const { name, secrets } = variable;
  const isKnown =
    isReadByLibraries(name) ||
    facts.envPrefixes.some((prefix) => name.startsWith(prefix.name)) ||
    // It is there for the program that logs in, which runs in a container like this one.
    isReadByHelper(facts, name) ||
    // Of a program that is not built here nothing is known.
    !facts.binaries.some(({ bin }) => bin === binary);
  return {
    name,
    state: isKnown ? 'given' : 'unread',
    required: false,
    secret: secrets.length > 0,
    ...(stack && { from: wordsOf(stack, variable) }),
  };
}

function isReadByHelper({ helpers, env }: RepoFacts, name: string): boolean {
  const binaries = helpers.filter(({ kind }) => kind === 'login').map(({ binary }) => binary);
  return env.some((fact) => fact.name === name && !fact.dead && fact.readBy.some((each) => binaries.includes(each)));
}

function wordsOf(stack: Stack, { value, secrets }: GivenVariable): string {
  if (secrets.length === 0) return `${oneLine(value)} in trading-setup.yaml`;
  const names = secrets.map((name) => {
    const entry = stack.secrets.entries[name];
    return `${name} (${entry?.kind ?? 'entered'}, ${entry?.required ? 'required' : 'optional'})`;
  });
  return `secret ${names.join(', ')}`;
}

function oneLine(value: string): string {
  return value.replace(/\s*[\r\n]+\s*/g, ' ⏎ ');
}

/** What does not fit between what is read and what is given. */
export function contractFindings(contract: Contract): readonly Finding[] {
  return contract.flatMap(({ service, variables }) =>
    variables.flatMap(({ name, state, secret, read }): Finding[] => {
      const path = service === TUI ? `tui.environment.${name}` : `services.${service}.environment.${name}`;
      const where = read ? ` (${read.file}:${read.line})` : '';
      if (state === 'missing')
        return [
          {
            level: 'warning',
            path,
            message: secret
              ? `${service} needs the secret ${name}${where}, and nothing gives it. Add it to services.${service}.secrets`
              : `${service} needs ${name}${where}, and nothing gives it. Say it: --set ${path}=VALUE`,
          },
        ];
      if (state !== 'unread') return [];
      return [{ level: 'warning', path, message: `${service} is given ${name}, and nothing in its code reads it` }];
    }),
  );
}

const STATES = {
  given: 'given',
  default: 'its own default',
  'left-out': 'optional, not given',
  needed: 'required',
  missing: 'REQUIRED, and nothing gives it',
  unread: 'given, and nothing reads it',
} as const;

/** The contract as text: one line for each variable of each service. */
export function printContract(contract: Contract): string {
  return contract
    .filter(({ variables }) => variables.length > 0)
    .flatMap(({ service, runs, variables }) => [
      `${service} (${runs})`,
      ...variables.map(({ name, state, from, default: fallback, read }) => {
        const value = from ?? (state === 'default' ? fallback : undefined);
        const where = read ? `  (${read.file}:${read.line})` : '';
        return `  ${name}: ${STATES[state]}${value === undefined ? '' : `, ${value}`}${where}`;
      }),
    ])
    .join('\n');
}
