import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder for one test. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'artifacts-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Every file below a folder with its bytes, its mode and its time: what is the same was not touched. */
export function bytesOf(dir: string): Readonly<Record<string, string>> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(dir, path)).isFile(),
  );
  return Object.fromEntries(
    paths.sort().map((path) => {
      const { mode, mtimeNs } = statSync(join(dir, path), { bigint: true });
      return [path, `${mode.toString(8)} ${mtimeNs} ${readFileSync(join(dir, path), 'utf8')}`];
    }),
  );
}

const FIXTURES = new URL('../fixtures/upgrade/', import.meta.url).pathname;

/** A repository as an earlier version left it; git and npm would act upon some names, so they are stored under others. */
export function repositoryOf(name: string): string {
  const dir = folder();
  for (const path of readdirSync(join(FIXTURES, name), { recursive: true, encoding: 'utf8' })) {
    const from = join(FIXTURES, name, path);
    if (!statSync(from).isFile()) continue;
    const to = join(dir, path.replace('_trading-setup', '.trading-setup').replace('_gitignore', '.gitignore'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, readFileSync(from), { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
  }
  return dir;
}
