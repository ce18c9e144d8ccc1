import { resolve } from 'node:path';
import type { RepoFacts } from '../detect/facts.ts';
import type { ContainerFact, SystemFacts } from '../host/facts.ts';
import { containerWords, processWords, sqliteWords, unitWords } from '../host/words.ts';
import { contractFindings, contractOf } from '../stack/contract.ts';
import { notStarted } from '../stack/design/programs.ts';
import { differenceWords, evolved } from '../stack/evolved.ts';
import { inspect, isLoopback } from '../stack/inspect.ts';
import { instanceWords, removedWords } from '../stack/instances.ts';
import type { Stack } from '../stack/schema.ts';
import { missingVariables } from '../stack/variables.ts';
import { mended } from './mended.ts';

/** Which screen a warning of detection belongs to, by the start of its code. */
const PLACES: readonly (readonly [start: string, section: string])[] = [
  ['lockfile', 'Build'],
  ['migration', 'Database'],
  // A stack whose programs keep their own databases has no screen of that name.
  ['database-without-schema', 'Services'],
  ['database', 'Database'],
  ['api', 'Ports'],
  ['listen', 'Ports'],
  ['env', 'Credentials'],
  ['dotenv', 'Credentials'],
  ['flake', 'Build'],
  ['sqlx', 'Build'],
  ['compile', 'Build'],
  ['submodule', 'Build'],
  ['config-secret', 'Credentials'],
];

function placeOf(code: string): string {
  return PLACES.find(([start]) => code.startsWith(start))?.[1] ?? 'Repository';
}

/** What was observed on the machine, and whether the stack is designed anew: an old one has its data already. */
export interface NotedHost {
  readonly system: SystemFacts | undefined;
  readonly isNew: boolean;
  /** The stack as it was before this run. */
  readonly saved?: Stack | undefined;
}

type Note = readonly [section: string, text: string];

/** What runs already, without this very stack. */
function runningNotes({ running }: SystemFacts, stack: Stack): readonly Note[] {
  const containers = running.containers.filter((fact) => fact.stack !== stack.id);
  return [
    ...running.processes.map((fact) => `Runs already: ${processWords(fact)}.`),
    ...containerNotes(containers),
    ...running.units.map((fact) => `There is the ${unitWords(fact)} (${fact.path}).`),
  ].map((text) => ['Repository', text] as const);
}

/** From so many on the containers of a project are told of together. */
const MANY = 3;

/** One note a container, and one for all of a project that has many. */
function containerNotes(containers: readonly ContainerFact[]): readonly string[] {
  const state = ({ running }: ContainerFact) => (running ? 'Runs already' : 'Stopped, and there');
  const groupOf = (fact: ContainerFact) => `${state(fact)} ${fact.project ?? fact.name}`;
  return [...new Set(containers.map(groupOf))].flatMap((group) => {
    const facts = containers.filter((fact) => groupOf(fact) === group);
    const [first] = facts;
    if (!first || facts.length < MANY) return facts.map((fact) => `${state(fact)}: ${containerWords(fact)}.`);
    const programs = facts.map(({ program, subcommand, image }) =>
      [program ?? image, subcommand].filter(Boolean).join(' '),
    );
    return [
      `${state(first)}: ${facts.length} containers of Compose project ${first.project} (${programs.join(', ')}).`,
    ];
  });
}

/** Data that is there, and what becomes of it. */
function dataNotes({ existing }: SystemFacts, { adopt }: Stack, root: string): readonly Note[] {
  const taken = Object.values(adopt?.sqlite ?? {}).map((path) => resolve(root, path));
  const files = existing.sqlite.map((fact) => {
    const words = sqliteWords(fact);
    if (!taken.includes(fact.path)) return `There is ${words}; it is not taken over.`;
    const first = fact.openIn.length === 0 ? '' : ` Stop ${fact.openIn.join(', ')} before the deploy.`;
    return `${words} is copied once, when the data volume is made; the original stays as it is.${first}`;
  });
  const databases = existing.volumes.filter(({ holds }) => holds === 'database');
  const volumes = databases.map(({ name }) =>
    name === adopt?.database?.volume
      ? `The volume ${name} is copied once, when the volume of the database is made; it stays as it is.`
      : `There is the volume ${name} with a database; it is not taken over.`,
  );
  return [...files.map((text) => ['Services', text] as const), ...volumes.map((text) => ['Database', text] as const)];
}

/** Programs that would run on, and that this stack leaves out. */
function leftOutNotes(facts: RepoFacts, stack: Stack): readonly Note[] {
  return notStarted(facts, stack).map(({ name, binary, args }) => [
    'Services',
    `not started: ${name} (runs ${[binary, ...args].join(' ')}): add it under services:`,
  ]);
}

