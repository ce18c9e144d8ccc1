import gt from 'semver/functions/gt.js';
import valid from 'semver/functions/valid.js';
import { SetupError } from '../errors.ts';
import { Files, SCHEMA_VERSION } from './schema.ts';

/** What runs from its sources has no version, and reads everything. */
const SOURCES = '0.0.0';

type Raw = Readonly<Record<string, unknown>>;

/** From each schema version to the next; pure, and never changed once released. */
const STEPS: Readonly<Record<number, (stack: Raw) => Raw>> = {
  // Version 2 says what our files are called; before it they had the usual names.
  1: (stack) => ({ ...stack, version: 2, files: Files.parse({}) }),
};

function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was written by a version with an older schema, as this one has it; anything else as it is. Pure. */
export function upgraded(value: unknown): unknown {
  let stack = value;
  while (isMap(stack)) {
    const step = typeof stack.version === 'number' && stack.version < SCHEMA_VERSION ? STEPS[stack.version] : undefined;
    if (!step) break;
    stack = step(stack);
  }
  return stack;
}

/** Whether reading the value changes it. */
export function isOlder(value: unknown): boolean {
  return upgraded(value) !== value;
}

/**
 * A file of a later version may decide what this one does not know of, and would lose it when it is written.
 * @param program the version of this program; undefined where only the schema counts.
 * @throws SetupError `program-too-old`, exit 4: only the person can bring the newer program.
 */
export function refuseNewer(value: unknown, from: string, program?: string): void {
  if (!isMap(value)) return;
  const { version, writtenBy } = value;
  if (typeof version === 'number' && Number.isInteger(version) && version > SCHEMA_VERSION)
    throw tooOld(`${from} has version ${version} of its schema, and this trading-setup knows up to ${SCHEMA_VERSION}.`);
  if (program === undefined || program === SOURCES || typeof writtenBy !== 'string' || valid(writtenBy) === null)
    return;
  if (gt(writtenBy, program))
    throw tooOld(`${from} was written by trading-setup ${writtenBy}, and this is ${program}.`);
}

function tooOld(sentence: string): SetupError {
  return new SetupError('needs-you', sentence, {
    code: 'program-too-old',
    next: ['Update it: npx trading-setup@latest (or npm i -g trading-setup@latest), then run the same command again.'],
  });
}
