import type {
  Check,
  ConflictChoice,
  ReviewLine,
  ReviewSection,
  SetupState,
  SetupStore,
} from '../../../src/flow/types.ts';
import type { Secret } from '../../../src/secret.ts';
import { SECTIONS } from './sections.ts';

/** What a store was told, for tests. */
export interface Told {
  readonly intent: string;
  readonly path: string;
  readonly text?: string;
  readonly secret?: Secret;
}

/** A store that keeps answers in memory and refuses a few of them, as the real one does. */
export class FakeStore implements SetupStore {
  readonly told: Told[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #past: SetupState[] = [];
  readonly #ahead: SetupState[] = [];
  readonly #start: SetupState;
  readonly observed = Promise.resolve();
  /** Where the cursor was last. */
  place = '';
  #state: SetupState;

  constructor(overrides: Partial<SetupState> = {}) {
    this.#state = counted({ ...START, ...overrides });
    this.#start = this.#state;
  }

  getState(): SetupState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(path: string, text: string): string | undefined {
    this.told.push({ intent: 'change', path, text });
    if (path.startsWith('ports.') && !/^\d+$/.test(text)) return 'A port is a number from 1 to 65535.';
    this.#answer(path, { value: text, state: 'answered', origin: { source: 'typed', text: 'typed' } });
    return undefined;
  }

  enterSecret(name: string, value: Secret): string | undefined {
    this.told.push({ intent: 'enter-secret', path: name, secret: value });
    if (name.endsWith('WALLET_KEY') && !/^0x[0-9a-f]{64}$/i.test(value.reveal())) {
      return 'An EVM private key is 0x and 64 hex digits.';
    }
    this.#answer(`secrets.${name}`, {
      value: 'entered',
      state: 'answered',
      origin: { source: 'typed', text: 'typed' },
    });
    return undefined;
  }

  skipSecret(name: string): void {
    this.told.push({ intent: 'skip-secret', path: name });
    this.#answer(`secrets.${name}`, {
      value: 'skipped',
      state: 'answered',
      origin: { source: 'typed', text: 'typed' },
    });
  }

  undo(): boolean {
    const before = this.#past.pop();
    if (before) this.#ahead.push(this.#state);
    if (before) this.#become(before);
    return before !== undefined;
  }

  redo(): boolean {
    const next = this.#ahead.pop();
    if (next) this.#past.push(this.#state);
    if (next) this.#become(next);
    return next !== undefined;
  }

  async check(path: string, text: string): Promise<Check | undefined> {
    if (path.startsWith('secrets.')) {
      return text.length === 66 ? { level: 'good', text: 'has the right form' } : { level: 'warn', text: 'too short' };
    }
    if (!path.startsWith('ports.')) return undefined;
    return text === '7681'
      ? { level: 'bad', text: 'used by nginx (pid 812)', advice: 'next free: 7682' }
      : { level: 'good', text: 'free' };
  }

  decide(path: string, choice: ConflictChoice): void {
    this.told.push({ intent: 'decide', path, text: choice });
    this.#past.push(this.#state);
    const files = this.#state.files.map((file) => (file.path === path ? { ...file, decided: choice } : file));
    this.#become({ ...this.#state, files });
  }

  reset(path: string): string | undefined {
    this.told.push({ intent: 'reset', path });
    const lines = this.#start.sections.flatMap((section) => section.lines);
    const first = lines.find((line) => line.path === path);
    const now = this.#state.sections.flatMap((section) => section.lines).find((line) => line.path === path);
    if (!first || first === now) return 'Nothing was changed here.';
    this.#answer(path, first);
    return undefined;
  }

  startAfresh(): void {
    this.told.push({ intent: 'start-afresh', path: '' });
    const { resumed: _, ...start } = this.#start;
    this.#become(start);
  }

  visit(place: string): void {
    this.place = place;
  }

  /** What the machine tells later than the first picture. */
  becomes(state: Partial<SetupState>): void {
    this.#become(counted({ ...this.#state, ...state }));
  }

  #answer(path: string, answer: Partial<ReviewLine>): void {
    this.#past.push(this.#state);
    const sections = this.#state.sections.map((section): ReviewSection => {
      return { ...section, lines: section.lines.map((line) => (line.path === path ? { ...line, ...answer } : line)) };
    });
    this.#become(counted({ ...this.#state, sections }));
  }

  #become(state: SetupState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function counted(state: SetupState): SetupState {
  const lines = state.sections.flatMap((section) => section.lines);
  return { ...state, open: lines.filter((line) => line.state !== 'answered').length };
}

/** What can be decided about the Dockerfile; without it the fake asks for no decision. */
export function withConflict(state: SetupState = START): Partial<SetupState> {
  const choices = [
    { value: 'keep', means: 'yours stays as it is, ours goes beside it as Dockerfile.trading-setup' },
    { value: 'replace', means: 'a copy of yours without secret lines stays under .trading-setup/replaced/' },
  ] as const;
  return { files: state.files.map((file) => (file.action === 'conflict' ? { ...file, choices } : file)) };
}

const START: SetupState = {
  name: 'algo-trade',
  mode: 'paper',
  modeReason: 'PAPER because every endpoint is a testnet one (config/Config.toml:4) and no trading key is set.',
  proven: true,
  machine: [
    { title: 'Engine', check: { level: 'good', text: 'answers: 8 processors, 16 GB of memory' } },
    { title: 'Disk', check: { level: 'warn', text: '9.0 GB free', advice: 'make room: docker system df' } },
    { title: 'Keychain', check: { level: 'good', text: 'the keychain of this session answers' } },
  ],
  sections: SECTIONS,
  files: [
    {
      path: 'trading-setup.yaml',
      action: 'create',
      diff: '--- /dev/null\n+++ trading-setup.yaml\n@@ -0,0 +1,2 @@\n+version: 1\n+name: algo-trade',
    },
    {
      path: 'Dockerfile',
      action: 'conflict',
      diff: '--- Dockerfile\n+++ Dockerfile\n@@ -1 +1 @@\n-FROM rust:1.75\n+FROM rust:1.90-bookworm',
    },
    {
      path: 'docker-compose.yml',
      action: 'create',
      diff: '--- /dev/null\n+++ docker-compose.yml\n@@ -0,0 +1 @@\n+name: algo-trade-4f2a91',
    },
    { path: '.dockerignore', action: 'create', diff: '--- /dev/null\n+++ .dockerignore\n@@ -0,0 +1 @@\n+target' },
    {
      path: 'docker/entrypoint.sh',
      action: 'create',
      diff: '--- /dev/null\n+++ docker/entrypoint.sh\n@@ -0,0 +1 @@\n+#!/bin/sh',
    },
    {
      path: '.gitignore',
      action: 'update',
      diff: '--- .gitignore\n+++ .gitignore\n@@ -1 +1,2 @@\n target\n+.trading-setup',
    },
    { path: 'README.md', action: 'unchanged', diff: '' },
  ],
  open: 0,
  equivalent:
    'trading-setup init --yes --set ports.tui=7681 --set build.strategy=cargo-chef --set database.kind=timescaledb',
};
