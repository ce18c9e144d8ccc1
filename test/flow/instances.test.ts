import { describe, expect, it } from 'vitest';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { createSetup, type SetupInput } from '../../src/flow/setup.ts';
import { env, facts, subcommand } from '../stack/facts.ts';
import { HOST, SUFFIX, WRITTEN_BY } from '../stack/stacks.ts';

const believed = { evidence: { file: 'src/main.rs', line: 1 }, confidence: 'certain', over: [] } as const;

/** A program with one SQLite database that only tests migrate. */
const FACTS: RepoFacts = facts({
  subcommands: [subcommand('run', { databases: ['DATABASE_URL'] })],
  env: [
    env('BROKER'),
    env('DATABASE_URL', { required: true }),
    env('SCHWAB_APP_KEY', { required: true, secret: true }),
    env('ALPACA_API_KEY', { required: true, secret: true }),
  ],
  databases: [{ kind: 'sqlite', via: { env: 'DATABASE_URL' }, url: 'sqlite:bot.db', openedBy: [], ...believed }],
  sqlx: {
    ...{ features: [], checked: 0, unchecked: 3, offline: true, migrates: 'tests', folder: 'migrations' },
    ...believed,
  },
  warnings: [{ code: 'database-without-schema', message: 'only its tests apply migrations', ...believed }],
});

function setup(over: Partial<SetupInput> = {}) {
  return createSetup({
    ...{ facts: FACTS, host: HOST, answers: {}, flags: {}, suffix: SUFFIX, writtenBy: WRITTEN_BY },
    ...{ interactive: true, kept: new Set<string>(), disk: new Map(), ...over },
  });
}

const notes = (each: ReturnType<typeof setup>) => each.getState().sections.flatMap((section) => section.notes);
const lineOf = (each: ReturnType<typeof setup>, path: string) =>
  each
    .getState()
    .sections.flatMap(({ lines }) => lines)
    .find((line) => line.path === path);

describe('a program whose database nobody migrates', () => {
  it('has it brought to its schema before it starts, and that is no warning any more', () => {
    const stack = setup().stack();
    expect(stack.services.app?.migrations).toEqual({ from: 'migrations', file: 'bot.db' });
    expect(setup().warnings()).not.toContainEqual(expect.stringContaining('only its tests'));
    expect(notes(setup())).toContain(
      "Nothing in the program applies the migrations in migrations: they are applied before app starts, on a copy first, in sqlx's own ledger.",
    );
  });

  it('is left alone where the program makes its tables itself', () => {
    expect(setup({ facts: { ...FACTS, warnings: [] } }).stack().services.app?.migrations).toBeUndefined();
  });
});

describe('the line of the instances', () => {
  it('makes services of names, with their secrets to enter and what each has', () => {
    const made = setup();
    expect(lineOf(made, 'instances')?.value).toBe('one');
    expect(made.change('instances', 'schwab alpaca')).toBeUndefined();
    expect(Object.keys(made.stack().services)).toEqual(['schwab', 'alpaca']);
    expect(lineOf(made, 'instances')?.value).toBe('schwab alpaca');
    expect(notes(made)).toContainEqual(
      expect.stringMatching(/^alpaca has its data in .*_alpaca-data; the secrets ALPACA/),
    );
    expect(made.change('instances', '')).toBeUndefined();
    expect(Object.keys(made.stack().services)).toEqual(['app']);
  });

  it('takes one out of a saved stack, and says which volume stays', () => {
    const saved = setup({ flags: { instances: ['schwab', 'alpaca'] } }).stack();
    const again = setup({ saved, flags: { instances: ['schwab'] } });
    expect(again.warnings()).toContainEqual(expect.stringContaining(`${saved.id}_alpaca-data`));
    expect(again.stack().secrets.entries.ALPACA_API_KEY).toBeUndefined();
  });

  it('refuses a new name for an old one in words, typed or as a flag', () => {
    const saved = setup({ flags: { instances: ['schwab', 'alpaca'] } }).stack();
    expect(setup({ saved }).change('instances', 'schwab ibkr')).toContain('cannot be renamed');
    expect(() => setup({ saved, flags: { instances: ['schwab', 'ibkr'] } })).toThrow(
      expect.objectContaining({ code: 'instance-renamed' }),
    );
  });

  it('refuses names that are none, and keeps what it had', () => {
    const made = setup();
    expect(made.change('instances', 'Not_A_Name')).toBeDefined();
    expect(Object.keys(made.stack().services)).toEqual(['app']);
  });
});
