import { describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { factsOf, repository } from './repository.ts';

const names = async (code: string, files = {}) => (await factsOf(code, files)).subcommands.map(({ name }) => name);

describe('a derived subcommand', () => {
  it.each([
    ['kebab case', 'enum C { LiveBotTui }', ['live-bot-tui']],
    ['digits that stay with their word', 'enum C { Layer2Sync, HTTPServer }', ['layer2-sync', 'http-server']],
    ['a name', '#[command(rename_all = "snake_case")] enum C { #[command(name = "go")] A, RunAll }', ['go', 'run_all']],
    ['a name by const', 'enum C { #[command(name = NAME)] A }\nconst NAME: &str = "from-const";', ['from-const']],
    ['lower', '#[command(rename_all = "lower")] enum C { RunAll }', ['runall']],
    ['screaming', '#[clap(rename_all = "SCREAMING_SNAKE_CASE")] enum C { RunAll }', ['RUN_ALL']],
    ['nested', 'enum C { Db(Db) }\n#[derive(Subcommand)] enum Db { Migrate, Reset }', ['db migrate', 'db reset']],
    [
      'nested in arguments',
      'enum C { Db(DbArgs) }\n#[derive(Args)] struct DbArgs { #[command(subcommand)] command: Db }\n#[derive(Subcommand)] enum Db { Migrate }',
      ['db migrate'],
    ],
    [
      'nested in a variant like a struct',
      'enum C { Db { #[command(subcommand)] command: Db }, Run }\n#[derive(Subcommand)] enum Db { Migrate }',
      ['db migrate', 'run'],
    ],
    [
      'flattened',
      'enum C { Run, #[command(flatten)] More(More) }\n#[derive(Subcommand)] enum More { Extra }',
      ['run', 'extra'],
    ],
    [
      'not one of others',
      'enum C { Run, #[command(external_subcommand)] Other(Vec<String>), #[command(skip)] No }',
      ['run'],
    ],
  ])('is named by clap: %s', async (_, code, expected) => {
    expect(await names(`#[derive(Subcommand)] ${code}\nfn main() {}`)).toEqual(expected);
  });

  it('remembers its other names', async () => {
    const { subcommands } = await factsOf(
      '#[derive(Subcommand)] enum C { #[command(visible_alias = "r")] Run }\nfn main() {}',
    );
    expect(subcommands[0]).toMatchObject({ name: 'run', aliases: ['r'] });
  });

  it('belongs to the binary whose command line it is, also where another one carries it', async () => {
    const member = '[package]\nname = "tool"\nversion = "0.1.0"\n';
    const { subcommands } = await detect(
      await repository({
        'Cargo.toml': member,
        'src/lib.rs':
          '#[derive(Parser)] pub struct Opt { #[command(subcommand)] pub c: Cmd }\n#[derive(Subcommand)] pub enum Cmd { Run }',
        'src/bin/plain.rs': 'use tool::Opt;\nfn main() { Opt::parse(); }',
        'src/bin/cargo-plain.rs':
          'use tool::Opt;\n#[derive(Parser)] enum Cli { Plain(Opt) }\nfn main() { Cli::parse(); }',
      }),
    );
    expect(subcommands.map(({ binary, name }) => `${binary}: ${name}`).sort()).toEqual([
      'cargo-plain: plain run',
      'plain: run',
    ]);
  });

  it('of structopt and argh is one too', async () => {
    expect(await names('#[derive(StructOpt)] enum C { RunAll }\nfn main() {}')).toEqual(['run-all']);
    const argh = `#[derive(FromArgs)] struct Top { #[argh(subcommand)] nested: Cmd }
      #[derive(FromArgs)] #[argh(subcommand)] enum Cmd { Go(GoArgs) }
      #[derive(FromArgs)] #[argh(subcommand, name = "go-now")] struct GoArgs {}
      fn main() {}`;
    expect(await names(argh)).toEqual(['go-now']);
  });
});

describe('what a subcommand runs', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['an arm', 'match c { Cmd::Go => go(), Cmd::Other => {} }'],
    ['an arm after use Cmd::*', 'use Cmd::*; match c { Go => go(), Other => {} }'],
    ['an arm after use of the variant', 'use Cmd::{Go, Other}; match c { Go => go(), Other => {} }'],
    ['if let', 'if let Cmd::Go = c { go() }'],
    ['if let of an Option', 'if let Some(Cmd::Go) = c { go() }'],
    ['matches!', 'if matches!(c, Cmd::Go) { go() }'],
    ['a comparison', 'if c == Cmd::Go { go() }'],
    ['several patterns', 'match c { Cmd::Other | Cmd::Go if yes => go(), _ => {} }'],
  ];
  it.each(cases)('is found through %s', async (_, body) => {
    const { subcommands } = await factsOf(
      `#[derive(Subcommand, PartialEq)] enum Cmd { Go, Other }\nfn main() { let c = parse(); ${body} }\nfn go() { axum::serve(l, app).await; }`,
    );
    expect(subcommands.find(({ name }) => name === 'go')).toMatchObject({ kind: 'daemon', serves: true });
  });

  it('is not what runs only without it', async () => {
    const { subcommands } = await factsOf(
      '#[derive(Subcommand)] enum Cmd { Go }\nfn main() { if !matches!(c, Cmd::Go) { serve() } }\nfn serve() { axum::serve(l, app).await; }',
    );
    expect(subcommands[0]?.kind).toBe('one-shot');
  });

  it('is found through a method of the enum, and of what the variant carries', async () => {
    const { subcommands } = await factsOf(`
      #[derive(Subcommand)] enum Cmd { Go, Far(Far) }
      impl Cmd { fn run(self) { match self { Self::Go => serve(), Self::Far(far) => far.execute() } } }
      #[derive(Args)] struct Far {} impl Far { fn execute(self) { loop { step(); } } }
      fn serve() { let l = TcpListener::bind(a); }
      fn main() { parse().run(); }`);
    expect(subcommands.map(({ name, kind }) => [name, kind])).toEqual([
      ['go', 'daemon'],
      ['far', 'worker'],
    ]);
  });

  it('tells modules apart that have an Args each', async () => {
    const args = (name: string) =>
      `use clap::Args as _; #[derive(clap::Args)] pub struct Args { #[arg(env = "${name}")] x: String }`;
    const { env } = await factsOf(
      'mod a; mod b;\n#[derive(Subcommand)] enum C { A(a::Args), B(b::Args) }\nfn main() { match c { C::A(_) => loop {}, C::B(_) => loop {} } }',
      { 'src/a.rs': args('ONE'), 'src/b.rs': args('TWO') },
    );
    expect(env.map(({ name, services }) => [name, services])).toEqual([
      ['ONE', ['a']],
      ['TWO', ['b']],
    ]);
  });
});

