import { describe, expect, it } from 'vitest';
import { codes, factsOf } from './repository.ts';

const read = async (code: string, files = {}) =>
  (await factsOf(code, files)).env.map(({ name, required, default: value }) => [name, required, value ?? null]);

describe('the name of a variable', () => {
  it.each([
    ['a format of constants', 'env::var(format!("{PREFIX}_URL")).unwrap();', [['BOT_URL', true, null]]],
    ['a format of arguments', 'env::var(&format!("{}_{}", PREFIX, "KEY")).ok();', [['BOT_KEY', false, null]]],
    ['concat', 'env::var(concat!("A_", "B")).ok();', [['A_B', false, null]]],
    ['a local variable', 'let name = "LOCAL"; env::var(name).ok();', [['LOCAL', false, null]]],
    ['a constant of a module', 'env::var(names::TOKEN).unwrap();', [['API_TOKEN', true, null]]],
    [
      'a loop over a list',
      'for name in ["A", "B"] { env::var(name).unwrap(); }',
      [
        ['A', true, null],
        ['B', true, null],
      ],
    ],
    [
      'a loop over a constant',
      'for name in REQUIRED { env::var(name).expect("x"); }',
      [
        ['R_ONE', true, null],
        ['R_TWO', true, null],
      ],
    ],
    [
      'a closure over a constant',
      'REQUIRED.iter().map(|n| env::var(n)).collect();',
      [
        ['R_ONE', false, null],
        ['R_TWO', false, null],
      ],
    ],
    [
      'a closure as helper',
      'let get = |key: &str| env::var(key).unwrap_or_default(); get("C1"); get("C2");',
      [
        ['C1', false, null],
        ['C2', false, null],
      ],
    ],
    ['a helper with a prefix', 'prefixed("LEVEL");', [['BOT_LEVEL', true, null]]],
    ['a helper of a helper', 'outer("DEEP");', [['DEEP', true, null]]],
    ['a macro of the repository', 'setting!("M1", "one");', [['M1', false, 'one']]],
    ['a method', 'let s = Source; s.text("VIA_METHOD");', [['VIA_METHOD', true, null]]],
    [
      'one in the place of another',
      'env::var("A").or_else(|_| env::var("B")).expect("x");',
      [
        ['A', false, null],
        ['B', false, null],
      ],
    ],
    ['no name at all', 'let n = compute(); env::var(n).ok(); env::var(&line[1..]).ok();', []],
    ['what another type of the same method takes', 'map.text("NOT_ME");', []],
  ])('is told: %s', async (_, body, expected) => {
    const code = `use std::env;
      const PREFIX: &str = "BOT";
      mod names { pub const TOKEN: &str = "API_TOKEN"; }
      const REQUIRED: [&str; 2] = ["R_ONE", "R_TWO"];
      fn prefixed(key: &str) -> String { env::var(format!("{PREFIX}_{key}")).unwrap() }
      fn outer(key: &str) -> String { inner(key) }
      fn inner(key: &str) -> String { env::var(key).unwrap() }
      macro_rules! setting { ($name:expr, $default:expr) => { std::env::var($name).unwrap_or_else(|_| $default.to_string()) }; }
      struct Source; ${body.includes('map.') ? '' : 'impl Source { fn text(&self, key: &str) -> String { env::var(key).unwrap() } }'}
      fn main() { ${body} }`;
    expect((await read(code)).filter(([name]) => name !== undefined)).toEqual(expected);
  });

  it('may be imported under another name', async () => {
    expect(await read('use std::env::var as lookup;\nfn main() { lookup("A").unwrap(); }')).toEqual([
      ['A', true, null],
    ]);
  });
});

describe('what becomes of a missing variable', () => {
  it.each([
    ['match env::var("X") { Ok(v) => v, Err(_) => "d".to_string() }', false, 'd'],
    ['if let Ok(v) = env::var("X") { v } else { "d".into() }', false, 'd'],
    ['if let Ok(v) = env::var("X") { v } else { panic!("no X") }', true, null],
    ['env::var("X").or_else(|_| Ok("d".to_string()))?', false, 'd'],
    ['env::var("X").or_else(|_| Err(Missing))?', true, null],
  ])('%s', async (code, required, value) => {
    expect(await read(`use std::env;\nfn main() { let x = ${code}; }`)).toEqual([['X', required, value]]);
  });
});

