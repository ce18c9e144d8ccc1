import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { z } from 'zod';

/** Where cargo keeps what it fetched. */
export const CARGO_HOME = process.env.CARGO_HOME ?? join(homedir(), '.cargo');

/** The person's own environment: later a private home is put in its place, in which cargo would not find itself. */
const PERSON = { ...process.env, CARGO_HOME, RUSTUP_HOME: process.env.RUSTUP_HOME ?? join(homedir(), '.rustup') };

/** What cargo answered; `text` is its complaint where it refused. */
export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

/** Runs cargo where no `rust-toolchain` chooses another one. */
export function cargo(args: readonly string[]): Answer {
  const own = join(CARGO_HOME, 'bin/cargo');
  const program = process.env.CARGO ?? (existsSync(own) ? own : 'cargo');
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: tmpdir(),
    env: PERSON,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 * 1024 ** 2,
  });
  if (error) return { ok: false, text: `cargo cannot be run: ${error.message}` };
  return status === 0 ? { ok: true, text: stdout } : { ok: false, text: stderr };
}

const Metadata = z.object({
  packages: z.array(
    z.object({
      name: z.string(),
      manifest_path: z.string(),
      default_run: z.string().nullish(),
      targets: z.array(
        z.object({
          name: z.string(),
          kind: z.array(z.string()),
          src_path: z.string(),
          'required-features': z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
});

/** A binary as cargo would build it. */
export interface CargoBinary {
  readonly package: string;
  readonly bin: string;
  /** Relative to the folder, links resolved. */
  readonly path: string;
  readonly requiredFeatures: string[];
}

/** What `cargo metadata` says of a folder. */
export interface CargoTruth {
  readonly binaries: readonly CargoBinary[];
  readonly members: readonly string[];
}

const METADATA = ['metadata', '--no-deps', '--offline', '--format-version', '1'];

/** Asks cargo for the binaries and members of a folder; its refusal otherwise. */
export function cargoTruth(folder: string): CargoTruth | { readonly refusal: string } {
  const { ok, text } = cargo([...METADATA, '--manifest-path', join(folder, 'Cargo.toml')]);
  if (!ok) return { refusal: text.trim() };
  const { packages } = Metadata.parse(JSON.parse(text));
  const top = realpathSync(folder);
  const place = (file: string): string => relative(top, existsSync(file) ? realpathSync(file) : file);
  return {
    members: packages.map(({ manifest_path }) => place(manifest_path).replace(/\/?Cargo\.toml$/, '') || '.').sort(),
    binaries: packages.flatMap(({ name, targets }) =>
      targets
        .filter(({ kind }) => kind.includes('bin'))
        .map((target) => ({
          package: name,
          bin: target.name,
          path: place(target.src_path),
          requiredFeatures: target['required-features'] ?? [],
        })),
    ),
  };
}
