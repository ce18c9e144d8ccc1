import * as z from 'zod';
import type { RepoFacts, ServiceFact } from '../detect/facts.ts';
import { type ContractLine, contractOf } from './contract.ts';
import { chooseRust } from './design/build.ts';
import { valueAt } from './overlay.ts';
import type { Stack } from './schema.ts';

const text = z.string();

const DifferenceSchema = z
  .object({
    code: z
      .enum([
        'binary-gone',
        'package-moved',
        'command-gone',
        'variable-renamed',
        'variable-gone',
        'variable-required',
        'flake-gone',
        'output-gone',
        'flake-new',
        'task-new',
        'migrations-moved',
        'migration-gone',
        'migration-new',
        'toolchain-newer',
        'service-new',
      ])
      .describe('stable'),
    path: text.describe('the decision in trading-setup.yaml that no longer fits'),
    message: text.describe('what is different, in one sentence'),
    evidence: z
      .object({ file: text, line: z.int().min(1) })
      .readonly()
      .optional(),
    sets: z.array(text).readonly().describe('values of --set that take it over; empty: nothing can be proposed'),
    was: text.optional().describe('what the stack says'),
    blocks: z.boolean().describe('the stack cannot be built any more'),
  })
  .readonly();

/** How a repository differs from the stack that was saved for it. */
export const Evolved = z
  .array(DifferenceSchema)
  .readonly()
  .describe('what of trading-setup.yaml no longer fits the repository; nothing of it is applied by itself');

/** One difference between a saved stack and the repository as it is now. */
export type Difference = z.infer<typeof DifferenceSchema>;

/** Compares a stack of an earlier day with the repository as it is now, the gravest first. Pure; decides nothing. */
export function evolved(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const all = [
    ...binaries(stack, facts),
    ...commands(stack, facts),
    ...nix(stack, facts),
    ...migrations(stack, facts),
    ...variables(stack, facts),
    ...services(stack, facts),
    ...toolchain(stack, facts),
  ];
  return [...all.filter(({ blocks }) => blocks), ...all.filter(({ blocks }) => !blocks)];
}

/** A program of a stack that the repository no longer has, and what stands in its place, the likeliest first. */
export interface GoneBinary {
  /** Path of the decision, e.g. `services.app.binary`. */
  readonly path: string;
  readonly binary: string;
  readonly instead: readonly string[];
}

/** Programs of a stack that are gone. */
export function goneBinaries(stack: Stack, facts: RepoFacts): readonly GoneBinary[] {
  const known = new Set(facts.binaries.map(({ bin }) => bin));
  const used = usedBinaries(stack);
  const gone = used.filter(({ binary }) => !known.has(binary));
  const taken = new Set(used.map(({ binary }) => binary));
  return gone.map(({ path, binary }) => {
    const isTui = path.startsWith('tui.');
    const fits = ({ kind }: ServiceFact) => (kind === 'tui') === isTui;
    const free = facts.binaries.map(({ bin }) => bin).filter((bin) => !taken.has(bin));
    const helpers = new Set(facts.helpers.map((helper) => helper.binary));
    const rank = (bin: string): number =>
      (facts.services.some((each) => each.binary === bin && fits(each)) ? 4 : 0) +
      (facts.services.some((each) => each.binary === bin && each.kind === 'daemon') ? 1 : 0) +
      2 * likeness(binary, bin) -
      (helpers.has(bin) && !facts.services.some((each) => each.binary === bin) ? 2 : 0);
    return { path, binary, instead: free.toSorted((a, b) => rank(b) - rank(a)) };
  });
}

function usedBinaries({ services, tui }: Pick<Stack, 'services' | 'tui'>): readonly { path: string; binary: string }[] {
  const own = Object.entries(services).map(([name, { binary }]) => ({ path: `services.${name}.binary`, binary }));
  return tui.access === 'none' ? own : [...own, { path: 'tui.binary', binary: tui.binary }];
}

function binaries(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const gone = goneBinaries(stack, facts).map(({ path, binary, instead }): Difference => {
    const [likeliest] = instead;
    const found = facts.binaries.find(({ bin }) => bin === likeliest);
    return {
      code: 'binary-gone',
      path,
      message: `the repository has no binary ${binary} any more${likeliest === undefined ? '' : `; likely it is ${likeliest} now`}`,
      ...(found && { evidence: found.evidence }),
      sets: likeliest === undefined ? [] : [`${path}=${likeliest}`],
      blocks: true,
    };
  });
  const moved = stack.build.binaries.flatMap(({ package: from, bin }): Difference[] => {
    const found = facts.binaries.filter((each) => each.bin === bin);
    const [first] = found;
    if (first === undefined || found.some((each) => each.package === from)) return [];
    const now = stack.build.binaries.map((each) => (each.bin === bin ? { ...each, package: first.package } : each));
    return [
      {
        code: 'package-moved',
        path: 'build.binaries',
        message: `${bin} is in the package ${first.package} now, and no longer in ${from}`,
        evidence: first.evidence,
        sets: [`build.binaries=${JSON.stringify(now)}`],
        blocks: true,
      },
    ];
  });
  return [...gone, ...moved];
}

