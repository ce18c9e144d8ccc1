import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Source {
  /** Relative to the repository, e.g. `src/flow/setup.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Who may import whom, word for word from DESIGN.md; own folder, `errors`, `secret` and types are always allowed. */
const DESIGN: Readonly<Record<string, readonly string[]>> = {
  system: [],
  catalog: [],
  events: [],
  detect: ['catalog', 'system'],
  host: ['engine', 'system'],
  questions: ['catalog'],
  stack: ['catalog'],
  artifacts: ['stack', 'system'],
  secrets: ['catalog', 'system'],
  engine: ['system'],
  health: ['engine', 'events', 'system'],
  operations: ['stack', 'artifacts', 'secrets', 'engine', 'health', 'events', 'catalog', 'system'],
  checks: ['stack', 'artifacts', 'secrets', 'engine', 'health', 'events', 'catalog', 'system', 'host', 'detect'],
  flow: ['detect', 'host', 'questions', 'stack', 'artifacts', 'secrets'],
  ui: ['events', 'flow'],
  commands: [
    ...['artifacts', 'catalog', 'checks', 'detect', 'engine', 'events', 'flow', 'health', 'host', 'operations'],
    ...['questions', 'secrets', 'stack', 'system', 'ui', 'version'],
  ],
  main: ['commands', 'version'],
};

/** Walls that turned out wrong and were moved; a wall that nobody passes any more has to be put back. */
const MOVED: readonly (readonly [from: string, to: string, why: string])[] = [
  ['artifacts', 'catalog', 'the pins of ttyd and nginx are not decisions of the person, so they are not in the stack'],
  ['questions', 'stack', 'the words for a health check are the same in the review and in the README'],
  ['flow', 'catalog', 'a credential is checked when it is typed, and its name alone says that it is secret'],
  ['main', 'system', 'output that a reader closes early is met before any command is loaded'],
  ['secrets', 'stack', 'who owns the files of a volume is said once, with the names of the volumes'],
  ['flow', 'version', 'a file that a later version wrote is refused where it is read, whoever reads it'],
  ['flow', 'system', 'the flow finds and reads the repository; it is what the faces are kept away from'],
];

/** What only some files may touch. */
const ONLY: readonly { readonly what: string; readonly is: RegExp; readonly where: RegExp; readonly why: string }[] = [
  { what: 'execa', is: /^execa$/, where: /^src\/system\/run\.ts$/, why: 'one file runs programs' },
  {
    what: 'keytar',
    is: /keytar/,
    where: /^src\/secrets\/keychain/,
    why: 'it fails to load where there is no keychain',
  },
  { what: 'inquirer and ora', is: /^(@inquirer\/.*|ora)$/, where: /^src\/ui\/plain\//, why: 'one owner of a terminal' },
  { what: 'ink and react', is: /^(ink|react)(\/.*)?$/, where: /^src\/ui\/ink\//, why: 'one owner of a terminal' },
  { what: 'eta', is: /^eta$/, where: /^src\/artifacts\/templates\.ts$/, why: 'one reader of templates/' },
  {
    what: 'child_process',
    is: /^(node:)?child_process$/,
    // The keychain's library can hang for ever: it lives in a process of its own, which talks over a channel.
    where: /^src\/(system\/|secrets\/keychain-process\.ts$)/,
    why: 'commands are values that src/system/run.ts runs',
  },
  {
    what: 'the file system',
    is: /^(node:)?fs(\/promises)?$/,
    where: /^src\/(?!ui\/|events\/|questions\/|stack\/|catalog\/|engine\/)/,
    why: 'screens paint, the model computes, and the engine is reached by commands',
  },
];

const TOUCHED: readonly { readonly what: string; readonly is: RegExp; readonly where: RegExp }[] = [
  { what: 'process.exit', is: /\bprocess\.exit\b(?!Code)/, where: /^src\/(system\/|main\.ts$)/ },
  { what: 'process.cwd()', is: /\bprocess\.cwd\b/, where: /^src\/(system\/|main\.ts$)/ },
  { what: 'Date.now()', is: /\bDate\.now\b|\bnew Date\(\)/, where: /^src\/(system\/|main\.ts$)/ },
];

function sources(): readonly Source[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** Comments out; a `//` inside a string only shortens that line, which no import stands behind. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

/** What a file imports when it runs: types are gone by then. */
function importsOf({ text }: Source): readonly string[] {
  const code = withoutComments(text);
  const whole = [...code.matchAll(/^\s*(?:import|export)\b(?!\s+type\b)([^;'"()]*?)\bfrom\s*['"]([^'"]+)['"]/gm)]
    .filter(([, names = '']) => !onlyTypes(names))
    .map(([, , from = '']) => from);
  const bare = [...code.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)].map(([, from = '']) => from);
  const called = [...code.matchAll(/\b(?:import|require|require\.resolve)\(\s*['"]([^'"]+)['"]\s*\)(\.\w+)?/g)]
    // `import('./x.ts').Name` without `await (…)` around it is a type.
    .filter(([, , member]) => member === undefined)
    .map(([, from = '']) => from);
  return [...whole, ...bare, ...called];
}

function onlyTypes(names: string): boolean {
  const list = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1];
  return list?.split(',').every((name) => /^\s*(type\s|$)/.test(name)) ?? false;
}

/** `src/flow/setup.ts` → `flow`, `src/main.ts` → `main`. */
function roomOf(path: string): string {
  return path.split('/')[1]?.replace(/\.tsx?$/, '') ?? '';
}

function wallProblem({ path }: Source, imported: string): string | undefined {
  const rule = ONLY.find(({ is, where }) => is.test(imported) && !where.test(path));
  if (rule) return `${path} imports ${imported}: ${rule.what} only in ${rule.where.source}, because ${rule.why}`;
  if (!imported.startsWith('.')) return undefined;
  const from = roomOf(path);
  const to = roomOf(relative(ROOT, resolve(ROOT, dirname(path), imported)));
  if (from === to || ((to === 'errors' || to === 'secret') && from !== 'main')) return undefined;
  if (['errors', 'secret', 'version'].includes(from))
    return `${path} imports ${to}: everybody imports it, so it imports nobody`;
  const allowed = [...(DESIGN[from] ?? []), ...MOVED.filter(([room]) => room === from).map(([, other]) => other)];
  if (allowed.includes(to)) return undefined;
  return `${path} imports ${imported}: ${from} may import ${allowed.join(', ') || 'nothing of ours'} and not ${to} (DESIGN.md, "Who may import whom")`;
}

function problemsOf(source: Source): readonly string[] {
  const walls = importsOf(source).flatMap((imported) => wallProblem(source, imported) ?? []);
  const code = withoutComments(source.text);
  const touched = TOUCHED.filter(({ is, where }) => is.test(code) && !where.test(source.path));
  return [
    ...walls,
    ...touched.map(({ what, where }) => `${source.path} uses ${what}: only ${where.source} may, tests pass their own`),
    ...(/\b(TODO|FIXME|XXX)\b/.test(source.text) ? [`${source.path} leaves something to do`] : []),
  ];
}

describe('the walls of the house', () => {
  it('stand: nobody imports what DESIGN.md forbids', () => {
    expect(sources().flatMap(problemsOf)).toEqual([]);
  });

  it('has a rule for every room', () => {
    const rooms = new Set(sources().map(({ path }) => roomOf(path)));
    expect([...rooms].filter((room) => !DESIGN[room] && !['errors', 'secret', 'version'].includes(room))).toEqual([]);
  });

  it.each(MOVED)('was moved between %s and %s for somebody who still goes there', (from, to) => {
    const users = sources().filter((source) => roomOf(source.path) === from);
    const targets = users.flatMap((source) =>
      importsOf(source)
        .filter((imported) => imported.startsWith('.'))
        .map((imported) => roomOf(relative(ROOT, resolve(ROOT, dirname(source.path), imported)))),
    );
    expect(targets).toContain(to);
  });

  it.each([
    ['src/ui/plain/x.ts', "import { run } from '../../system/run.ts';", 'ui may import events, flow and not system'],
    ['src/ui/ink/x.tsx', "import {\n  readFile,\n} from 'node:fs/promises';", 'the file system only in'],
    ['src/stack/x.ts', "export { ask } from '../engine/ask.ts';", 'stack may import catalog and not engine'],
    ['src/flow/x.ts', "const { x } = await import('../ui/face.ts');", 'and not ui'],
    ['src/main.ts', "import { x } from './flow/setup.ts';", 'main may import commands, version, system and not flow'],
    ['src/detect/x.ts', "import { type A, b } from '../flow/types.ts';", 'and not flow'],
    ['src/commands/x.ts', "import { execa } from 'execa';", 'one file runs programs'],
    ['src/secrets/x.ts', "const keytar = await import('keytar');", 'keytar only in'],
    ['src/ui/ink/x.tsx', "import ora from 'ora';", 'one owner of a terminal'],
    ['src/ui/plain/x.ts', "import { Box } from 'ink';", 'one owner of a terminal'],
    ['src/engine/x.ts', "import { spawn } from 'node:child_process';", 'child_process only in'],
    ['src/secret.ts', "import { x } from './system/run.ts';", 'it imports nobody'],
    ['src/flow/x.ts', 'const at = Date.now();', 'uses Date.now()'],
    ['src/commands/x.ts', 'process.exit(1);', 'uses process.exit'],
    ['src/commands/x.ts', '// FIXME later', 'leaves something to do'],
  ])('finds a planted violation in %s', (path, text, reason) => {
    expect(problemsOf({ path, text }).join('\n')).toContain(reason);
  });

  it.each([
    ['src/stack/x.ts', "import type { Origin } from '../flow/types.ts';"],
    ['src/stack/x.ts', "import { type A, type B } from '../flow/types.ts';"],
    ['src/ui/x.ts', "import { Secret } from '../secret.ts';"],
    ['src/ui/x.ts', "function f(): import('../engine/ask.ts').Answer {}"],
    ['src/detect/x.ts', "// import { x } from '../ui/face.ts';\n/* process.exit(1) */"],
    ['src/commands/x.ts', 'process.exitCode = 1;'],
  ])('lets %s do what is allowed', (path, text) => {
    expect(problemsOf({ path, text })).toEqual([]);
  });

  it('prints how large the files are, as a feel and not a law', () => {
    const sizes = sources().map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
    const sorted = sizes.map(({ lines }) => lines).sort((a, b) => a - b);
    const large = sizes.filter(({ lines }) => lines > 150).map(({ path, lines }) => `${path} ${lines}`);
    console.info(
      `${sizes.length} files, median ${sorted[Math.floor(sorted.length / 2)]} lines; over 150: ${large.join(', ') || 'none'}`,
    );
    expect(sizes.length).toBeGreaterThan(100);
  });
});