describe('the default that is told', () => {
  it('is shown by the line that says it', async () => {
    const { env } = await factsOf(
      'fn main() {\n std::env::var("X").ok();\n std::env::var("X").unwrap_or("a".into());\n}',
    );
    expect(env).toMatchObject([{ default: 'a', evidence: { line: 3 } }]);
  });

  const COMMANDS = `#[derive(Subcommand)] enum C { Run, Watch, Fetch }
fn main() { match c { C::Run => run(), C::Watch => watch(), C::Fetch => fetch() } }
fn fetch() { let url = std::env::var("API_URL").unwrap_or("https://live.venue.io".into()); }`;

  it('is none of a command that no service is', async () => {
    const { env } = await factsOf(`${COMMANDS}
fn run() { std::env::var("API_URL").unwrap_or_else(|_| c.url.clone()); loop {} }
fn watch() { loop {} }`);
    expect(env).toMatchObject([
      {
        services: ['run'],
        evidence: { line: 4 },
        over: [
          { value: 'default https://live.venue.io', why: 'no service runs the code there', evidence: { line: 3 } },
        ],
      },
    ]);
    expect(env[0]).not.toHaveProperty('default');
    expect(env[0]).not.toHaveProperty('perService');
  });

  it('is told for each service where they differ', async () => {
    const { env } = await factsOf(`${COMMANDS}
fn run() { std::env::var("API_URL").ok(); loop {} }
fn watch() { std::env::var("API_URL").unwrap_or("https://testnet.venue.io".into()); loop {} }`);
    expect(env).toMatchObject([
      {
        default: 'https://testnet.venue.io',
        evidence: { line: 5 },
        perService: [
          { service: 'run', required: false, evidence: { line: 4 } },
          { service: 'watch', required: false, default: 'https://testnet.venue.io', evidence: { line: 5 } },
        ],
      },
    ]);
  });

  it('of an address is shown by the line with the address', async () => {
    const { endpoints } = await factsOf(
      'const URL: &str = "https://api.venue.io";\nfn main() { std::env::var("API_URL").unwrap_or(URL.into()); }',
    );
    expect(endpoints).toMatchObject([{ url: 'https://api.venue.io', by: 'default', evidence: { line: 1 } }]);
  });

  it.each([
    ['SIM_SEED', '42', false],
    ['WALLET_SEED', 'abandon', true],
    ['API_TOKEN', '42', true],
  ])('of %s=%s makes it a secret: %s…', async (name, value, secret) => {
    const { env } = await factsOf(`fn main() { std::env::var("${name}").unwrap_or("${value}".into()); }`);
    expect(env).toMatchObject([{ secret }]);
  });
});

describe('alternatives', () => {
  it('are the other default, the lenient place and the dead one', async () => {
    const { env } = await factsOf(`
      fn main() { std::env::var("X").unwrap_or("a".into()); std::env::var("X").unwrap_or("b".into()); std::env::var("X").unwrap(); }
      fn old() { std::env::var("X").unwrap_or("c".into()); }`);
    expect(env[0]).toMatchObject({ required: true, default: 'a' });
    expect(env[0]?.over.map(({ value }) => value)).toEqual(['default b', 'required', 'read']);
  });

  it('never show a secret', async () => {
    const facts = await factsOf(
      'fn main() { std::env::var("API_KEY").unwrap_or("hunter2".into()); std::env::var("API_KEY").unwrap_or("hunter3".into()); }',
    );
    expect(JSON.stringify(facts)).not.toMatch(/hunter/);
  });
});