/** Subcommands that a service is started with and that its program no longer has. */
function commands(stack: Stack, facts: RepoFacts): readonly Difference[] {
  return Object.entries(stack.services).flatMap(([name, { binary, args }]): Difference[] => {
    const known = facts.subcommands.filter((each) => each.binary === binary);
    const word = args.find((arg) => !arg.startsWith('-'));
    const names = known.flatMap((each) => [each.name, ...(each.aliases ?? [])]).map((each) => each.split(' ')[0]);
    if (word === undefined || args[0] !== word || known.length === 0 || names.includes(word)) return [];
    const running = known.filter(({ kind }) => kind === 'daemon' || kind === 'worker');
    const [likeliest] = running.toSorted((a, b) => likeness(word, b.name) - likeness(word, a.name));
    const now = likeliest && [...likeliest.name.split(' '), ...args.slice(1)];
    return [
      {
        code: 'command-gone',
        path: `services.${name}.args`,
        message: `${binary} has no command ${word} any more${likeliest ? `; likely it is ${likeliest.name} now` : ''}`,
        ...(likeliest && { evidence: likeliest.evidence }),
        sets: now ? [`services.${name}.args=${JSON.stringify(now)}`] : [],
        blocks: false,
      },
    ];
  });
}

function nix({ build }: Stack, facts: RepoFacts): readonly Difference[] {
  const { nix: flake } = facts;
  const isNix = build.strategy === 'nix';
  if (flake === undefined) {
    if (build.nix === undefined) return [];
    const message = 'the repository has no flake.nix any more';
    return [
      {
        code: 'flake-gone',
        path: 'build.strategy',
        message,
        sets: isNix ? ['build.strategy=cargo-chef'] : [],
        blocks: isNix,
      },
    ];
  }
  const outputs = (kind: string) => flake.outputs.filter((each) => each.kind === kind).map(({ name }) => name);
  const { evidence } = flake;
  if (build.nix === undefined) {
    const isUseful = flake.outputs.some(({ holds }) => holds.includes('cargo'));
    const message =
      'there is a flake now that can build it, which this stack knows nothing of. To use it, take build: out of trading-setup.yaml and run trading-setup init';
    return isUseful ? [{ code: 'flake-new', path: 'build.nix', message, evidence, sets: [], blocks: false }] : [];
  }
  const { way, packages, shell, tasks } = build.nix;
  const runnable = new Set([...outputs('app'), ...outputs('package')]);
  const gone = [
    ...(way === 'package' ? packages.filter((name) => !outputs('package').includes(name)) : []).map((name) => [
      'packages',
      name,
    ]),
    ...(way === 'shell' && shell !== undefined && !outputs('shell').includes(shell) ? [['shell', shell]] : []),
    ...tasks.filter((name) => !runnable.has(name)).map((name) => ['tasks', name]),
  ];
  const differences = gone.map(([key = '', name = '']): Difference => {
    const list = key === 'tasks' ? tasks : packages;
    const sets = key === 'shell' ? [] : [`build.nix.${key}=${JSON.stringify(list.filter((each) => each !== name))}`];
    const message = `the flake has no ${key === 'packages' ? 'package' : key === 'tasks' ? 'task' : 'shell'} ${name} any more`;
    return { code: 'output-gone', path: `build.nix.${key}`, message, evidence, sets, blocks: isNix };
  });
  const needed = facts.tasks.filter(
    ({ kind, name, command }) =>
      kind === 'nix' && !tasks.includes(name) && facts.compileInputs.some(({ task }) => task === command),
  );
  return [
    ...differences,
    ...needed.map(
      ({ name, evidence: where }): Difference => ({
        code: 'task-new',
        path: 'build.nix.tasks',
        message: `the compiler reads what the task ${name} makes, and the build does not run it`,
        evidence: where,
        sets: [`build.nix.tasks=${JSON.stringify([...tasks, name])}`],
        blocks: false,
      }),
    ),
  ];
}

