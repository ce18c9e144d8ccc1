// What is changed in packages that are bundled, each for a reason that was measured. A package that no longer has the
// text that is replaced ends the build.
import { readFile } from 'node:fs/promises';

const PATCHES = [
  {
    // Ink waits for its developer tools when DEV=true is in the environment; they are not shipped, and a module that
    // waits cannot be CommonJS.
    what: /[\\/]ink[\\/]build[\\/]reconciler\.js$/,
    pairs: [
      ["await import('./devtools.js');", ''],
      ['? await loadPackageJson()', '? {}'],
    ],
  },
  {
    // V8 needs 35 ms to read this class of thousands of emoji and 20 ms to compile it, on every start. One code unit
    // needs it never: those that are emoji by themselves are wide by East Asian Width too (test/system/segmenter.test.ts).
    // Older ones lie below packages that ask for them; they have no such class.
    isMeant: (text) => text.includes('hangulClusterWidth'),
    what: /[\\/]string-width[\\/]index\.js$/,
    pairs: [
      ['const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;', 'let rgiEmojiRegex;'],
      [
        'if (rgiEmojiRegex.test(segment) ||',
        'if ((segment.length > 1 && (rgiEmojiRegex ??= /^\\p{RGI_Emoji}$/v).test(segment)) ||',
      ],
    ],
  },
  {
    // Its layout engine is compiled in one go, for the same reason.
    what: /[\\/]yoga-layout[\\/]dist[\\/]src[\\/]index\.js$/,
    pairs: [
      [
        'const Yoga = wrapAssembly(await loadYoga());',
        `const lib = {
  instantiateWasm(imports, receive) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(lib.wasmBytes), imports);
    receive({ exports });
    return exports;
  },
};
loadYoga(lib);
const Yoga = wrapAssembly(lib);`,
      ],
    ],
  },
  {
    // Its bytes stand in a data: URL, which Node would fetch with all of its HTTP client (40 ms).
    what: /[\\/]yoga-layout[\\/]dist[\\/]binaries[\\/]yoga-wasm-base64-esm\.js$/,
    pairs: [
      ['H="data:application/octet-stream;base64,', 'h.wasmBytes=Buffer.from("'],
      [/(h\.wasmBytes=Buffer\.from\("[A-Za-z0-9+/=]+");/, '$1,"base64");H="data:application/octet-stream;base64,";'],
    ],
  },
];

function replaced(text, [from, to], path) {
  const found =
    typeof from === 'string' ? text.split(from).length - 1 : [...text.matchAll(new RegExp(from, 'g'))].length;
  if (found !== 1) throw new Error(`${path} has changed: look at bin/patches.mjs (${found} times ${from})`);
  return text.replace(from, to);
}

/** Plugin of the bundler that makes these changes. */
export const patched = {
  name: 'patched',
  setup(builder) {
    for (const { what, pairs, isMeant = () => true } of PATCHES) {
      // A file that is not meant is offered to the next.
      builder.onLoad({ filter: what }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!isMeant(text)) return undefined;
        return { contents: pairs.reduce((done, pair) => replaced(done, pair, path), text), loader: 'js' };
      });
    }
  },
};
