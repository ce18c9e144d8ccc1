import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import type { RepoFacts } from '../../src/detect/facts.ts';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** Names that git would act upon inside our own repository are stored with an underscore. */
const STORED = new Set(['_gitignore', '_gitmodules', '_env', '_dockerignore']);

/** A temporary folder that is gone after the test. */
export async function temporary(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'detect-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of `test/fixtures/detect/NAME`, or of another folder of this repository, as the person would have it. */
export async function unpack(name: string, from = 'test/fixtures/detect'): Promise<string> {
  const folder = path.join(await temporary(), name);
  await cp(path.join(HERE, '../..', from, name), folder, { recursive: true });
  for (const file of await readdir(folder, { recursive: true })) {
    const base = path.basename(file);
    const target = path.join(folder, path.dirname(file), base.replace('_', '.'));
    if (STORED.has(base)) await rename(path.join(folder, file), target);
  }
  return folder;
}

/** A folder with these files. */
export async function repository(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = path.join(await temporary(), 'repo');
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

const MANIFEST = '[package]\nname = "bot"\nversion = "0.1.0"\n';

/** Facts of a one-package repository with this `src/main.rs` and whatever else is given. */
export async function factsOf(main: string, files: Readonly<Record<string, string>> = {}): Promise<RepoFacts> {
  return detect(await repository({ 'Cargo.toml': MANIFEST, 'src/main.rs': main, ...files }));
}

/** Codes of the warnings, in order. */
export function codes({ warnings }: RepoFacts): string[] {
  return warnings.map(({ code }) => code);
}