function migrations({ services: all, build, database }: Stack, facts: RepoFacts): readonly Difference[] {
  const folder = facts.sqlx?.folder;
  const { evidence } = facts.sqlx ?? {};
  const moved = (path: string, from: string): Difference[] => {
    if (folder === undefined || folder === from) return [];
    const message = `the migrations are in ${folder} now, and no longer in ${from}`;
    const found = evidence && { evidence };
    return [
      { code: 'migrations-moved', path, message, ...found, sets: [`${path}=${folder}`], was: from, blocks: true },
    ];
  };
  const folders = [
    ...Object.entries(all).flatMap(([name, service]) =>
      service.migrations ? moved(`services.${name}.migrations.from`, service.migrations.from) : [],
    ),
    ...(build.checkedAgainst === undefined ? [] : moved('build.checkedAgainst', build.checkedAgainst)),
  ];
  if (database.kind === 'none') return folders;
  const here = facts.migrations.filter(({ kind }) => kind !== 'embedded').map(({ path }) => path);
  const listed = new Set(database.migrations);
  const gone = database.migrations.filter((path) => !here.includes(path));
  const fresh = here.filter((path) => !listed.has(path) && sharesFolder(path, database.migrations));
  const now = JSON.stringify([...database.migrations.filter((path) => !gone.includes(path)), ...fresh]);
  const path = 'database.migrations';
  const message = (files: readonly string[], what: string) =>
    `${files.join(', ')} ${files.length === 1 ? 'is' : 'are'} ${what}`;
  return [
    ...folders,
    ...(gone.length > 0
      ? [
          {
            code: 'migration-gone' as const,
            path,
            message: message(gone, 'no longer there'),
            sets: [`${path}=${now}`],
            blocks: true,
          },
        ]
      : []),
    ...(fresh.length > 0
      ? [
          {
            code: 'migration-new' as const,
            path,
            message: message(fresh, 'new, and not applied yet'),
            sets: [`${path}=${now}`],
            blocks: false,
          },
        ]
      : []),
  ];
}

function sharesFolder(path: string, others: readonly string[]): boolean {
  const folderOf = (each: string) => each.slice(0, each.lastIndexOf('/') + 1);
  return others.some((each) => folderOf(each) === folderOf(path));
}

/** Variables of each service; where its program is gone, as its likeliest successor reads them. */
function variables(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const instead = new Map(goneBinaries(stack, facts).map(({ path, instead: [first] }) => [path, first]));
  const assumed = Object.fromEntries(
    Object.entries(stack.services).map(([name, service]) => [
      name,
      { ...service, binary: instead.get(`services.${name}.binary`) ?? service.binary },
    ]),
  );
  return contractOf(facts, { ...stack, services: assumed })
    .filter(({ service }) => service in stack.services)
    .flatMap(({ service, variables: lines }) => ofService(stack, service, lines));
}

function ofService(stack: Stack, service: string, lines: readonly ContractLine[]): readonly Difference[] {
  const unread = lines.filter(({ state }) => state === 'unread');
  const free = lines.filter(({ state }) => state === 'missing' || state === 'left-out' || state === 'default');
  const renamed = new Map<string, ContractLine>();
  for (const gone of unread) {
    const [best] = free
      .filter((line) => line.secret === gone.secret && ![...renamed.values()].includes(line))
      .filter((line) => likeness(gone.name, line.name) >= ALIKE)
      .toSorted(
        (a, b) => Number(b.required) - Number(a.required) || likeness(gone.name, b.name) - likeness(gone.name, a.name),
      );
    if (best) renamed.set(gone.name, best);
  }
  const own = stack.services[service];
  const placeOf = ({ name }: ContractLine) => (own?.secrets[name] === undefined ? 'environment' : 'secrets');
  const gone = unread.map((line): Difference => {
    const place = `services.${service}.${placeOf(line)}`;
    const path = `${place}.${line.name}`;
    const now = renamed.get(line.name);
    if (now === undefined) {
      const message = `${service} is given ${line.name}, which nothing in its code reads any more`;
      return { code: 'variable-gone', path, message, sets: [`${path}=null`], blocks: false };
    }
    const value = own?.secrets[line.name] ?? own?.environment[line.name] ?? '';
    return {
      code: 'variable-renamed',
      path,
      message: `${service} reads ${now.name} and no longer ${line.name}: likely the same under another name`,
      ...(now.read && { evidence: now.read }),
      sets: [`${place}.${now.name}=${value}`, `${path}=null`],
      blocks: false,
    };
  });
  const missing = lines.filter((line) => line.state === 'missing' && ![...renamed.values()].includes(line));
  return [
    ...gone,
    ...missing.map(({ name, secret, read }): Difference => {
      const place = `services.${service}.${secret ? 'secrets' : 'environment'}.${name}`;
      return {
        code: 'variable-required',
        path: place,
        message: `${service} needs ${secret ? 'the secret ' : ''}${name} now, and nothing gives it`,
        ...(read && { evidence: read }),
        sets: secret
          ? [
              `secrets.entries.${name}={kind: entered, required: true, format: any, about: ${name}}`,
              `${place}=\${${name}}`,
            ]
          : [],
        blocks: false,
      };
    }),
  ];
}

