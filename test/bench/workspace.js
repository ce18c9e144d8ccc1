// A large trading workspace, generated: crates of about 3,340 lines in ten files, each using the ones before it, one
// binary that reaches them all. The text differs from crate to crate; the same number of crates gives the same bytes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILES = 10;
const FUNCTIONS = 11;
const NOUNS = ['order', 'book', 'quote', 'fill', 'ledger', 'position', 'candle', 'signal', 'venue', 'margin', 'hedge'];
const VERBS = ['apply', 'match_up', 'reprice', 'settle', 'replay', 'merge', 'expire', 'route_to', 'score', 'sample'];

const pick = (list, number) => list[number % list.length];
const camel = (name) => name.replace(/(?:^|_)(\w)/g, (_, letter) => letter.toUpperCase());

function method(crate, file, index) {
  const seed = crate * 131 + file * 17 + index;
  const [noun, verb, other] = [pick(NOUNS, seed), pick(VERBS, seed * 7 + 3), pick(NOUNS, seed * 5 + 1)];
  return `    /// Brings the ${noun} in line with what the ${other} says, which may be older.
    ///
    /// Quantities are in lots, prices in ticks.
    pub fn ${verb}_${noun}_${index}(&mut self, ${other}: &str, price: i64) -> Result<usize, Error> {
        // The venue repeats itself after a reconnect: what was seen is not seen again.
        let mut seen = Vec::with_capacity(self.${noun}s.len());
        for (key, value) in self.${noun}s.iter().filter(|(_, it)| it.price <= price) {
            if value.quantity == 0 {
                continue;
            }
            seen.push(format!("{}:{}:{}", key, ${other}, value.quantity * ${seed}));
        }
        match seen.len() {
            0 => Err(Error::Empty("no ${noun} for ${other}, looked at ${seed}")),
            count if count > ${(seed % 900) + 100} => {
                self.total += count as i64 * price;
                Ok(count)
            }
            count => Ok(count + helper_${index}(price)),
        }
    }
`;
}

function module(crate, file) {
  const noun = camel(`${pick(NOUNS, crate + file)}_${pick(VERBS, file * 3 + crate)}`);
  const previous = crate > 0 ? `use crate_${crate - 1}::part_${file}::touch as below;\n` : '';
  const descend = crate > 0 ? '    below(price - 1)' : '    price';
  const fields = NOUNS.map((name) => `    pub ${name}s: HashMap<String, Entry>,`).join('\n');
  const helpers = Array.from(
    { length: FUNCTIONS },
    (_, index) => `fn helper_${index}(price: i64) -> usize {\n    price as usize * ${index + crate}\n}\n`,
  );
  const isRead = file === 3 && crate % 10 === 0;
  const variable = isRead
    ? `\n/// Where the feed of part ${crate} is.\npub fn feed_${crate}() -> String {\n    std::env::var("FEED_${crate}_URL").unwrap_or_else(|_| "wss://feed-${crate}.invalid".to_string())\n}\n`
    : '';
  return `//! Part ${file} of crate ${crate}.
use std::collections::HashMap;
use std::fmt;
${previous}
/// What can go wrong here.
#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    Empty(&'static str),
    Closed { code: u16, reason: String },
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Empty(what) => write!(out, "empty: {what}"),
            Error::Closed { code, reason } => write!(out, "closed with {code}: {reason}"),
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Entry {
    pub price: i64,
    pub quantity: i64,
}

/// State of ${noun}.
#[derive(Debug, Default)]
pub struct ${noun}State {
${fields}
    pub total: i64,
}

impl ${noun}State {
${Array.from({ length: FUNCTIONS }, (_, index) => method(crate, file, index)).join('\n')}}

${helpers.join('\n')}
${variable}
/// Called from the crate above.
pub fn touch(price: i64) -> i64 {
    let mut state = ${noun}State::default();
    let _ = state.${pick(VERBS, (crate * 131 + file * 17) * 7 + 3)}_${pick(NOUNS, crate * 131 + file * 17)}_0("x", price);
${isRead && crate % 20 === 0 ? `    feed_${crate}();\n` : ''}${descend}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touches() {
        std::env::var("ONLY_IN_TESTS_${crate}").ok();
        assert_eq!(touch(1), touch(1));
    }
}
`;
}

function main(crates) {
  const top = `crate_${crates - 1}`;
  return `use clap::{Parser, Subcommand};

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Trades until it is told to stop.
    Run,
    /// Replays a day.
    Replay { day: String },
}

#[tokio::main]
async fn main() {
    match Cli::parse().command {
        Command::Run => run().await,
        Command::Replay { day } => println!("{day} {}", ${top}::part_0::touch(1)),
    }
}

async fn run() {
    let address = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_string());
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let app = axum::Router::new().route("/health", axum::routing::get(|| async { "ok" }));
${Array.from({ length: FILES }, (_, file) => `    ${top}::part_${file}::touch(${file});`).join('\n')}
    axum::serve(listener, app).await.unwrap();
}
`;
}

/** Writes the workspace into a folder; returns how many lines and bytes of Rust it has. */
export function writeWorkspace(folder, crates) {
  let [lines, bytes] = [0, 0];
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    if (!path.endsWith('.rs')) return;
    lines += text.split('\n').length - 1;
    bytes += Buffer.byteLength(text);
  };
  const manifest = (name, dependencies) =>
    `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n${dependencies.join('\n')}\n`;
  const path = (crate) => `crate_${crate} = { path = "../crate_${crate}" }`;
  write('Cargo.toml', '[workspace]\nresolver = "2"\nmembers = ["crates/*"]\n');
  write('Cargo.lock', 'version = 4\n');
  for (let crate = 0; crate < crates; crate += 1) {
    const at = `crates/crate_${crate}`;
    write(`${at}/Cargo.toml`, manifest(`crate_${crate}`, crate > 0 ? [path(crate - 1)] : []));
    write(`${at}/src/lib.rs`, Array.from({ length: FILES }, (_, file) => `pub mod part_${file};\n`).join(''));
    for (let file = 0; file < FILES; file += 1) write(`${at}/src/part_${file}.rs`, module(crate, file));
  }
  const outside = [
    'axum = "0.8"',
    'clap = { version = "4", features = ["derive"] }',
    'tokio = { version = "1", features = ["full"] }',
  ];
  write('crates/bot/Cargo.toml', manifest('bot', [path(crates - 1), ...outside]));
  write('crates/bot/src/main.rs', main(crates));
  return { lines, bytes };
}
