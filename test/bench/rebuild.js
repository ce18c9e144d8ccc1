// How long a build takes after a change of one line, by what is done to keep what was compiled: the ways side by side, in
// one run on one machine, as ratios to the Dockerfile that everybody writes first.
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeSystemB } from '../live/support/system-b.js';
import { read, timed } from './measure.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TARGET = 0.11;
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Mounts and variables that keep what was compiled. Ids of their own: what one way keeps is no help to another. */
const TOOLS = {
  registry: () => '--mount=type=cache,target=/usr/local/cargo/registry',
  target: (id) => `--mount=type=cache,id=${id}-target,target=/build/target`,
  sccache: (id) => `--mount=type=cache,id=${id}-sccache,target=/sccache`,
};
const WITH_SCCACHE = 'RUSTC_WRAPPER=sccache SCCACHE_DIR=/sccache CARGO_INCREMENTAL=0 ';

/** A cold build is one of which nothing is in any cache but the base images and tools: `run` is another one each time. */
function begin({ rust, tools, database }, run) {
  const packages = [...tools.filter((tool) => tool === 'sccache'), ...(database ? ['sqlite3'] : [])];
  return [
    `FROM ${rust} AS base`,
    ...(packages.length > 0
      ? [`RUN apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`]
      : []),
    ...(tools.includes('chef') ? ['RUN cargo install cargo-chef --version 0.1.78 --locked'] : []),
    // Behind it begins what is measured.
    'FROM base AS start',
    'WORKDIR /build',
    `RUN echo ${run}`,
  ];
}

/** One stage as everybody writes it first, or with tools; the runtime image is not part of it. */
function dockerfile(how, run) {
  const { tools, flags, database } = how;
  const id = `bench-${how.system}-${tools.join('-')}-${run}`;
  const mounts = ['registry', ...tools].flatMap((tool) =>
    TOOLS[tool] && tools.length > 0 ? [`${TOOLS[tool](id)} \\\n    `] : [],
  );
  const wrapper = tools.includes('sccache') ? WITH_SCCACHE : '';
  const schema = database
    ? ['RUN cat migrations/*.sql | sqlite3 /checked.db', 'ENV DATABASE_URL=sqlite:///checked.db']
    : [];
  const chef = tools.includes('chef');
  return [
    ...begin(how, run),
    ...(chef
      ? [
          'FROM start AS planner',
          'COPY . .',
          'RUN cargo chef prepare --recipe-path recipe.json',
          'FROM start',
          'COPY --from=planner /build/recipe.json recipe.json',
          `RUN ${mounts.join('')}${wrapper}cargo chef cook --release --recipe-path recipe.json${flags}`,
        ]
      : []),
    'COPY . .',
    ...schema,
    `RUN ${mounts.join('')}${wrapper}cargo build --release${flags}${tools.includes('target') ? ' && mkdir /out && cp $(find target/release -maxdepth 1 -type f -perm -100) /out' : ''}`,
    '',
  ].join('\n');
}

/** What the product writes, with kept folders and a layer of this run only; the layers of tools are shared. */
function ours({ dir }, run) {
  return readFileSync(join(dir, 'Dockerfile'), 'utf8')
    .replaceAll(/\bid=/g, `id=bench-${run}-`)
    .replace('WORKDIR /build\n', `WORKDIR /build\nRUN echo ${run}\n`);
}

function touch(dir, file, word) {
  const path = join(dir, file);
  const source = readFileSync(path, 'utf8').replace(/\n\/\/ bench .*\n$/, '\n');
  writeFileSync(path, `${source}// bench ${word}\n`);
}

const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** Cold, then warm after each change: medians of the warm ones. `once`: of a way that keeps nothing, only one build. */
async function measured(how, run, { rounds, once }, env) {
  const { dir } = how;
  const options = { cwd: dir, env };
  const file = join(dir, '..', `Dockerfile.${how.name.replaceAll(/\W+/g, '-')}`);
  // The ignore list of the product for every way: the context is the same.
  cpSync(join(dir, '.dockerignore'), `${file}.dockerignore`);
  writeFileSync(file, how.ours ? ours(how, run) : dockerfile(how, run));
  const tag = `bench-rebuild:${how.name.replaceAll(/\W+/g, '-')}`;
  const target = how.ours ? ['--target', 'app'] : [];
  const build = ['docker', 'build', '--quiet', '--file', file, '--tag', tag, ...target, '.'];
  // The tools themselves are no part of it.
  if (!how.ours && how.tools.length > 0) read([...build.slice(0, -1), '--target', 'base', '.'], options);
  touch(dir, how.leaf, `${how.name} cold ${run}`);
  const keepsNothing = how.tools.length === 0 && !how.ours;
  const cold = once && keepsNothing ? undefined : await timed(build, options);
  const warm = [];
  for (let round = 0; round < (keepsNothing ? 1 : rounds); round += 1) {
    touch(dir, how.leaf, `${how.name} ${round} ${run}`);
    warm.push(await timed(build, options));
  }
  const size = Number(read(['docker', 'image', 'inspect', '--format', '{{.Size}}', tag], options));
  read(['docker', 'image', 'rm', tag], options);
  warm.sort((a, b) => a - b);
  const middle = warm[Math.floor(warm.length / 2)];
  // The Dockerfile that everybody writes first does the same work again.
  return { cold: cold ?? middle, warm: middle, size };
}