describe('a command of the builder', () => {
  const CODE = `use clap::{Arg, Command};
    fn cli() -> Command {
      Command::new("bot").arg(Arg::new("key").env("BOT_KEY").required(true))
        .subcommand(Command::new("run").arg(Arg::new("url").long("url").env("BOT_URL").default_value("wss://a.b")))
        .subcommand(Command::new("db").subcommands([Command::new("migrate"), Command::new("reset")]))
        .subcommand(tui::command())
    }
    mod tui { pub fn command() -> clap::Command { Command::new("watch") } }
    fn main() { match cli().get_matches().subcommand() { Some(("run", m)) => serve(m), Some(("watch", _)) => draw(), _ => {} } }
    fn serve(m: &M) { TcpListener::bind(a); }
    fn draw() { ratatui::init(); }`;

  it('is named with those above it, also where another function makes it', async () => {
    expect(await names(CODE)).toEqual(['run', 'db migrate', 'db reset', 'watch']);
  });

  it('is followed from its match', async () => {
    const { subcommands } = await factsOf(CODE);
    expect(subcommands.map(({ kind }) => kind)).toEqual(['daemon', 'one-shot', 'one-shot', 'tui']);
  });

  it('is followed from subcommand_matches', async () => {
    const { subcommands } = await factsOf(`use clap::{App, SubCommand};
      fn main() { let m = App::new("b").subcommand(SubCommand::with_name("go")).get_matches();
        if let Some(m) = m.subcommand_matches("go") { loop { step(m); } } }`);
    expect(subcommands).toMatchObject([{ name: 'go', kind: 'worker' }]);
  });

  it('has arguments that the environment fills', async () => {
    const { env } = await factsOf(CODE);
    expect(env.map(({ name, required, default: value }) => [name, required, value])).toEqual([
      ['BOT_KEY', true, undefined],
      ['BOT_URL', false, 'wss://a.b'],
    ]);
  });

  it('is no program that is started', async () => {
    expect(
      await names('use std::process::Command;\nfn main() { Command::new("git").arg("x"); let clap = 1; }'),
    ).toEqual([]);
  });
});

