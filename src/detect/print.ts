import { databaseKey } from './databases.ts';
import type { Confidence, Evidence, RepoFacts } from './facts.ts';

function at(evidence: Evidence | undefined, confidence?: Confidence): string {
  const sure = confidence === 'guess' ? ', a guess' : '';
  return evidence ? `  (${evidence.file}:${evidence.line}${sure})` : '';
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/** What a fact was believed over, for whoever wonders. */
function over(
  alternatives: readonly { readonly value: string; readonly why: string; readonly evidence?: Evidence | undefined }[],
): string {
  const [first] = alternatives;
  return first === undefined ? '' : `; not ${first.value}${at(first.evidence).trimEnd()}, because ${first.why}`;
}

function envLine(fact: RepoFacts['env'][number]): string {
  const { name, required, default: fallback, secret, dead, services, readBy, evidence, confidence } = fact;
  const readers = services.length > 0 ? services : readBy;
  const words = [
    dead ? 'read by dead code only' : required ? 'required' : 'optional',
    ...(secret ? ['secret'] : []),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
    ...(dead || readers.length === 0 ? [] : [`read by ${readers.join(', ')}`]),
  ];
  return `${name}: ${words.join(', ')}${over(fact.over)}${at(evidence, confidence)}`;
}

function databaseLine(fact: RepoFacts['databases'][number]): string {
  const { kind, via, url, openedBy, evidence, confidence } = fact;
  const told = 'code' in via ? `written in the code, ${via.code}` : `by ${databaseKey(fact)}`;
  const fallback = url === undefined || 'code' in via ? '' : `, default ${url}`;
  const opened = openedBy.length === 0 ? '' : `, opened by ${openedBy.join(', ')}`;
  return `${kind} ${told}${fallback}${opened}${over(fact.over)}${at(evidence, confidence)}`;
}

const WORKS = {
  api: 'drives the daemon by its API',
  database: 'looks into the database',
  'own-state': 'has a state of its own: it does not show what the daemon does',
} as const;

function serviceLine(service: RepoFacts['services'][number]): string {
  const { name, binary, args, kind, signals, works, evidence, confidence } = service;
  const runs = [binary, ...args].join(' ');
  const words = [
    kind,
    ...(runs === name ? [] : [`runs ${runs}`]),
    `${signals.join(' and ') || 'no signal'} handled`,
    ...(works === undefined ? [] : [WORKS[works]]),
  ];
  return `${name}: ${words.join(', ')}${at(evidence, confidence)}`;
}

function portLine({ port, host, key, env, listen, evidence, over: beaten }: RepoFacts['ports'][number]): string {
  const told = key ?? env ?? listen?.name;
  return `${host === undefined ? '' : `${host.includes(':') ? `[${host}]` : host}:`}${port}${told === undefined ? '' : ` by ${told}`}${over(beaten)}${at(evidence)}`;
}

function helperLine({ name, binary, args, kind, evidence, confidence }: RepoFacts['helpers'][number]): string {
  const runs = [binary, ...args].join(' ');
  const words = [...(kind === 'login' ? ['logs in'] : []), ...(runs === name ? [] : [`runs ${runs}`])];
  return `${name}${words.length === 0 ? '' : `: ${words.join(', ')}`}${at(evidence, kind === 'login' ? confidence : undefined)}`;
}

const MIGRATES = {
  run: 'applied by the program',
  tests: 'applied by its tests only',
  never: 'applied by nothing in the code',
} as const;

function sqlxLines({ sqlx }: RepoFacts): readonly string[] {
  if (sqlx === undefined) return [];
  const { checked, offline, folder, migrates, evidence } = sqlx;
  return [
    ...(folder === undefined ? [] : [`migrations in ${folder}: ${MIGRATES[migrates]}`]),
    ...(checked === 0
      ? []
      : [
          `query! in ${checked} places, ${offline ? 'checked by .sqlx' : 'checked against a database while compiling'}${at(evidence)}`,
        ]),
  ];
}

const UNFIT = { 'other-system': 'not for Linux', script: 'a script', image: 'an image of a container' } as const;

function nixLines({ nix }: RepoFacts): readonly string[] {
  if (nix === undefined) return [];
  const loose = nix.inputs.filter(({ locked }) => !locked).map(({ name }) => name);
  const outputs = nix.outputs.map(({ kind, name, legacy, holds, unfit, evidence }) => {
    const style = legacy ? ' (old style)' : '';
    return `${kind} ${name}${style}${holds.length === 0 ? '' : `: with ${holds.join(', ')}`}${unfit ? `, ${UNFIT[unfit]}` : ''}${at(evidence)}`;
  });
  const locked =
    nix.inputs.length === 0
      ? []
      : [`inputs: ${loose.length === 0 ? 'all locked' : `not locked: ${loose.join(', ')}`}${at(nix.evidence)}`];
  return [...outputs, ...locked];
}

function inputLine({
  path,
  by,
  present,
  tracked,
  submodule,
  task,
  evidence,
  confidence,
}: RepoFacts['compileInputs'][number]): string {
  const words = [
    `by ${by}`,
    present ? (tracked ? 'there' : 'there, not in git') : 'missing',
    ...(submodule === undefined ? [] : [`in the submodule ${submodule}`]),
    ...(task === undefined ? [] : [`made by ${task}`]),
  ];
  return `${path}: ${words.join(', ')}${at(evidence, confidence)}`;
}

function dotenvLine({ dotenv }: RepoFacts): readonly string[] {
  if (dotenv === undefined) return [];
  const beats = dotenv.override ? 'beats' : 'fills in';
  return [`.env in the working directory ${beats} the environment${at(dotenv.evidence)}`];
}

/** The facts as text, one line each with where it was read. */
export function printFacts(facts: RepoFacts): string {
  return [
    `${facts.name}: ${facts.workspace.kind}, Cargo.lock ${facts.lockfile}`,
    ...section(
      'Binaries',
      facts.binaries.map(({ bin, package: from, evidence }) => `${bin} of package ${from}${at(evidence)}`),
    ),
    ...section('Services', facts.services.map(serviceLine)),
    ...section('Run by a person', facts.helpers.map(helperLine)),
    ...section('Ports', facts.ports.map(portLine)),
    ...section(
      'Routes',
      facts.routes.map(
        ({ method, path, mounted, evidence }) => `${method} ${path}${mounted ? '' : ' (never mounted)'}${at(evidence)}`,
      ),
    ),
    ...section('Databases', facts.databases.map(databaseLine)),
    ...section('SQL', [...facts.migrations.map(({ kind, path }) => `${kind}: ${path}`), ...sqlxLines(facts)]),
    ...section('Nix', nixLines(facts)),
    ...section(
      'Tasks',
      facts.tasks.map(
        ({ command, makes, evidence, confidence }) =>
          `${command}${makes.length === 0 ? '' : `: makes ${makes.join(', ')}`}${at(evidence, confidence)}`,
      ),
    ),
    ...section('Read by the compiler', facts.compileInputs.map(inputLine)),
    ...section(
      'Submodules',
      facts.submodules.map(
        ({ path, url, checkedOut, evidence }) =>
          `${path}${url === undefined ? '' : ` of ${url}`}: ${checkedOut ? 'checked out' : 'not checked out'}${at(evidence)}`,
      ),
    ),
    ...section('Environment', [...facts.env.map(envLine), ...dotenvLine(facts)]),
    ...section(
      'Environment by prefix',
      facts.envPrefixes.map(({ name, library, evidence }) => `${name}… (${library})${at(evidence)}`),
    ),
    ...section(
      'Environment of the build',
      facts.buildEnv.map(
        ({ name, required, evidence }) => `${name}: ${required ? 'required' : 'optional'}${at(evidence)}`,
      ),
    ),
    ...section(
      'Paper or live',
      facts.switches.map(
        ({ name, paper, value, evidence }) =>
          `${name}: ${paper} is paper${value === undefined ? '' : `, now ${value}`}${at(evidence)}`,
      ),
    ),
    ...section(
      'Endpoints',
      facts.endpoints.map(({ url, testnet, evidence }) => `${url}${testnet ? ' (test network)' : ''}${at(evidence)}`),
    ),
    ...section(
      'Warnings',
      facts.warnings.map(({ message, evidence }) => `${message}${at(evidence)}`),
    ),
  ].join('\n');
}