/** Config files that the program reads and that an image must not hold. */
function keptOutNotes({ config, warnings }: RepoFacts, { build }: Stack): readonly Note[] {
  const secret = new Set(warnings.flatMap(({ code, evidence }) => (code === 'config-secret' ? evidence?.file : [])));
  // No program reads an example.
  const out = config.files.filter(
    ({ path, private: isPrivate }) => isPrivate && build.exclude.includes(path) && !path.includes('example'),
  );
  return out.map(({ path }) => [
    'Build',
    secret.has(path)
      ? `${path} holds a secret and stays out of the image: the program will not find it; take the secret out of it, or give its keys by the environment`
      : `git leaves ${path} out, and so does the image: the program will not find it; give its keys by the environment`,
  ]);
}

/** How the repository differs from a stack that was saved for it; nothing of it is applied by itself. */
function differenceNotes(facts: RepoFacts, stack: Stack, asked: ReadonlySet<string>): readonly Note[] {
  return evolved(stack, facts)
    .filter(({ code, path }) => code !== 'service-new' && !asked.has(path))
    .map((difference) => {
      const place = difference.path.startsWith('build.')
        ? 'Build'
        : difference.path.startsWith('database.')
          ? 'Database'
          : 'Services';
      return [place, differenceWords(difference)] as const;
    });
}

/** What somebody has to know before a start, the gravest first: each with the screen that it belongs to. */
function warningNotes(facts: RepoFacts, stack: Stack, isNew: boolean): readonly Note[] {
  const left = facts.warnings.filter((warning) => mended(facts, stack, warning) === undefined);
  const detected = left.map(({ code, message, evidence }): Note => {
    const where = evidence ? ` (${evidence.file}:${evidence.line})` : '';
    return [placeOf(code), `${message}${where}`];
  });
  // Those have a line of their own, which is open.
  const asked = new Set(missingVariables(stack).map(({ path }) => path));
  return [
    ...(isNew ? [] : differenceNotes(facts, stack, asked)),
    ...contractFindings(contractOf(facts, stack))
      .filter(({ path }) => !asked.has(path))
      // Of a saved stack it is said as a difference, with what it likely became.
      .filter(({ path }) => isNew || path.startsWith('tui.'))
      .map(({ message }) => ['Services', message] as const),
    ...leftOutNotes(facts, stack),
    ...keptOutNotes(facts, stack),
    ...detected,
  ];
}

/** What detection warns of and the stack takes care of. */
function mendedNotes(facts: RepoFacts, stack: Stack): readonly Note[] {
  return facts.warnings.flatMap((warning) => {
    const text = mended(facts, stack, warning);
    return text === undefined ? [] : [[placeOf(warning.code), text] as const];
  });
}

/** The warnings among the notes, each one line, for a run in which nobody sees the review. */
export function warningsOf(facts: RepoFacts, stack: Stack, isNew: boolean): readonly string[] {
  const found = inspect(stack).filter(({ level }) => level === 'warning');
  return [
    ...found.map(({ path, message }) => `${path}: ${message}`),
    ...warningNotes(facts, stack, isNew).map(([, text]) => text),
  ];
}

/** What stands under a screen: what warns first, then what is only good to know. */
export interface SectionNotes {
  readonly notes: readonly string[];
  readonly grave: number;
}

/** What the decisions themselves give to think about, the gravest first. */
function decisionNotes(stack: Stack): readonly Note[] {
  const { account, ports, secrets } = stack;
  return [
    ...inspect(stack).map(({ level, path, message }) => ['Repository', `${level}: ${path}: ${message}`] as const),
    ...(account?.onlyTrader === false
      ? [
          [
            'Repository',
            'Something else trades on this account: the LIVE start is refused until it has stopped.',
          ] as const,
        ]
      : []),
    ...(isLoopback(ports.bind) ? [] : [['Ports', `${ports.bind} can be reached from other machines.`] as const]),
    ...(secrets.store === 'vault' && secrets.unlock === 'key-file'
      ? [
          [
            'Secrets',
            'The vault opens with a key file on this disk: whoever can read your files can read the secrets.',
          ] as const,
        ]
      : []),
  ];
}

/** The notes under each screen: what detection warns of, what the stack says, and what follows from it. */
export function notesOf(
  facts: RepoFacts,
  stack: Stack,
  modeReason: string,
  { system, isNew, saved }: NotedHost,
): ReadonlyMap<string, SectionNotes> {
  const running = system ? runningNotes(system, stack) : [];
  const grave = [...decisionNotes(stack), ...running, ...warningNotes(facts, stack, isNew)];
  const light: readonly Note[] = [
    ...(modeReason === '' ? [] : [['Repository', modeReason] as const]),
    ...mendedNotes(facts, stack),
    ...[...removedWords(stack, saved), ...instanceWords(stack)].map((text) => ['Services', text] as const),
    ...(system && isNew ? dataNotes(system, stack, facts.root) : []),
  ];
  const under = (notes: readonly Note[], title: string) =>
    notes.filter(([section]) => section === title).map(([, text]) => text);
  const titles = new Set([...grave, ...light].map(([section]) => section));
  return new Map(
    [...titles].map((title) => {
      const warnings = under(grave, title);
      return [title, { notes: [...warnings, ...under(light, title)], grave: warnings.length }] as const;
    }),
  );
}
