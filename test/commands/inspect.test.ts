import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, temporary } from './program.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** A validator that is not the one the schema was made with. */
async function validator() {
  const { code, stdout, stderr } = await program.run(['inspect', '--schema']);
  expect(`${code} ${stderr}`).toBe('0 ');
  return new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(JSON.parse(stdout));
}

async function inspected(dir: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await program.run(['inspect', '--json', '--dir', dir]);
  expect(`${code} ${stderr}`).toBe('0 ');
  return JSON.parse(stdout) as Record<string, unknown>; // validated by the schema
}

const PROMISED = ['binaries', 'lockfile', 'env', 'ports', 'databases', 'migrations', 'routes', 'subcommands', 'signals']
  .concat(['services', 'warnings'])
  .sort();

describe('inspect', () => {
  it('says what has no answer yet apart from what is different', async () => {
    const dir = temporary();
    mkdirSync(join(dir, 'src'));
    writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "lone-bot"\nversion = "0.1.0"\n');
    writeFileSync(join(dir, 'src/main.rs'), 'fn main() { std::env::var("ORDER_HASH").unwrap(); loop { work(); } }\n');
    const written = await program.run(['init', '--yes', '--no-start', '--dir', dir]);
    expect(`${written.code} ${written.stderr}`).toBe('0 ');
    const { stdout } = await program.run(['inspect', '--dir', dir]);
    expect(stdout).not.toContain('Different from');
    expect(stdout).toContain(
      'Not answered yet\n\n  app does not start without ORDER_HASH. Say it: --set services.app.environment.ORDER_HASH=VALUE',
    );
  });
});

describe('inspect --json', () => {
  it('is one document that its schema describes, for the sample', async () => {
    const validate = await validator();
    const document = await inspected(join(ROOT, 'templates/sample'));
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(Object.keys(document)).toEqual(expect.arrayContaining(PROMISED));
  });

  it('is one for a folder without anything, too', async () => {
    const validate = await validator();
    const document = await inspected(temporary());
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(document).toMatchObject({ binaries: [], lockfile: 'absent' });
  });

  it('is refused by the schema when a fact says less or more than promised', async () => {
    const validate = await validator();
    const document = await inspected(join(ROOT, 'templates/sample'));
    const [binary] = document.binaries as object[]; // validated above
    expect(validate({ ...document, binaries: [{ ...binary, evidence: undefined }] })).toBe(false);
    expect(validate({ ...document, binaries: [{ ...binary, surprise: 1 }] })).toBe(false);
    expect(validate({ ...document, lockfile: 'perhaps' })).toBe(false);
  });

  it('says of every fact where it was read, how sure it is, and what it was believed over', async () => {
    const document = await inspected(join(ROOT, 'templates/sample'));
    for (const kind of ['binaries', 'env', 'ports', 'databases', 'migrations', 'routes', 'subcommands', 'services']) {
      const facts = document[kind] as object[]; // an array by the schema
      expect(facts.length, kind).toBeGreaterThan(0);
      for (const fact of facts)
        expect(fact, kind).toMatchObject({
          evidence: { file: expect.any(String), line: expect.any(Number) },
          confidence: expect.stringMatching(/^(certain|likely|guess)$/),
          over: expect.any(Array),
        });
    }
  });
});

describe('the schema', () => {
  it('is in the package, beside the program', async () => {
    const { stdout } = await program.run(['inspect', '--schema']);
    expect(readFileSync(join(program.start, '../inspect.schema.json'), 'utf8')).toBe(stdout);
    expect(JSON.parse(stdout)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });

  it('is printed where there is no repository', async () => {
    const dir = temporary();
    mkdirSync(join(dir, 'x'));
    writeFileSync(join(dir, 'x/Cargo.toml'), '[package');
    expect(await program.run(['inspect', '--schema', '--dir', dir])).toMatchObject({ code: 0, stderr: '' });
  });
});
