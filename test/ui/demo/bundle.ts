import { build, type Plugin } from 'esbuild';

/** Ink names its developer tools; they are not part of any bundle. */
const withoutDevtools: Plugin = {
  name: 'without-devtools',
  setup(builder) {
    builder.onResolve({ filter: /^react-devtools-core$/ }, ({ path }) => ({ path, namespace: 'stub' }));
    builder.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'export default {}' }));
  },
};

/** Bundles the demonstration program into a folder, as the product is bundled, and tells where it is. */
export async function bundleDemo(folder: string): Promise<string> {
  await build({
    entryPoints: [new URL('./main.ts', import.meta.url).pathname],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    plugins: [withoutDevtools],
    logLevel: 'silent',
  });
  return `${folder}/main.mjs`;
}
