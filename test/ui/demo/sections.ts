import type { Check, Input, Origin, ReviewLine, ReviewSection } from '../../../src/flow/types.ts';

const detected = (text: string): Origin => ({ source: 'detected', text });
const recommended: Origin = { source: 'default', text: 'recommended' };

function line(
  path: string,
  title: string,
  value: string,
  origin: Origin,
  help: string,
  input: Input = { kind: 'text' },
  check?: Check,
): ReviewLine {
  return { path, title, help, value, origin, input, state: 'answered', ...(check ? { check } : {}) };
}

function secret(name: string, title: string, help: string, required: boolean): ReviewLine {
  return {
    path: `secrets.${name}`,
    title,
    help,
    value: '',
    origin: detected('crates/hyperliquid/src/auth.rs:21'),
    input: { kind: 'secret', required },
    state: required ? 'open' : 'answered',
  };
}

/** A setup as it looks for a trading system with a daemon, a TUI and a database. */
export const SECTIONS: readonly ReviewSection[] = [
  {
    title: 'Services',
    summary: 'daemon (algo-trade run), terminal in the browser',
    lines: [
      line(
        'services.daemon.binary',
        'Binary',
        'algo-trade',
        detected('crates/cli/Cargo.toml:9'),
        'The program that trades.',
      ),
      line(
        'services.daemon.args',
        'Arguments',
        'run --config config/Config.toml',
        detected('crates/cli/src/main.rs:44'),
        'What the daemon is started with.',
      ),
      line('tui.access', 'TUI access', 'In the browser', recommended, 'How you reach the terminal screen of the bot.', {
        kind: 'choice',
        options: [
          { value: 'browser', label: 'In the browser', hint: 'behind a login, on 127.0.0.1' },
          { value: 'exec', label: 'docker exec', hint: 'no port at all' },
          { value: 'none', label: 'Not at all', hint: '' },
        ],
      }),
    ],
    notes: ['The TUI keeps a registry of its own: it does not show the bots of the daemon.'],
  },
  {
    title: 'Ports',
    summary: 'web API 8080 behind the login, terminal 7682 behind the login, this machine only',
    lines: [
      line(
        'ports.api',
        'Web API',
        '8080',
        detected('crates/web/src/lib.rs:17'),
        'On 127.0.0.1 only, through the gate with a login.',
        { kind: 'text' },
        { level: 'good', text: 'free' },
      ),
      line(
        'ports.tui',
        'TUI',
        '7682',
        { source: 'host', text: '7681 is used by nginx' },
        'On 127.0.0.1 only, through the gate with a login.',
        { kind: 'text' },
        { level: 'bad', text: 'used by nginx', advice: 'next free: 7683' },
      ),
    ],
    notes: ['The API can start and stop bots and has no login of its own: the gate asks for one.'],
  },
  {
    title: 'Database',
    summary: 'TimescaleDB 2.19.3-pg17, 4GB of memory, 3 SQL files',
    lines: [
      line(
        'database.image',
        'Image',
        'timescale/timescaledb:2.19.3-pg17',
        recommended,
        'TimescaleDB for PostgreSQL 17.',
      ),
      line(
        'database.name',
        'Name',
        'trading',
        detected('config/Config.toml:7'),
        'The database that the SQL files are run in.',
      ),
    ],
    notes: [],
  },
  {
    title: 'Build',
    summary: 'cargo-chef, compiled with rust:1.90-bookworm, algo-trade',
    lines: [
      line(
        'build.rust',
        'Rust',
        '1.90',
        detected('rust-toolchain.toml:2'),
        'The larger of rust-version and our pinned stable.',
      ),
    ],
    notes: ['Cargo.lock is ignored by git: the build resolves anew each time.'],
  },
  {
    title: 'Secrets',
    summary: '1 waits for you, 1 will be generated',
    lines: [
      secret(
        'HYPERLIQUID_API_WALLET_KEY',
        'HYPERLIQUID_API_WALLET_KEY',
        'The agent key, not the key of your account: 0x and 64 hex digits.',
        true,
      ),
      secret('HYPERLIQUID_ACCOUNT_ADDRESS', 'HYPERLIQUID_ACCOUNT_ADDRESS', 'The address that holds the funds.', false),
      {
        ...secret('DATABASE_PASSWORD', 'DATABASE_PASSWORD', 'Made here, shown to nobody.', true),
        value: 'will be generated',
        state: 'answered',
      },
    ],
    notes: [],
  },
];
