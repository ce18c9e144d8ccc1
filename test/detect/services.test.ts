import { describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { codes, factsOf, repository } from './repository.ts';

describe('a binary without subcommands', () => {
  it.each([
    ['axum::serve(l, app).await;', 'daemon', true, []],
    ['HttpServer::new(app).bind(a).run().await;', 'daemon', true, ['SIGINT', 'SIGTERM']],
    ['HttpServer::new(app).disable_signals().run().await;', 'daemon', true, []],
    ['rocket::build().mount("/", routes![x]).launch().await;', 'daemon', true, ['SIGINT', 'SIGTERM']],
    ['let mut t = ratatui::init(); loop { t.draw(f); }', 'tui', false, []],
    ['while running.load(Ordering::SeqCst) { step(); }', 'worker', false, []],
    ['let s = Signals::new([SIGTERM, SIGINT]);', 'worker', false, ['SIGINT', 'SIGTERM']],
    ['ctrlc::set_handler(move || stop()); while running.load(O) { work(); }', 'worker', false, ['SIGINT']],
    ['let (ws, _) = connect_async(url).await?; while let Some(m) = ws.next().await { on(m); }', 'worker', false, []],
  ])('that runs %s is a service', async (body, kind, serves, signals) => {
    const { services, signals: all } = await factsOf(`fn main() { start() }\nfn start() { ${body} }`);
    expect(services).toMatchObject([{ name: 'bot', binary: 'bot', args: [], kind, serves }]);
    expect(all.map(({ name }) => name)).toEqual(signals);
  });

  it.each([
    'ctrlc::set_handler(clean_up); work();',
    'println!("x");',
    'while let Some(page) = pages.next().await { print(page); }',
    'loop { if done() { return; } }',
  ])('that runs %s is none', async (body) => {
    expect((await factsOf(`fn main() { ${body} }`)).services).toEqual([]);
  });

  it('stands beside others, each with what it handles and reads', async () => {
    const facts = await detect(
      await repository({
        'Cargo.toml': '[package]\nname = "arb"\nversion = "0.1.0"\nedition = "2024"\n',
        'src/bin/server.rs':
          'fn main() { std::env::var("WS_RPC_URL").unwrap(); signal(SignalKind::terminate()); TcpListener::bind(a); }',
        'src/bin/reporter.rs': 'fn main() { std::env::var("REPORT_TO").unwrap(); loop { tick(); } }',
        'src/bin/auth.rs': 'fn main() { std::env::var("APP_SECRET").unwrap(); }',
      }),
    );
    expect(facts.services.map(({ name, kind, env }) => [name, kind, env.join()])).toEqual([
      ['reporter', 'worker', 'REPORT_TO'],
      ['server', 'daemon', 'WS_RPC_URL'],
    ]);
    expect(facts.signals).toMatchObject([{ name: 'SIGTERM', handledBy: ['server'] }]);
  });
});

describe('a program that logs in', () => {
  const LOGIN =
    'println!("open https://api.x.com/v1/oauth/authorize"); let mut code = String::new(); stdin().read_line(&mut code);';
  const roles = async (files: Readonly<Record<string, string>>) => {
    const { services, helpers } = await detect(
      await repository({ 'Cargo.toml': '[package]\nname = "bot"\nversion = "0.1.0"\nedition = "2024"\n', ...files }),
    );
    return {
      services: services.map(({ binary }) => binary),
      logins: helpers.filter(({ kind }) => kind === 'login').map(({ binary }) => binary),
    };
  };
  const AUTH = `fn main() { ${LOGIN} loop { ask(); } }`;

  it.each([
    ['loop { trade(); sleep(POLL).await; }', ''],
    ['loop { trade(); sleep(POLL).await; }', 'loop { stdin().read_line(&mut code); if ok(&code) { break; } }'],
    ['let mut every = interval(POLL); while let Some(_) = rx.recv().await { every.tick().await; }', ''],
  ])('first and then goes on with %s is the daemon', async (work, asks) => {
    const main = `fn main() { if token().is_none() { ${LOGIN} ${asks} } ${work} }`;
    expect(await roles({ 'src/main.rs': main, 'src/bin/auth.rs': AUTH })).toEqual({
      services: ['bot'],
      logins: ['auth'],
    });
  });

  it('and does nothing else is no service, whatever its name', async () => {
    const server = 'fn main() { TcpListener::bind(a); }';
    const asks = `fn main() { ${LOGIN} loop { stdin().read_line(&mut code); exchange(&code); } }`;
    expect(await roles({ 'src/main.rs': server, 'src/bin/token.rs': asks })).toEqual({
      services: ['bot'],
      logins: ['token'],
    });
  });

  it('is left as a service where nothing else runs on, unless its name says what it is', async () => {
    const asks = `fn main() { ${LOGIN} loop { stdin().read_line(&mut code); trade(&code); } }`;
    expect(await roles({ 'src/main.rs': asks })).toEqual({ services: ['bot'], logins: [] });
    expect(await roles({ 'src/main.rs': 'fn main() {}', 'src/bin/auth.rs': AUTH })).toEqual({
      services: [],
      logins: ['auth'],
    });
  });
});

describe('a terminal program', () => {
  const program = (body: string) => `use axum::Router;
    #[derive(Subcommand)] enum C { Run, Watch }
    fn main() { match c { C::Run => run(), C::Watch => watch() } }
    fn run() { Router::new().route("/api/bots", get(list)); TcpListener::bind("0.0.0.0:8080"); }
    fn watch() { let t = ratatui::init(); ${body} }`;
  it.each([
    ['the API of the daemon', 'reqwest::get(format!("{base}/api/bots"));', 'api'],
    ['the API at an address', 'reqwest::Client::new().get("http://localhost:8080/x");', 'api'],
    ['the database', 'let url = std::env::var("DATABASE_URL").unwrap_or("sqlite://b.db".into());', 'database'],
    ['a state of its own', 'let registry = Registry::default();', 'own-state'],
    ['a state of its own beside a venue', 'reqwest::get("https://api.venue.io/prices");', 'own-state'],
  ])('shows %s', async (_, body, works) => {
    const { services } = await factsOf(program(body));
    expect(services.find(({ name }) => name === 'watch')).toMatchObject({ kind: 'tui', works });
    expect(services.find(({ name }) => name === 'run')?.works).toBeUndefined();
  });
});

describe('a terminal program that is told whom it calls', () => {
  const program = (option: string, variable = '') => `
    #[derive(Subcommand)] enum C { Watch { ${option} } }
    fn main() { match c { C::Watch { api } => watch(api) } }
    fn watch(api: String) { ${variable} let t = ratatui::init(); reqwest::get(format!("{api}/snapshot")); }`;
  it.each([
    ['by an option', program('#[arg(long, default_value = "http://localhost:9000")] api: String'), 'api'],
    [
      'by a variable of clap',
      program('#[arg(env = "API", default_value = "http://localhost:9000")] api: String'),
      'api',
    ],
    ['by a variable', program('api: String', 'std::env::var("API").unwrap_or("ws://127.0.0.1:9000".into());'), 'api'],
    ['when it runs', program('api: String'), undefined],
  ])('%s is not said to have a state of its own', async (_, code, works) => {
    const { services } = await factsOf(code);
    expect(services).toMatchObject([{ name: 'watch', kind: 'tui' }]);
    expect(services[0]?.works).toBe(works);
  });
});

describe('databases', () => {
  const TWO = `
    #[derive(Subcommand)] enum C { Trade, Collect, Help }
    fn main() { match c { C::Trade => trade(), C::Collect => collect(), C::Help => {} } }
    fn trade() { std::env::var("BOOK_DB_URL").unwrap_or("sqlite://book.db?mode=rwc".into()); loop {} }
    fn collect() { PgPool::connect(&std::env::var("TICKS_DATABASE_URL").unwrap_or("postgres://u@localhost/t".into())); loop {} }`;

  it('know which services open them', async () => {
    const { databases, services } = await factsOf(TWO);
    expect(databases).toMatchObject([
      { kind: 'sqlite', via: { env: 'BOOK_DB_URL' }, creates: true, openedBy: ['trade'] },
      { kind: 'postgres', via: { env: 'TICKS_DATABASE_URL' }, openedBy: ['collect'] },
    ]);
    expect(services.map(({ databases: opened }) => opened)).toEqual([['BOOK_DB_URL'], ['TICKS_DATABASE_URL']]);
  });

  it('are told apart by the field that is looked at', async () => {
    const { databases } = await factsOf(`
      #[derive(Subcommand)] enum C { Trade, Watch }
      struct Config { database_url: String, key: String }
      impl Config { fn from_env() -> Self { Config { database_url: std::env::var("DATABASE_URL").unwrap_or("postgres://u@h/x".into()), key: std::env::var("KEY").unwrap() } } }
      fn main() { let config = Config::from_env(); match c { C::Trade => trade(config), C::Watch => watch(config) } }
      fn trade(config: Config) { connect(&config.database_url); loop {} }
      fn watch(config: Config) { println!("{}", config.key); loop {} }`);
    expect(databases).toMatchObject([{ via: { env: 'DATABASE_URL' }, openedBy: ['trade'] }]);
  });

  it.each([
    ['SqlitePool::connect("sqlite://bots.db")', 'sqlite://bots.db', false],
    ['SqlitePool::connect("sqlite:bots.db?mode=rwc")', 'sqlite:bots.db?mode=rwc', true],
    ['SqliteConnectOptions::new().filename("data/bots.db").create_if_missing(true)', 'data/bots.db', true],
  ])('may be written in the code: %s', async (code, url, creates) => {
    const { databases } = await factsOf(`fn main() { ${code}; loop {} }`);
    expect(databases).toMatchObject([{ kind: 'sqlite', via: { code: url }, creates, openedBy: ['bot'] }]);
  });

  it.each([
    'SqlitePool::connect("sqlite::memory:")',
    'std::env::var("DATABASE_URL").unwrap_or("mysql://h/x".into())',
    '"postgres is nice"',
  ])('are not %s', async (code) => expect((await factsOf(`fn main() { ${code}; }`)).databases).toEqual([]));

  const withDependency = (line: string) => ({
    'Cargo.toml': `[package]\nname = "bot"\nversion = "0.1.0"\n[dependencies]\n${line}\n`,
  });
  const RUSQLITE = withDependency('rusqlite = "0.31"');
  const BOTH = withDependency('sqlx = { version = "0.8", features = ["postgres", "sqlite"] }');

  it('are opened by those who look at the field of a static that a helper fills', async () => {
    const { databases } = await factsOf(
      `mod config; mod db; mod util;
       #[derive(Subcommand)] enum C { Trade, Watch }
       fn main() { match c { C::Trade => trade(), C::Watch => watch() } }
       fn trade() { let pool = db::pool(); loop {} }
       fn watch() { loop {} }`,
      {
        ...BOTH,
        'src/util.rs': 'pub fn must_env(k: &str) -> String { std::env::var(k).unwrap_or_else(|_| panic!("{k}")) }',
        'src/config.rs': `pub static CONFIG: Lazy<Config> = Lazy::new(Config::from_env);
          pub struct Config { pub database_url: String }
          impl Config { fn from_env() -> Self { Self { database_url: crate::util::must_env("DATABASE_URL") } } }`,
        'src/db.rs': 'use crate::config::CONFIG;\npub fn pool() -> PgPool { PgPool::connect(&CONFIG.database_url) }',
      },
    );
    expect(databases).toMatchObject([{ kind: 'postgres', via: { env: 'DATABASE_URL' }, openedBy: ['trade'] }]);
  });

  it('are a file under any name of a variable where there is a driver for files', async () => {
    const main = `#[derive(Parser)] struct Args { #[arg(long, env = "STATE_DB", default_value = "state/bot.sqlite")] state: PathBuf }
      fn main() { let args = Args::parse(); let c = rusqlite::Connection::open(&args.state); loop {} }`;
    expect((await factsOf(main, RUSQLITE)).databases).toMatchObject([
      { kind: 'sqlite', via: { env: 'STATE_DB' }, url: 'state/bot.sqlite', creates: true, openedBy: ['bot'] },
    ]);
    expect((await factsOf(main)).databases).toEqual([]);
  });

  it('are a file under any key of a config where there is a driver for files', async () => {
    const files = { 'config/default.toml': '[store]\npath = "data/grid.db"\n' };
    const main = 'fn main() { open(&config.store.path); loop {} }';
    expect((await factsOf(main, { ...RUSQLITE, ...files })).databases).toMatchObject([
      { kind: 'sqlite', via: { configKey: 'store.path' }, url: 'data/grid.db', openedBy: ['bot'] },
    ]);
    expect((await factsOf(main, files)).databases).toEqual([]);
  });

  it.each([
    ['let url = std::env::var("BOOK_DATABASE_URL")?; let pool = PgPool::connect(&url);', 'postgres'],
    ['let pool = PgPoolOptions::new().connect(&std::env::var("BOOK_DATABASE_URL")?);', 'postgres'],
    ['let url = std::env::var("BOOK_DATABASE_URL")?; SqlitePool::connect(&url);', 'sqlite'],
    ['let url = std::env::var("BOOK_DATABASE_URL")?; PgPool::connect(&url); SqlitePool::connect("x");', 'postgres'],
    [
      'let url = std::env::var("BOOK_DATABASE_URL")?; open(&url); } fn open(url: &str) { PgPool::connect(url);',
      'postgres',
    ],
  ])('are of the kind that is opened with the variable: %s', async (code, kind) => {
    const { databases, env } = await factsOf(`fn main() { ${code} loop {} }`, BOTH);
    expect(databases).toMatchObject([{ kind, via: { env: 'BOOK_DATABASE_URL' } }]);
    expect(env).toMatchObject([{ secret: kind === 'postgres' }]);
  });

  it('are of the kind that is opened with a field of the arguments', async () => {
    const main = `#[derive(Parser)] struct Args { #[arg(env = "BOOK_DATABASE_URL")] book: String, #[arg(env = "FILE_DATABASE_URL")] file: String }
      fn main() { let args = Args::parse(); PgPool::connect(&args.book); SqlitePool::connect(&args.file); loop {} }`;
    expect((await factsOf(main, BOTH)).databases).toMatchObject([
      { kind: 'postgres', via: { env: 'BOOK_DATABASE_URL' } },
      { kind: 'sqlite', via: { env: 'FILE_DATABASE_URL' } },
    ]);
  });

  it('of the example files of a config are one, with the other file remembered', async () => {
    const { databases } = await factsOf('fn main() { connect(&config.database.url); loop {} }', {
      'config/production.toml': '[database]\nurl = "postgres://u@db/x"\n',
      'config/default.toml': '[database]\nurl = "postgres://u@localhost/x"\n',
    });
    expect(databases).toMatchObject([
      {
        url: 'postgres://u@localhost/x',
        openedBy: ['bot'],
        over: [{ value: 'postgres://u@db/x', evidence: { file: 'config/production.toml', line: 2 } }],
      },
    ]);
  });

  it('may be told in parts', async () => {
    const manifest = '[package]\nname = "bot"\nversion = "0.1.0"\n[dependencies]\ntokio-postgres = "0.7"\n';
    const code = ['DB_HOST', 'DB_PORT', 'DB_USER', 'DB_PASSWORD', 'DB_NAME'].map(
      (name) => `std::env::var("${name}").unwrap();`,
    );
    const { databases } = await factsOf(`fn main() { ${code.join('')} loop {} }`, { 'Cargo.toml': manifest });
    expect(databases).toMatchObject([
      {
        kind: 'postgres',
        via: { env: 'DB_HOST' },
        parts: { host: 'DB_HOST', port: 'DB_PORT', user: 'DB_USER', password: 'DB_PASSWORD', name: 'DB_NAME' },
        openedBy: ['bot'],
      },
    ]);
    const keys = await factsOf('fn main() { connect(&config.database.host); }', {
      'Cargo.toml': manifest,
      'config/default.toml':
        '[database]\nhost = "localhost"\nusername = "u"\ndatabase_name = "x"\n[redis]\nhost = "r"\nuser = "x"\n',
    });
    expect(keys.databases).toMatchObject([
      { parts: { host: 'database.host', user: 'database.username', name: 'database.database_name' } },
    ]);
  });

  it('whose host is told apart and says localhost are warned of', async () => {
    const facts = await factsOf('fn main() { std::env::var("DB_HOST").unwrap_or("localhost".into()); }', {
      'config/default.yaml': 'database:\n  host: 127.0.0.1\n  port: 5432\n',
    });
    expect(facts.warnings.filter(({ code }) => code === 'database-localhost').map(({ evidence }) => evidence)).toEqual([
      { file: 'config/default.yaml', line: 2 },
      { file: 'src/main.rs', line: 1 },
    ]);
  });
});

describe('sqlx', () => {
  const manifest =
    '[package]\nname = "bot"\nversion = "0.1.0"\n[dependencies]\nsqlx = { version = "0.8", features = ["sqlite", "runtime-tokio"] }\n';
  const CODE = 'use sqlx::query;\nfn main() { sqlx::query!("select 1"); sqlx::query_as::<_, Row>("select 2"); }';

  it('that is checked while compiling needs .sqlx', async () => {
    const facts = await factsOf(CODE, { 'Cargo.toml': manifest });
    expect(facts.sqlx).toMatchObject({
      features: ['runtime-tokio', 'sqlite'],
      checked: 1,
      unchecked: 1,
      offline: false,
      evidence: { line: 2 },
    });
    expect(codes(facts)).toContain('sqlx-offline');
  });

  it('has it', async () => {
    const facts = await factsOf(CODE, { 'Cargo.toml': manifest, '.sqlx/query-1.json': '{}' });
    expect(facts.sqlx?.offline).toBe(true);
    expect(codes(facts)).not.toContain('sqlx-offline');
  });

  it('needs none without query!', async () => {
    expect(codes(await factsOf('fn main() { sqlx::query("select 1"); }', { 'Cargo.toml': manifest }))).not.toContain(
      'sqlx-offline',
    );
  });

  it('embeds no migrations in tests', async () => {
    const { migrations } = await factsOf('fn main() {}\n#[cfg(test)] mod tests { fn t() { sqlx::migrate!("./m"); } }', {
      'm/1_a.sql': 'CREATE TABLE t (a int);',
    });
    expect(migrations.map(({ kind }) => kind)).toEqual(['numbered']);
  });

  it('is not what diesel numbers by folder', async () => {
    const { migrations } = await factsOf('fn main() {}', {
      'migrations/2024-01-01-000000_bots/up.sql': 'CREATE TABLE t (a int);',
      'migrations/2024-01-01-000000_bots/down.sql': 'DROP TABLE t;',
    });
    expect(migrations).toMatchObject([
      { kind: 'numbered', path: 'migrations/2024-01-01-000000_bots/up.sql', version: 20240101000000 },
    ]);
  });
});

describe('switches between paper and live', () => {
  it.each([
    [
      'std::env::var("BOT_DRY_RUN").unwrap_or("true".into())',
      { name: 'BOT_DRY_RUN', by: 'env', paper: 'true', value: 'true' },
    ],
    [
      'std::env::var("LIVE_TRADING").unwrap_or("0".into())',
      { name: 'LIVE_TRADING', by: 'env', paper: '0', value: '0' },
    ],
    [
      'std::env::var("TRADING_MODE").unwrap_or("paper".into())',
      { name: 'TRADING_MODE', by: 'env', paper: 'paper', value: 'paper' },
    ],
  ])('%s', async (code, expected) => {
    expect((await factsOf(`fn main() { ${code}; }`)).switches).toMatchObject([expected]);
  });

  it('are flags and keys of config files, if the code names them', async () => {
    const { switches } = await factsOf(
      '#[derive(Parser)] struct Cli { #[arg(long)] paper: bool }\nfn main() { if config.venue.testnet {} }',
      {
        'config/default.toml': '[venue]\ntestnet = true\n[other]\nsandbox = true\n',
      },
    );
    expect(switches.map(({ name, by, value, confidence }) => [name, by, value, confidence])).toEqual([
      ['venue.testnet', 'key', 'true', 'likely'],
      ['other.sandbox', 'key', 'true', 'guess'],
      ['--paper', 'flag', 'false', 'certain'],
    ]);
  });

  it.each(['MODE_NAME', 'RUST_ENV', 'PAPERLESS', 'DRY_RUNNER', 'LIVENESS_PORT'])('is not %s', async (name) => {
    expect((await factsOf(`fn main() { std::env::var("${name}").unwrap_or("production".into()); }`)).switches).toEqual(
      [],
    );
  });
});
