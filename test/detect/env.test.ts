import { describe, expect, it } from 'vitest';
import { isSecretName, withoutPasswords } from '../../src/detect/secret-names.ts';
import { factsOf } from './repository.ts';

describe('a variable', () => {
  it.each([
    ['env::var("X").unwrap()', true, undefined],
    ['std::env::var("X")?', true, undefined],
    ['env::var("X").context("missing")?', true, undefined],
    ['env::var("X").ok()', false, undefined],
    ['env::var("X").ok()?', false, undefined],
    ['env::var("X").ok().ok_or(Error)?', true, undefined],
    ['env::var("X").unwrap_or_default()', false, undefined],
    ['env::var("X").unwrap_or("a".to_string())', false, 'a'],
    ['env::var("X").unwrap_or_else(|_| DEFAULT.into())', false, 'from-constant'],
    ['env::var("X").unwrap_or_else(|_| panic!("no X"))', true, undefined],
    ['env::var("X").ok().and_then(|v| v.parse().ok()).unwrap_or(30)', false, '30'],
    ['if let Ok(x) = env::var("X") { use_it(x) }', false, undefined],
    ['let Ok(x) = env::var("X") else { return Err(e) }', true, undefined],
    ['match env::var("X") { Ok(v) => v, Err(_) => return Err(e) }', true, undefined],
    ['match env::var("X") { Ok(v) => v, Err(_) => String::new() }', false, undefined],
    ['env::var(NAME).unwrap()', true, undefined],
    ['env::var_os("X").is_some()', false, undefined],
  ])('%s', async (code, required, value) => {
    const { env } = await factsOf(
      `const DEFAULT: &str = "from-constant";\nconst NAME: &str = "X";\nfn main() { ${code}; }`,
    );
    expect(env).toHaveLength(1);
    expect(env[0]).toMatchObject({ name: 'X', required, evidence: { file: 'src/main.rs', line: 3 } });
    expect(env[0]?.default).toBe(value);
  });

  it.each([
    ['#[arg(long, env = "X")] x: String', true, undefined],
    ['#[arg(env = "X")] x: Option<String>', false, undefined],
    ['#[clap(long, env)] pub x: String', true, undefined],
    ['#[clap(long, env, default_value = "7")] x: u8', false, '7'],
    ['#[arg(env = "X", default_value_t = 9)] x: u8', false, '9'],
  ])('of clap: %s', async (field, required, value) => {
    const { env } = await factsOf(`#[derive(clap::Parser)]\nstruct Cli { ${field}, }\nfn main() {}`);
    expect(env[0]).toMatchObject({ name: 'X', required, dead: false, readBy: ['bot'] });
    expect(env[0]?.default).toBe(value);
  });

  it('is found through a helper that takes its name', async () => {
    const { env } = await factsOf(`
      fn setting(key: &str, fallback: &str) -> String { std::env::var(key).unwrap_or_else(|_| fallback.to_string()) }
      fn need(key: &str) -> String { std::env::var(key).expect("set it") }
      fn main() { setting("A", "one"); need("B"); }`);
    expect(env.map(({ name, required, default: value }) => [name, required, value])).toEqual([
      ['A', false, 'one'],
      ['B', true, undefined],
    ]);
  });

  it('does not count in comments, texts, tests and macros of the compiler', async () => {
    const { env } = await factsOf(`
      // env::var("A").unwrap()
      fn main() { let s = "env::var(\\"B\\")"; option_env!("C"); }
      #[cfg(test)] mod tests { fn t() { std::env::var("D").unwrap(); } }`);
    expect(env).toEqual([]);
  });

  it('is dead where only dead code leads to it, and alive through a trait of others', async () => {
    const { env } = await factsOf(`
      struct Wallet;
      impl Wallet { fn from_env() { std::env::var("A"); } fn legacy() { helper(); } }
      fn helper() { std::env::var("B"); }
      impl Drop for Wallet { fn drop(&mut self) { std::env::var("C"); } }
      fn main() { Wallet::from_env(); }`);
    expect(env.map(({ name, dead }) => [name, dead])).toEqual([
      ['A', false],
      ['B', true],
      ['C', false],
    ]);
  });
});

describe('isSecretName', () => {
  it.each([
    'API_KEY',
    'APP_SECRET',
    'BOT_TOKEN',
    'DB_PASSWORD',
    'HYPERLIQUID_PRIVATE_KEY',
    'PRIVATE_KEY_HEX',
    'apiKey',
  ])('hides %s', (name) => expect(isSecretName(name)).toBe(true));
  it.each([
    'PUBLIC_KEY',
    'TOKEN_ADDRESS',
    'KEY_PATH',
    'SECRET_NAME',
    'RUST_LOG',
    'MONKEY',
    'ACCOUNT_ID',
    'max_tokens_per_call',
  ])('shows %s', (name) => expect(isSecretName(name)).toBe(false));
});

describe('withoutPasswords', () => {
  it('hides the password of a URL and nothing else', () => {
    expect(withoutPasswords('postgres://u:hunter2@db:5432/x')).toBe('postgres://u:[secret]@db:5432/x');
    expect(withoutPasswords('https://api.venue.io/a:b@c')).toBe('https://api.venue.io/a:b@c');
  });
});