describe('a command told by hand', () => {
  it.each([
    [
      'args[1]',
      'let args: Vec<String> = std::env::args().collect(); match args[1].as_str() { "run" => go(), "help" => {}, _ => {} }',
    ],
    ['nth(1)', 'match std::env::args().nth(1).as_deref() { Some("run") => go(), Some("--help") => {}, _ => {} }'],
    [
      'a variable',
      'let mut args = std::env::args().skip(1); let cmd = args.next(); match cmd.as_deref() { Some("run") => go(), _ => {} }',
    ],
    [
      'pico-args',
      'let mut args = pico_args::Arguments::from_env(); match args.subcommand()?.as_deref() { Some("run") => go(), _ => {} }',
    ],
  ])('is found: %s', async (_, body) => {
    const { subcommands } = await factsOf(`fn main() { ${body} }\nfn go() { loop { step(); } }`);
    expect(subcommands).toMatchObject([{ name: 'run', kind: 'worker' }]);
  });

  it('is no text of another match', async () => {
    expect(
      await names('fn main() { let a = std::env::args(); match side { "buy" => {}, "sell" => {}, _ => {} } }'),
    ).toEqual([]);
  });
});

describe('an argument with a variable', () => {
  const read = async (code: string) => {
    const { env } = await factsOf(`${code}\nfn main() { Cli::parse(); }`);
    return env.map(({ name, required, default: value }) => [name, required, value ?? null]);
  };
  it.each([
    ['the field implies its name', '#[clap(long, env)] api_key2: String', [['API_KEY2', true, null]]],
    ['a raw name', '#[arg(long, env)] r#type: String', [['TYPE', true, null]]],
    ['a const', '#[arg(env = consts::NAME)] x: String', [['FROM_CONST', true, null]]],
    ['a call', '#[arg(long, env("X"))] x: Option<String>', [['X', false, null]]],
    ['a default by const', '#[arg(env = "X", default_value_t = PORT)] x: u16', [['X', false, '9']]],
    ['an enum default', '#[arg(env = "X", default_value_t = Mode::DryRun)] x: Mode', [['X', false, 'dry-run']]],
    ['a default that is made', '#[arg(env = "X", default_value_os_t = home())] x: PathBuf', [['X', false, null]]],
    ['a Vec', '#[arg(env = "X", value_delimiter = \',\')] x: Vec<String>', [['X', false, null]]],
    ['a truth', '#[arg(long, env = "X")] x: bool', [['X', false, null]]],
    ['not required', '#[arg(env = "X", required = false)] x: String', [['X', false, null]]],
    ['required all the same', '#[arg(env = "X", required = true)] x: Option<String>', [['X', true, null]]],
    ['needs another', '#[arg(env = "X", requires = "y")] x: Option<String>', [['X', false, null]]],
    ['documented', '/// a, b: c\n #[arg(long, env = "X")]\n pub x: String', [['X', true, null]]],
    ['none', '#[arg(long)] x: String', []],
  ])('%s', async (_, field, expected) => {
    const code = `const PORT: u16 = 9;\nmod consts { pub const NAME: &str = "FROM_CONST"; }\n#[derive(clap::Parser)] struct Cli { ${field} }`;
    expect(await read(code)).toEqual(expected);
  });

  it('takes the case that the type asks for', async () => {
    expect(
      await read(
        '#[derive(Parser)] #[command(rename_all_env = "snake_case")] struct Cli { #[arg(env)] api_key: String }',
      ),
    ).toEqual([['api_key', true, null]]);
  });

  it('belongs to the command that takes it, unless the whole command line does', async () => {
    const { env } = await factsOf(`
      #[derive(Parser)] struct Cli { #[arg(long, env, global = true)] level: Option<String>, #[command(flatten)] db: Db, #[command(subcommand)] c: Cmd }
      #[derive(Args)] struct Db { #[arg(env = "DB_URL")] url: String }
      #[derive(Subcommand)] enum Cmd { Run { #[arg(env = "KEY")] key: String }, Watch(Shared), Feed(Shared) }
      #[derive(Args)] struct Shared { #[arg(env = "FEED")] feed: String }
      fn main() { match Cli::parse().c { Cmd::Run { key } => loop {}, Cmd::Watch(s) => loop {}, Cmd::Feed(s) => loop {} } }`);
    expect(env.map(({ name, services }) => [name, services.join()])).toEqual([
      ['DB_URL', 'run,watch,feed'],
      ['FEED', 'watch,feed'],
      ['KEY', 'run'],
      ['LEVEL', 'run,watch,feed'],
    ]);
  });

  it('is read by each binary that parses it, whole or as a part', async () => {
    const { env } = await detect(
      await repository({
        'Cargo.toml': '[package]\nname = "arb"\nversion = "0.1.0"\n',
        'src/lib.rs': `#[derive(Parser)] pub struct Env { #[clap(long, env)] pub ws_rpc_url: String, #[clap(flatten)] pub auth: Auth }
          #[derive(Parser)] pub struct Auth { #[clap(long, env)] pub app_secret: String }`,
        'src/bin/main.rs': 'use arb::Env;\nfn main() { Env::parse(); }',
        'src/bin/auth.rs': 'use arb::Auth;\nfn main() { Auth::parse(); }',
      }),
    );
    expect(env.map(({ name, readBy }) => [name, readBy.join()])).toEqual([
      ['APP_SECRET', 'auth,main'],
      ['WS_RPC_URL', 'main'],
    ]);
  });

  it('belongs to its command though its struct derives Parser', async () => {
    const { env } = await factsOf(`
      #[derive(Subcommand)] enum C { Run(RunArgs), Other }
      #[derive(Parser)] struct RunArgs { #[arg(env = "KEY")] key: String }
      fn main() { match Cli::parse().c { C::Run(a) => loop {}, C::Other => loop {} } }`);
    expect(env).toMatchObject([{ name: 'KEY', services: ['run'] }]);
  });

  it('is found in a crate of the workspace, and read by the binaries that use it', async () => {
    const member = (name: string, dependency = '') => `[package]\nname = "${name}"\nversion = "0.1.0"\n${dependency}`;
    const facts = await detect(
      await repository({
        'Cargo.toml': '[workspace]\nmembers = ["lib", "app", "tool"]\n',
        'lib/Cargo.toml': member('shared'),
        'lib/src/lib.rs': '#[derive(clap::Args)] pub struct Venue { #[arg(env = "VENUE_KEY")] pub key: String }',
        'app/Cargo.toml': member('app', '[dependencies]\nshared = { path = "../lib" }\n'),
        'app/src/main.rs':
          'use shared::Venue;\n#[derive(clap::Parser)] struct Cli { #[command(flatten)] venue: Venue }\nfn main() { Cli::parse(); }',
        'tool/Cargo.toml': member('tool', '[dependencies]\nshared = { path = "../lib" }\n'),
        'tool/src/main.rs': 'fn main() {}',
      }),
    );
    expect(facts.env).toMatchObject([{ name: 'VENUE_KEY', required: true, readBy: ['app'] }]);
  });
});
