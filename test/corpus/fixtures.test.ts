import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { RepoFacts } from '../../src/detect/facts.ts';
import { compare } from './compare.ts';
import { readExpectation } from './expectation.ts';
import { prepareFixture } from './prepare.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/detect', import.meta.url));
const cases = readdirSync(FIXTURES).map((name) => ({
  name,
  point: readExpectation(join(FIXTURES, name, 'expected.json')).point,
}));

/** Detection as the person of the fixture would run it: git's own configuration is read from the home folder. */
async function factsOf(name: string) {
  const into = mkdtempSync(join(tmpdir(), 'corpus-'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(into, { recursive: true, force: true });
  });
  const { expectation, folder, home } = prepareFixture(join(FIXTURES, name), into);
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', undefined);
  vi.stubEnv('GIT_CONFIG_GLOBAL', undefined);
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  return { facts: await detect(folder), expected: expectation.expect };
}

describe('the corpus', () => {
  it('has a folder for every obligation', () => expect(cases.length).toBeGreaterThanOrEqual(40));

  it.each(cases)('$name: $point', async ({ name }) => {
    const { facts, expected } = await factsOf(name);
    const rows = compare(facts, expected);
    expect(rows.filter(({ verdict }) => verdict !== 'right')).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
    expect(RepoFacts.safeParse(facts).error).toBeUndefined();
  });
});
