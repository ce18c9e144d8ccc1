// Makes dist/: few files, because loose modules start several times slower and `npx` then fetches almost nothing.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, transform } from 'esbuild';
import { patched } from './patches.mjs';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const target = 'node20.19';

/** The program in pieces; each is loaded when it is called for: `--help` must not pay for React. */
async function pieces() {
  const { outputFiles } = await build({
    absWorkingDir: new URL('..', import.meta.url).pathname,
    entryPoints: {
      main: 'src/main.ts',
      ahead: 'src/commands/ahead.ts',
      reader: 'src/detect/thread.ts',
    },
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    external: ['keytar'],
    define: {
      'process.env.NODE_ENV': '"production"',
      'process.env.DEV': '"false"',
      'Intl.Segmenter': 'LateSegmenter',
      DETECT_THREAD: '"./thread.js"',
      TRADING_SETUP_VERSION: JSON.stringify(version),
    },
    inject: ['bin/segmenter.mts'],
    plugins: [patched],
  });
  return outputFiles.map(({ path, text }) => ({ name: basename(path), text }));
}

/** The same as CommonJS: it starts sooner, and what V8 makes of it can be kept. */
async function commonJs(text) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target,
    minifySyntax: true,
    minifyWhitespace: true,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__url' },
    banner: text.includes('import.meta.url') ? 'const __url=require("node:url").pathToFileURL(__filename).href;' : '',
  });
  return code;
}

// Tests name a folder of their own, so that a bundle in use is left alone.
const outdir = resolve(process.argv[2] ?? new URL('../dist', import.meta.url).pathname);
await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
const hash = createHash('sha256');
for (const { name, text } of await pieces()) {
  const code = await commonJs(text);
  hash.update(code);
  await writeFile(resolve(outdir, name), code);
}
// The package is of modules; these are not.
await writeFile(resolve(outdir, 'package.json'), '{"type":"commonjs"}\n');
const load = await readFile(new URL('load.cjs', import.meta.url), 'utf8');
await writeFile(resolve(outdir, 'load.js'), load.replace('__BUILD__', hash.digest('hex').slice(0, 16)));
await writeFile(resolve(outdir, 'thread.js'), "require('./load.js').load('reader.js');\n");

// What `inspect --json` prints is described beside the program, for those who read it with a program of theirs.
const { stdout } = await promisify(execFile)(process.execPath, [
  '--eval',
  `require(${JSON.stringify(resolve(outdir, 'main.js'))}).main(['inspect', '--schema']);`,
]);
await writeFile(resolve(outdir, 'inspect.schema.json'), stdout);