/** Programs that run on and that nothing starts; one that stands in the place of another is none. */
function services(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const known = new Set([
    ...stack.build.binaries.map(({ bin }) => bin),
    ...usedBinaries(stack).map(({ binary }) => binary),
  ]);
  const successors = new Set(goneBinaries(stack, facts).flatMap(({ instead }) => instead.slice(0, 1)));
  return facts.services
    .filter(({ kind }) => kind === 'daemon' || kind === 'worker')
    .filter(({ binary }) => !known.has(binary) && !successors.has(binary))
    .map(({ name, binary, args, evidence }) => ({
      code: 'service-new',
      path: 'services',
      message: `not started: ${name} (runs ${[binary, ...args].join(' ')}), a program that this stack does not build`,
      evidence,
      sets: [],
      blocks: false,
    }));
}

function toolchain({ build }: Stack, facts: RepoFacts): readonly Difference[] {
  const { channel, rustVersion, evidence } = facts.toolchain;
  if (channel === undefined && rustVersion === undefined) return [];
  const wanted = chooseRust(facts).version;
  const used = /:(\d+\.\d+(?:\.\d+)?)/.exec(build.rustImage)?.[1];
  const asked = channel !== undefined && /^\d+\.\d+/.test(channel) ? wanted : (rustVersion ?? '');
  if (used === undefined || asked === '' || !isNewer(asked, used)) return [];
  return [
    {
      code: 'toolchain-newer',
      path: 'build.rustImage',
      message: `the repository asks for Rust ${asked}, and the build uses ${used}`,
      ...(evidence && { evidence }),
      sets: [`build.rustImage=${build.rustImage.replace(/@sha256:.*$/, '').replace(used, wanted)}`],
      blocks: build.strategy === 'cargo-chef',
    },
  ];
}

function isNewer(a: string, b: string): boolean {
  const numbers = (version: string) => version.split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  const place = [0, 1, 2].find((at) => (left[at] ?? 0) !== (right[at] ?? 0));
  return place !== undefined && (left[place] ?? 0) > (right[place] ?? 0);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** From here on two names may mean the same. */
const ALIKE = 0.5;

/** How alike two names are, from 0 to 1: by the words that both have. */
function likeness(a: string, b: string): number {
  const words = (name: string) =>
    name
      .toLowerCase()
      .split(/[_\-. ]+/)
      .filter((word) => word !== '');
  const [left, right] = [words(a), words(b)];
  const shared = left.filter((word) => right.includes(word)).length;
  return shared / Math.max(left.length, right.length, 1);
}

/** A difference as one line: where it was read, and the flag that takes it over. */
export function differenceWords({ code, path, message, evidence, sets }: Difference): string {
  const where = evidence ? ` (${evidence.file}:${evidence.line})` : '';
  if (sets.length === 0 && code === 'variable-required') return `${message}${where}. Say it: --set ${path}=VALUE`;
  const take = sets.length === 0 ? '' : `. Take it over: ${sets.map((set) => `--set ${quotedSet(set)}`).join(' ')}`;
  return `${message}${where}${take}`;
}

/** A `--set` as a shell takes it. */
export function quotedSet(set: string): string {
  return /^[\w.,:/=@+-]+$/.test(set) ? set : `'${set.replaceAll("'", `'\\''`)}'`;
}

/**
 * A saved stack with other answers laid on it, whose list of what is built follows the programs that it runs: what a
 * service was given instead is added, and what the repository no longer has and nothing runs is left out.
 */
export function withBinaries(value: unknown, facts: RepoFacts): unknown {
  const services = valueAt(value, 'services');
  const built = valueAt(value, 'build.binaries');
  const build = valueAt(value, 'build');
  if (!isMap(value) || !isMap(services) || !isMap(build) || !Array.isArray(built)) return value;
  const used = [...Object.values(services), valueAt(value, 'tui')].flatMap((each) => {
    const binary = valueAt(each, 'binary');
    return typeof binary === 'string' ? [binary] : [];
  });
  const names = new Set(built.map((each) => valueAt(each, 'bin')));
  const added = facts.binaries.filter(({ bin }) => used.includes(bin) && !names.has(bin));
  if (added.length === 0) return value;
  const known = new Set<unknown>(facts.binaries.map(({ bin }) => bin));
  const kept = built.filter((each) => {
    const bin = valueAt(each, 'bin');
    return known.has(bin) || used.some((name) => name === bin);
  });
  const binaries = [...kept, ...added.map((binary) => ({ package: binary.package, bin: binary.bin }))];
  return { ...value, build: { ...build, binaries } };
}
