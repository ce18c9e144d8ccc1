// Makes dist/main.js: one file, because loose modules start several times slower and `npx` then fetches almost nothing.
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));

// Ink loads its developer tools when DEV=true is in the environment; they are not shipped.
const withoutDevtools = {
  name: 'without-devtools',
  setup(builder) {
    builder.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'stub' }));
    builder.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'export default {}' }));
  },
};

// Tests name a folder of their own, so that a bundle in use is left alone.
const outdir = resolve(process.argv[2] ?? new URL('../dist', import.meta.url).pathname);
await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: new URL('..', import.meta.url).pathname,
  entryPoints: { main: 'src/main.ts', ahead: 'src/commands/ahead.ts', 'detect-thread': 'src/detect/thread.ts' },
  outdir,
  bundle: true,
  // Commands are loaded when they are called for: `--help` must not pay for React.
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  external: ['keytar'],
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    // Nothing of ours fetches. Yoga would, its own data: URL, and load all of Node's HTTP for it (40 ms).
    fetch: 'undefined',
    DETECT_THREAD: '"./detect-thread.js"',
    TRADING_SETUP_VERSION: JSON.stringify(version),
  },
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  plugins: [withoutDevtools],
});

// What `inspect --json` prints is described beside the program, for those who read it with a program of theirs.
const { stdout } = await promisify(execFile)(process.execPath, [
  '--input-type=module',
  '--eval',
  `import { main } from ${JSON.stringify(pathToFileURL(resolve(outdir, 'main.js')))}; await main(['inspect', '--schema']);`,
]);
await writeFile(resolve(outdir, 'inspect.schema.json'), stdout);
