import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { RepoFacts } from '../../src/detect/facts.ts';
import { SetupError } from '../../src/errors.ts';
import { readRevisions } from '../../src/operations/env-file.ts';
import { parseStack } from '../../src/stack/parse.ts';
import { mutated, seeded } from './mutate.ts';

/** 2,000 of each kind: 12,000 in all. */
const ROUNDS = 2000;
const LONGEST_MS = 2000;
const ROOT = path.join(import.meta.dirname, '../..');

const folder = await mkdtemp(path.join(tmpdir(), 'mutations-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function texts(files: readonly string[]): Promise<readonly string[]> {
  return Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
}

/** What must hold of a mutated file: an answer or an error that says what to do, soon. */
async function bears(bytes: Buffer, look: (bytes: Buffer) => Promise<unknown>): Promise<string | undefined> {
  // Of the processor: how busy the machine is says nothing of us; what waits for ever meets the limit of the test.
  const started = process.cpuUsage();
  try {
    await look(bytes);
  } catch (error) {
    if (!(error instanceof SetupError)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
    if (/\n\s+at /.test(error.message)) return `shows a stack trace: ${error.message}`;
    if (error.next.length === 0) return `does not say what to do: ${error.message}`;
  }
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1000;
  return took > LONGEST_MS ? `took ${took.toFixed(0)} ms` : undefined;
}

/** Mutates some files in turn and looks at each result; the first failure names seed and round, so that it comes again. */
async function mutate(
  seed: number,
  files: readonly string[],
  look: (file: string, bytes: Buffer) => Promise<unknown>,
): Promise<string | undefined> {
  const sound = await texts(files);
  const random = seeded(seed);
  for (let round = 0; round < ROUNDS; round++) {
    const at = round % files.length;
    const [file = '', text = ''] = [files[at], sound[at]];
    const bytes = mutated(text, sound, random);
    const failed = await bears(bytes, (each) => look(file, each));
    if (failed !== undefined)
      return `seed ${seed}, round ${round}, ${file}: ${failed}\n${bytes.toString().slice(0, 2000)}`;
  }
  return undefined;
}

/** Detection of the sample with one of its files replaced. */
async function detectWith(file: string, bytes: Buffer): Promise<void> {
  const place = path.join(folder, file);
  const before = await readFile(place);
  await writeFile(place, bytes);
  try {
    RepoFacts.parse(await detect(folder));
  } finally {
    await writeFile(place, before);
  }
}

/** The sample, and files of kinds that it does not have. */
async function prepare(): Promise<void> {
  await cp(path.join(ROOT, 'templates/sample'), folder, { recursive: true });
  await cp(
    path.join(ROOT, 'test/fixtures/stacks/sample/expected/trading-setup.yaml'),
    path.join(folder, 'trading-setup.yaml'),
  );
  const more = {
    '.gitignore': '/target\n!Cargo.lock\n**/*.key\ndata/[a-z]*.db\n',
    '.env':
      'TOKEN="x y"\n# >>> trading-setup (written by it; edits in here are overwritten)\nSECRETS_APP=3\n# <<< trading-setup\n',
    '.env.example':
      '# names\nHYPERLIQUID_API_URL=https://api.invalid\nexport BOT_DATABASE_URL="sqlite:bots.db?mode=rwc" # local\nEMPTY=\n',
    'config/extra.yaml':
      'server: &s\n  host: 127.0.0.1\n  port: 8081\nother:\n  <<: *s\n  list: [1, 2, {a: b}]\n  text: |\n    more\n',
    'docker-compose.yml':
      'services:\n  db:\n    image: postgres:17\n    environment:\n      - POSTGRES_PASSWORD=x\n      POSTGRES_DB: y\n',
    'crates/cli/src/extra.rs': RUST,
    'flake.nix': await readFile(path.join(ROOT, 'test/fixtures/detect/flake-crane/flake.nix'), 'utf8'),
    'flake.lock': await readFile(path.join(ROOT, 'test/fixtures/detect/flake-crane/flake.lock'), 'utf8'),
    'web/package.json': '{ "scripts": { "build": "vite build", "test": "x" } }',
    'crates/cli/build.rs': BUILD_SCRIPT,
    '.gitmodules': '[submodule "lib/a"]\n\tpath = lib/a\n\turl = https://a.invalid/b\n',
  };
  await mkdir(path.join(folder, 'web'));
  for (const [file, text] of Object.entries(more)) await writeFile(path.join(folder, file), text);
  // What no mutation touches would only be read again 8,000 times.
  const kept = new Set([...MANIFESTS, ...RUST_FILES, 'crates/cli/build.rs']);
  for (const file of await readdir(path.join(folder, 'crates'), { recursive: true }))
    if (/\.(?:rs|sql)$/.test(file) && !kept.has(`crates/${file}`)) await rm(path.join(folder, 'crates', file));
  await rm(path.join(folder, 'Cargo.lock'));
}

const MANIFESTS = ['Cargo.toml', 'crates/cli/Cargo.toml', 'crates/web-api/Cargo.toml'];

const RUST_FILES = [
  'crates/cli/src/main.rs',
  'crates/cli/src/args.rs',
  'crates/cli/src/extra.rs',
  'crates/cli/src/commands/daemon.rs',
  'crates/core/src/config.rs',
  'crates/market/src/collector.rs',
  'crates/web-api/src/lib.rs',
];

/** What the sample does not use. */
const RUST = `use clap::{Arg, Command};
const PREFIX: &str = "BOT_";
#[derive(clap::Args)]
struct Common { #[arg(long, env, default_value_t = 7)] level: u8, #[command(flatten)] more: More }
#[derive(clap::Subcommand)]
#[command(rename_all = "snake_case")]
enum Db { Migrate, #[command(name = "re-set", alias = "rs")] Reset { force: bool } }
fn cli() -> Command {
    Command::new("x").subcommand(Command::new("run").arg(Arg::new("k").long("k").env("K_ENV").required(true)))
}
fn config() -> Config {
    Figment::new().merge(Toml::file("config/Config.toml")).merge(Env::prefixed("APP_").split("__")).extract().unwrap()
}
async fn serve() {
    let app = Router::new().nest("/api", Router::new().route("/health", get(|| async { "ok" })));
    let address = std::env::var(format!("{PREFIX}ADDR")).unwrap_or_else(|_| "127.0.0.1:9000".into());
    axum::serve(TcpListener::bind(address).await.unwrap(), app).await;
    loop { tokio::select! { _ = signal::ctrl_c() => break, _ = interval.tick() => {} } }
}
#[get("/orders/{id}")]
async fn order(id: Path<u32>) -> impl Responder { sqlx::query!("select 1").fetch_one(&pool).await }
#[cfg(test)]
mod tests { fn t() { std::env::var("ONLY_TEST").unwrap(); } }
`;

const BUILD_SCRIPT = `const A: &str = "lib/a/out/A.json";
fn main() {
    println!("cargo::rerun-if-changed={A}");
    let text = std::fs::read_to_string(A).map_err(|_| format!("{A} is missing")).unwrap();
    if std::env::var("DATABASE_URL").is_err() && !std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/x.db")).exists() {}
}
`;

describe('12,000 mutated files', { timeout: 300_000 }, async () => {
  await prepare();

  it.each([
    ['Cargo.toml', 11, MANIFESTS],
    ['Rust', 12, RUST_FILES],
    [
      'SQL and TOML',
      13,
      ['scripts/setup_timescale.sql', 'scripts/migrations/V001__add_ticks_source.sql', 'config/Config.toml'],
    ],
    [
      '.env.example, YAML and .gitignore',
      14,
      ['.env.example', 'config/extra.yaml', 'docker-compose.yml', '.gitignore'],
    ],
    [
      'Nix, build scripts and package.json',
      16,
      ['flake.nix', 'flake.lock', 'crates/cli/build.rs', 'web/package.json', '.gitmodules'],
    ],
  ])('%s: detection neither fails nor hangs', async (_, seed, files) => {
    expect(await mutate(seed, files, detectWith)).toBeUndefined();
  });

  it('trading-setup.yaml and .env: an error names what is wrong', async () => {
    const look = async (file: string, bytes: Buffer): Promise<void> => {
      if (file === 'trading-setup.yaml') parseStack(bytes.toString());
      else {
        await writeFile(path.join(folder, '.env'), bytes);
        await readRevisions(folder, ['app', 'database']);
      }
    };
    expect(await mutate(15, ['trading-setup.yaml', '.env'], look)).toBeUndefined();
  });
});
