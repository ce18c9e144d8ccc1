// npm run pictures: the pictures of the README, from the program at work: the wizard on the sample, a build of it on the
// engine, the board of the stack that runs then. Takes everything away again.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(ROOT, 'node_modules/.pictures-'));
try {
  const program = join(folder, 'dist');
  const bundled = spawnSync(process.execPath, [join(ROOT, 'bin/bundle.js'), program], { stdio: 'inherit' });
  if (bundled.status !== 0) throw new Error('the program was not bundled');
  await build({
    entryPoints: [join(ROOT, 'test/pictures/make.ts')],
    outfile: join(folder, 'make.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const { makePictures } = await import(join(folder, 'make.mjs'));
  await makePictures({ main: join(program, 'main.js'), to: join(ROOT, 'test/pictures') });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
