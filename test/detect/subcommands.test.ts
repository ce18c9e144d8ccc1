import { describe, expect, it } from 'vitest';
import { factsOf } from './repository.ts';

/** A program with one subcommand `go` that runs the code. */
const program = (body: string, more = '') => `
  #[derive(clap::Subcommand)] enum Cmd { Go(GoArgs) }
  fn main() { match parse() { Cmd::Go(args) => go(args), } }
  fn go(args: GoArgs) { ${body} }
  ${more}`;

describe('a subcommand', () => {
  it.each([
    ['println!("x");', 'one-shot', false, []],
    ['let l = TcpListener::bind(a).await?; axum::serve(l, app).await?;', 'daemon', true, []],
    ['let mut t = ratatui::init(); loop { t.draw(f)?; }', 'tui', false, []],
    ['loop { step().await; }', 'worker', false, []],
    ['loop { if done() { break; } }', 'one-shot', false, []],
    ['let mut i = tokio::time::interval(d); work(&mut i);', 'worker', false, []],
    ['tokio::signal::ctrl_c().await?;', 'worker', false, ['SIGINT']],
    ['signal(SignalKind::terminate())?;', 'worker', false, ['SIGTERM']],
    ['// loop { }\n let s = "TcpListener";', 'one-shot', false, []],
  ])('that runs %s', async (body, kind, serves, signals) => {
    const { subcommands } = await factsOf(program(body));
    expect(subcommands).toMatchObject([{ binary: 'bot', name: 'go', kind, serves, signals }]);
  });

  it('is followed into a method of what it makes, and not into one of the same name elsewhere', async () => {
    const { subcommands } = await factsOf(
      program(
        'Quiet::new().run();',
        'struct Quiet; impl Quiet { fn new() -> Self { Quiet } fn run(&self) {} }\n' +
          'struct Loud; impl Loud { fn run(&self) { let l = TcpListener::bind(a); } }',
      ),
    );
    expect(subcommands[0]?.kind).toBe('one-shot');
  });

  it('is followed to the module that the file imports', async () => {
    const { subcommands } = await factsOf(
      'mod a; mod b; use crate::b as work;\n#[derive(Subcommand)] enum C { Go }\nfn main() { match x { C::Go => work::run() } }',
      { 'src/a.rs': 'pub fn run() { loop {} }', 'src/b.rs': 'pub fn run() { println!(); }' },
    );
    expect(subcommands[0]).toMatchObject({ kind: 'one-shot', confidence: 'likely' });
  });

  it('is a guess where no match shows what it runs', async () => {
    const { subcommands } = await factsOf('#[derive(Subcommand)] enum C { Go }\nfn main() {}');
    expect(subcommands[0]).toMatchObject({ kind: 'one-shot', confidence: 'guess' });
  });

  it.each([
    ['enum C { LiveBotTui }', ['live-bot-tui']],
    ['enum C { #[command(name = "x")] Long, /* B, */ #[clap(about = "a, b")] RunAll { a: u8 } }', ['x', 'run-all']],
    ['#[command(rename_all = "snake_case")] enum C { RunAll }', ['run_all']],
    ['enum C { A(Inner) }\n#[derive(Subcommand)] enum Inner { Deep }', ['a deep']],
  ])('is named as typed: %s', async (code, names) => {
    const { subcommands } = await factsOf(`#[derive(Debug, Subcommand)] ${code}\nfn main() {}`);
    expect(subcommands.map(({ name }) => name)).toEqual(names);
  });

  it('names the databases that it opens', async () => {
    const { subcommands, databases } = await factsOf(
      `#[derive(Subcommand)] enum C { A, B, D }
       fn main() { match x { C::A => a(), C::B => b(), C::D => {} } }
       fn a() { let url = std::env::var("STATE_DB_URL").unwrap_or("sqlite://s.db".into()); }
       fn b() { connect(&config.database.url); }`,
      { 'config/default.toml': '[database]\nurl = "postgres://u:hunter2@localhost/x"\n' },
    );
    expect(subcommands.map(({ name, databases: opened }) => [name, opened])).toEqual([
      ['a', ['STATE_DB_URL']],
      ['b', ['database.url']],
      ['d', []],
    ]);
    expect(databases.map(({ url }) => url)).toEqual(['sqlite://s.db', 'postgres://u:[secret]@localhost/x']);
  });
});

describe('a command that is handed on by its trait', () => {
  const program = (arms: string) => `
    #[derive(Subcommand)] enum C { Trade, Report }
    trait Exec { fn exec(&self); }
    struct Trade; struct Report;
    impl Exec for Trade { fn exec(&self) { loop { step(); } } }
    impl Exec for Report { fn exec(&self) { println!("x"); } }
    fn go(c: Box<dyn Exec>) { c.exec() }
    fn main() { ${arms} }`;
  it.each([
    'match c { C::Trade => go(Box::new(Trade)), C::Report => go(Box::new(Report)) }',
    'let e: Box<dyn Exec> = match c { C::Trade => Box::new(Trade), C::Report => Box::new(Report) }; e.exec()',
  ])('is what its type does: %s', async (arms) => {
    const { subcommands } = await factsOf(program(arms));
    expect(subcommands.map(({ name, kind, confidence }) => [name, kind, confidence])).toEqual([
      ['trade', 'worker', 'likely'],
      ['report', 'one-shot', 'likely'],
    ]);
  });

  it('is a guess where its type cannot be told', async () => {
    const { subcommands } = await factsOf(program('match c { C::Trade => go(made("trade")), C::Report => {} }'));
    expect(subcommands[0]).toMatchObject({ kind: 'one-shot', confidence: 'guess', over: [{ value: 'a service' }] });
  });
});