const WAYS = [
  ['plain, one stage', []],
  ['target mount', ['target']],
  ['sccache', ['sccache']],
  ['target mount, sccache', ['target', 'sccache']],
  ['cargo-chef', ['chef']],
  ['cargo-chef, sccache', ['chef', 'sccache']],
];

function sampleSystem(cli, scratch, env) {
  const dir = join(scratch, 'sample-a', 'repo');
  mkdirSync(join(scratch, 'sample-a'), { recursive: true });
  cpSync(join(root, 'templates/sample'), dir, { recursive: true });
  renameSync(join(dir, '_gitignore'), join(dir, '.gitignore'));
  read([...cli, 'init', '--yes', '--no-start', '--dir', dir], { env });
  const flags = ' --package algo-trade-cli --bin algo-trade';
  const base = { system: 'a', dir, flags, leaf: 'crates/cli/src/main.rs', rust: 'rust:1.95.0-trixie', database: false };
  return [
    ...WAYS.map(([name, tools]) => ({ ...base, name, tools })),
    { ...base, name: 'ours: cargo-chef, kept folder', tools: [], ours: true },
  ];
}

function systemB(cli, scratch, env, flake, strategy) {
  const dir = join(scratch, `sample-b-${flake}-${strategy}`, 'repo');
  mkdirSync(join(dir, '..'), { recursive: true });
  makeSystemB(dir, { flake, artefact: strategy === 'cargo-chef' });
  read([...cli, 'init', '--yes', '--no-start', '--dir', dir, '--set', `build.strategy=${strategy}`], { env });
  const flags = ' --package onchain-hedge --bins';
  const leaf = 'src/bin/main.rs';
  return { system: 'b', dir, flags, leaf, rust: 'rust:1.95.0-trixie', database: true, tools: [] };
}

function systemsB(cli, scratch, env) {
  const chef = systemB(cli, scratch, env, 'shell', 'cargo-chef');
  return [
    ...WAYS.map(([name, tools]) => ({ ...chef, name, tools })),
    { ...chef, name: 'ours: cargo-chef, kept folder', ours: true },
    { ...systemB(cli, scratch, env, 'shell', 'nix'), name: 'ours: nix, shell', ours: true },
    { ...systemB(cli, scratch, env, 'package', 'nix'), name: 'ours: nix, package', ours: true },
  ];
}

/**
 * Prints a line for each way as it is measured. `given`: parts of the names of systems (`a`, `b`) or ways, and `quick` for
 * one round of each.
 */
export async function rebuild(cli, scratch, env, given = []) {
  const run = `${Date.now().toString(36)}`;
  const once = given.includes('quick');
  const only = given.filter((word) => word !== 'quick');
  const rounds = once ? 1 : 3;
  const systemsOf = only.filter((word) => word.length === 1);
  const ways = only.filter((word) => word.length > 1);
  const wanted = ({ system, name }) =>
    (systemsOf.length === 0 || systemsOf.includes(system)) &&
    (ways.length === 0 || ways.some((word) => name.includes(word)));
  const systems = [
    ['system A, the sample', sampleSystem(cli, scratch, env)],
    ['system B, the fixture', systemsB(cli, scratch, env)],
  ];
  for (const [title, ways] of systems) {
    const chosen = ways.filter(wanted);
    if (chosen.length === 0) continue;
    console.log(`${title}: warm is the median of ${rounds} builds after a change of one line of a leaf`);
    let plain;
    for (const how of chosen) {
      const { cold, warm, size } = await measured(how, run, { rounds, once }, env);
      plain ??= { cold, warm };
      const less = `${((1 - warm / plain.warm) * 100).toFixed(0)} % less`;
      const goal = how.ours ? (warm / plain.warm <= TARGET ? '  (>= 89 %: reached)' : '  (>= 89 %: NOT reached)') : '';
      console.log(
        `  ${how.name.padEnd(32)} cold ${seconds(cold).padStart(8)} ${(cold / plain.cold).toFixed(2).padStart(5)}` +
          `  warm ${seconds(warm).padStart(8)} ${(warm / plain.warm).toFixed(3).padStart(6)} ${less.padStart(9)}` +
          `  image ${mb(size).padStart(8)}  load ${loadavg()[0].toFixed(1)}${goal}`,
      );
    }
  }
}
