import { readFileSync } from 'node:fs';
import { z } from 'zod';

const text = z.string();
const Place = z.strictObject({ file: text, line: z.int().min(1) });

/** What has to be found; a list is complete, and of each item only what is stated counts. */
const Expected = z.strictObject({
  kind: z.enum(['virtual', 'root-package', 'single']).optional(),
  folder: text.optional(),
  members: z.array(text).optional(),
  /** Folders that must be named among what does not belong to the workspace. */
  left: z.array(text).optional(),
  binaries: z
    .array(
      z.strictObject({
        package: text,
        bin: text,
        path: text,
        requiredFeatures: z.array(text).optional(),
        evidence: Place.optional(),
        /** Names that must be among what it was believed over. */
        over: z.array(text).optional(),
      }),
    )
    .optional(),
  /** The first of the binaries. */
  defaultBinary: text.optional(),
  lockfile: z.enum(['tracked', 'ignored', 'absent']).optional(),
  /** Where it is said so, as `FILE:LINE`; empty where nothing in the folder says it. */
  lockReason: text.optional(),
  toolchain: z.strictObject({ channel: text.optional(), rustVersion: text.optional() }).optional(),
  nativeLibraries: z.array(text).optional(),
  subcommands: z
    .array(
      z.strictObject({
        binary: text.optional(),
        name: text,
        kind: text.optional(),
        signals: z.array(text).optional(),
        databases: z.array(text).optional(),
        serves: z.boolean().optional(),
      }),
    )
    .optional(),
  env: z
    .array(
      z.strictObject({
        name: text,
        required: z.boolean().optional(),
        default: text.optional(),
        secret: z.boolean().optional(),
        dead: z.boolean().optional(),
        readBy: z.array(text).optional(),
        evidence: Place.optional(),
      }),
    )
    .optional(),
  ports: z
    .array(z.strictObject({ port: z.int(), host: text.optional(), key: text.optional(), env: text.optional() }))
    .optional(),
  prefix: z.strictObject({ name: text, split: text.optional() }).optional(),
  config: z.array(text).optional(),
  databases: z
    .array(
      z.strictObject({
        kind: text,
        via: z.union([
          z.strictObject({ env: text }),
          z.strictObject({ configKey: text }),
          z.strictObject({ code: text }),
        ]),
        url: text.optional(),
        openedBy: z.array(text).optional(),
      }),
    )
    .optional(),
  migrations: z.array(z.strictObject({ kind: text, path: text, version: z.number().optional() })).optional(),
  hypertables: z.array(text).optional(),
  routes: z.array(z.strictObject({ method: text, path: text, mounted: z.boolean().optional() })).optional(),
  signals: z.array(text).optional(),
  services: z
    .array(
      z.strictObject({
        name: text,
        kind: text.optional(),
        env: z.array(text).optional(),
        databases: z.array(text).optional(),
      }),
    )
    .optional(),
  nix: z
    .array(
      z.strictObject({
        kind: text,
        name: text,
        legacy: z.boolean().optional(),
        holds: z.array(text).optional(),
        evidence: Place.optional(),
      }),
    )
    .optional(),
  inputs: z.array(z.strictObject({ name: text, url: text.optional(), locked: z.boolean().optional() })).optional(),
  submodules: z
    .array(z.strictObject({ path: text, url: text.optional(), checkedOut: z.boolean().optional() }))
    .optional(),
  tasks: z
    .array(
      z.strictObject({
        kind: text.optional(),
        command: text,
        folder: text.optional(),
        makes: z.array(text).optional(),
      }),
    )
    .optional(),
  compileInputs: z
    .array(
      z.strictObject({
        path: text,
        by: text.optional(),
        present: z.boolean().optional(),
        tracked: z.boolean().optional(),
        submodule: text.optional(),
        task: text.optional(),
      }),
    )
    .optional(),
  sqlx: z
    .strictObject({ migrates: text.optional(), folder: text.optional(), offline: z.boolean().optional() })
    .optional(),
  dotenv: z.strictObject({ override: z.boolean() }).optional(),
  helpers: z.array(z.strictObject({ name: text, binary: text.optional(), kind: text.optional() })).optional(),
  buildEnv: z.array(z.strictObject({ name: text, required: z.boolean().optional() })).optional(),
  endpoints: z.array(z.strictObject({ url: text, testnet: z.boolean() })).optional(),
  existing: z.array(text).optional(),
  /** Warnings that must be there; there may be others. */
  warnings: z
    .array(z.strictObject({ code: text, file: text.optional(), line: z.int().optional(), says: text.optional() }))
    .optional(),
  /** Codes of warnings that must not be there. */
  noWarnings: z.array(text).optional(),
  /** Texts that must stand nowhere in the document. */
  neverSaid: z.array(text).optional(),
});

/** `expected.json` of a fixture. */
const Expectation = z.strictObject({
  /** The obligation, in words. */
  point: text,
  /** Where the truth comes from, where neither cargo nor git can be asked for it. */
  truth: text.optional(),
  /** The folder that is looked at, where it is not the top. */
  at: text.optional(),
  /** Files that cannot be stored as they are: by path, as text, or as base64 where they are no text. */
  files: z.record(text, text).optional(),
  bytes: z.record(text, text).optional(),
  links: z.record(text, text).optional(),
  /** Git commands that make the state, after `git init`; `home` are files of the person's home folder. */
  git: z
    .strictObject({
      commands: z.array(text),
      home: z.record(text, text).optional(),
      objectFormat: z.enum(['sha1', 'sha256']).optional(),
    })
    .optional(),
  /** Files that are gone afterwards. */
  removed: z.array(text).optional(),
  /** Words of cargo's refusal, where it refuses. */
  cargoRefuses: text.optional(),
  expect: Expected,
});

export type Expectation = z.infer<typeof Expectation>;
export type Expected = z.infer<typeof Expected>;

/** Reads an expectation; an unknown key is an error, so that no obligation is lost by a typing mistake. */
export function readExpectation(file: string): Expectation {
  return Expectation.parse(JSON.parse(readFileSync(file, 'utf8')));
}