describe('libraries that read the environment', () => {
  const STRUCT = `#[derive(Deserialize)] struct Settings { database: Db, #[serde(default = "port")] port: u16, name: Option<String>, #[serde(rename = "key")] api: String, #[serde(default)] level: String }
    #[derive(Deserialize)] struct Db { url: String, pool: Option<u32> }
    fn port() -> u16 { 8080 }`;
  it.each([
    [
      'figment that splits',
      'fn load() -> Result<Settings, Error> { Figment::new().merge(Env::prefixed("APP_").split("__")).extract() }',
      [
        ['APP_DATABASE__POOL', false, null],
        ['APP_DATABASE__URL', true, null],
        ['APP_KEY', true, null],
        ['APP_LEVEL', false, null],
        ['APP_NAME', false, null],
        ['APP_PORT', false, '8080'],
      ],
    ],
    [
      'figment that does not',
      'fn load() -> Settings { let s: Settings = Figment::new().merge(Env::prefixed("APP_")).extract().unwrap(); s }',
      [
        ['APP_DATABASE', true, null],
        ['APP_KEY', true, null],
        ['APP_LEVEL', false, null],
        ['APP_NAME', false, null],
        ['APP_PORT', false, '8080'],
      ],
    ],
    [
      'raw figment, only some',
      'fn load() { Figment::from(Env::raw().only(&["PORT"])).extract::<Settings>(); }',
      [['PORT', false, '8080']],
    ],
    [
      'config-rs that splits',
      'fn load() -> Result<Settings, ConfigError> { Config::builder().set_default("level", "info")?.add_source(Environment::with_prefix("APP").prefix_separator("_").separator("__")).build()?.try_deserialize() }',
      [
        ['APP_DATABASE__POOL', false, null],
        ['APP_DATABASE__URL', true, null],
        ['APP_KEY', true, null],
        ['APP_LEVEL', false, 'info'],
        ['APP_NAME', false, null],
        ['APP_PORT', false, '8080'],
      ],
    ],
    [
      'config-rs that does not, and so has no way to a nested value',
      'fn load() { Config::builder().add_source(Environment::with_prefix("APP")).build().try_deserialize::<Settings>(); }',
      [
        ['APP_KEY', true, null],
        ['APP_LEVEL', false, null],
        ['APP_NAME', false, null],
        ['APP_PORT', false, '8080'],
      ],
    ],
    [
      'envy',
      'fn load() { envy::prefixed("BOT_").from_env::<Flat>(); }\n#[derive(Deserialize)] struct Flat { url: String, size: Option<u8>, #[serde(default = "port")] port: u16 }',
      [
        ['BOT_PORT', false, '8080'],
        ['BOT_SIZE', false, null],
        ['BOT_URL', true, null],
      ],
    ],
    [
      'envconfig',
      'fn load() {}\n#[derive(Envconfig)] struct Conf { #[envconfig(from = "DB_HOST", default = "localhost")] host: String, #[envconfig(from = "DB_KEY")] key: String, plain: Option<u8> }',
      [
        ['DB_HOST', false, 'localhost'],
        ['DB_KEY', true, null],
        ['PLAIN', false, null],
      ],
    ],
  ])('%s', async (_, code, expected) => {
    expect(await read(`${STRUCT}\n${code}\nfn main() { load(); }`)).toEqual(expected);
  });

  it('take what a file says for the default, and need less then', async () => {
    const { env } = await factsOf(
      `${STRUCT}\nfn main() { let s: Settings = Figment::new().merge(Toml::file("bot.toml")).merge(Env::prefixed("APP_").split("__")).extract().unwrap(); }`,
      { 'bot.toml': 'port = 9000\n[database]\nurl = "postgres://u:hunter2@localhost/x"\n' },
    );
    const by = Object.fromEntries(env.map((fact) => [fact.name, fact]));
    expect(by.APP_DATABASE__URL).toMatchObject({ required: false, key: 'database.url', secret: false });
    expect(by.APP_PORT).toMatchObject({ required: false, default: '9000' });
    expect(by.APP_KEY).toMatchObject({ required: true, confidence: 'likely' });
    expect(JSON.stringify(env)).not.toContain('hunter2');
  });

  it('take defaults from impl Default', async () => {
    const code = `#[derive(Deserialize)] #[serde(default)] struct S { port: u16, host: String }
      impl Default for S { fn default() -> Self { S { port: 3000, host: "127.0.0.1".into() } } }
      fn main() { envy::from_env::<S>(); }`;
    expect(await read(code)).toEqual([
      ['HOST', false, '127.0.0.1'],
      ['PORT', false, '3000'],
    ]);
  });

  it('are a prefix where the program loops over everything', async () => {
    const { envPrefixes } = await factsOf(
      'fn main() { std::env::vars().filter(|(key, _)| key.starts_with("BOT_")).count(); }',
    );
    expect(envPrefixes).toMatchObject([{ name: 'BOT_', library: 'std' }]);
  });

  it.each([
    ['EnvFilter::from_default_env()', 'RUST_LOG'],
    ['EnvFilter::try_from_env("BOT_LOG")', 'BOT_LOG'],
    ['EnvFilter::builder().with_env_var("MY_LOG").from_env_lossy()', 'MY_LOG'],
    ['pretty_env_logger::init()', 'RUST_LOG'],
  ])('log by %s', async (code, name) => {
    expect(await read(`use tracing_subscriber::EnvFilter;\nfn main() { ${code}; }`)).toEqual([[name, false, null]]);
  });
});

