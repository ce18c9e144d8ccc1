import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { generateMissing } from '../../src/secrets/fill.ts';
import { generatePassword } from '../../src/secrets/generate.ts';
import { checkValue } from '../../src/secrets/value.ts';
import { sampleStack } from './sample.ts';

describe('checkValue', () => {
  const accepted: readonly [string, string][] = [
    ['plain', 'plain'],
    ['from echo\n', 'from echo'],
    ['from Windows\r\n\r\n', 'from Windows'],
    [' spaces stay ', ' spaces stay '],
    ['tab\tand é 😀', 'tab\tand é 😀'],
  ];
  for (const [entered, kept] of accepted) {
    it(`takes ${JSON.stringify(entered)}`, () =>
      expect(checkValue('API_KEY', new Secret(entered)).reveal()).toBe(kept));
  }

  for (const entered of ['', '\n', 'one-line\ntwo', 'a carriage\rreturn', 'with\0nul', 'half \ud800 pair']) {
    it(`refuses ${JSON.stringify(entered)} by name, without the value`, () => {
      expect(() => checkValue('API_KEY', new Secret(entered))).toThrow(
        expect.objectContaining({
          kind: 'usage',
          code: 'secret-value-invalid',
          message: expect.stringMatching(/^The value of API_KEY (?!.*(one-line|carriage|with|half))/),
        }),
      );
    });
  }
});

it('a generated password is 32 letters and digits, and never the same', () => {
  const made = new Set(Array.from({ length: 500 }, () => generatePassword().reveal()));
  expect(made.size).toBe(500);
  for (const value of made) expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(new Set([...made].join('')).size).toBe(62);
});

describe('generateMissing', () => {
  function store(listed: readonly string[], held: readonly string[]) {
    const written: ReadonlyMap<string, Secret>[] = [];
    return {
      written,
      names: async () => listed,
      get: async (name: string) => (held.includes(name) ? new Secret('old value') : undefined),
      setAll: async (values: ReadonlyMap<string, Secret>) => void written.push(values),
    };
  }

  it('makes what has no value in one write, and leaves entered ones to the person', async () => {
    const fake = store(['GATE_PASSWORD'], ['GATE_PASSWORD']);
    const made = await generateMissing(sampleStack({}), fake);
    expect(made).toEqual(['DATABASE_SUPERUSER_PASSWORD', 'DATABASE_PASSWORD']);
    expect(fake.written.map((values) => [...values.keys()])).toEqual([made]);
  });

  it('does not replace a value that the list has forgotten', async () => {
    const fake = store([], ['DATABASE_PASSWORD', 'DATABASE_SUPERUSER_PASSWORD', 'GATE_PASSWORD']);
    expect(await generateMissing(sampleStack({}), fake)).toEqual([]);
    expect(fake.written).toEqual([]);
  });
});