describe('what is no variable of the running program', () => {
  it('is read while compiling', async () => {
    const { env, buildEnv } = await factsOf(
      'fn main() { env!("GIT_SHA"); option_env!("CI"); env!("CARGO_PKG_VERSION"); }',
    );
    expect(env).toEqual([]);
    expect(buildEnv.map(({ name, required }) => [name, required])).toEqual([
      ['CI', false],
      ['GIT_SHA', true],
    ]);
  });

  it('is set or removed', async () => {
    expect(await read('fn main() { std::env::set_var("A", "b"); std::env::remove_var("C"); }')).toEqual([]);
  });
});

describe('services and variables', () => {
  it('are told apart where commands call different code', async () => {
    const { env } = await factsOf(`
      #[derive(Subcommand)] enum C { Trade, Feed }
      fn main() { init(); match c { C::Trade => trade(), C::Feed => feed() } }
      fn init() { std::env::var("EVERYBODY").ok(); }
      fn trade() { std::env::var("KEY").unwrap(); loop {} }
      fn feed() { std::env::var("FEED_URL").unwrap(); loop {} }`);
    expect(env.map(({ name, services }) => [name, services.join()])).toEqual([
      ['EVERYBODY', 'trade,feed'],
      ['FEED_URL', 'feed'],
      ['KEY', 'trade'],
    ]);
  });
});

describe('.env files', () => {
  it('beat the container where the program says so', async () => {
    expect(codes(await factsOf('fn main() { dotenvy::dotenv_override().ok(); }'))).toContain('dotenv-override');
    expect(codes(await factsOf('fn main() { dotenvy::dotenv().ok(); }'))).not.toContain('dotenv-override');
  });

  const files = {
    '.env.example': '# names\nUSED=hunter2\nexport UNUSED="a\nNOT_A_NAME=1\n"\n# OPTIONAL=\nBUILD_FLAG=1\n',
    'docker-compose.yml':
      'services:\n  app:\n    build: .\n    environment:\n      - USED\n      - FROM_COMPOSE=hunter2\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: x\n',
    'build.sh': 'echo $BUILD_FLAG\n',
  };
  const CODE =
    'fn main() { std::env::var("USED").ok(); std::env::var("OPTIONAL").ok(); std::env::var("FORGOTTEN").unwrap(); }';

  it('are compared with the code, both ways', async () => {
    const facts = await factsOf(CODE, files);
    const about = (code: string) =>
      facts.warnings
        .filter((each) => each.code === code)
        .map(({ message, evidence }) => [message, evidence?.file, evidence?.line]);
    expect(about('env-unread')).toEqual([
      ['.env.example names UNUSED, and nothing reads it', '.env.example', 3],
      ['docker-compose.yml names FROM_COMPOSE, and nothing reads it', 'docker-compose.yml', 6],
    ]);
    expect(about('env-unmentioned')).toEqual([
      ['FORGOTTEN is required, and .env.example does not name it', 'src/main.rs', 1],
    ]);
    expect(JSON.stringify(facts)).not.toContain('hunter2');
  });

  it('need not exist', async () => {
    expect(codes(await factsOf(CODE))).toEqual(expect.not.arrayContaining(['env-unmentioned', 'env-unread']));
  });

  it('that are ours say nothing', async () => {
    const ours = { 'docker-compose.yml': `# From trading-setup.yaml by trading-setup\n${files['docker-compose.yml']}` };
    expect((await factsOf(CODE, ours)).envFiles).toEqual([]);
  });
});
