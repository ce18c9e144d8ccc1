// Loads the pieces of the program, with what V8 made of them when they were installed (compile.cjs): compiling them
// anew is a third of the time to the first screen. What was kept lies beside the pieces and is as trusted as they are;
// where it is missing, of another Node or of another build, they are compiled as ever.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

/** Made by bundle.js: another build is another program. */
const BUILD = '__BUILD__';
const KEPT = join(__dirname, `compiled-${BUILD}-${process.version}-${process.arch}`);

const scripts = new Map();
const modules = new Map();

/** What was kept of each piece, by its name. */
const kept = readKept();

function readKept() {
  try {
    const { index, size } = JSON.parse(readFileSync(`${KEPT}.json`, 'utf8'));
    const bytes = readFileSync(`${KEPT}.bin`);
    if (bytes.length === size) return { index, bytes };
  } catch {
    // Not there, or not ours.
  }
  return { index: {}, bytes: Buffer.alloc(0) };
}

function compile(name) {
  const filename = join(__dirname, name);
  // The bundler writes ASCII only.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, 'latin1')}\n})`;
  const [from, to] = kept.index[name] ?? [];
  const cachedData = from === undefined ? undefined : kept.bytes.subarray(from, to);
  const script = new Script(source, { filename, cachedData });
  scripts.set(name, script);
  return { call: script.runInThisContext(), filename };
}

/** The exports of a piece. */
function load(name) {
  const known = modules.get(name);
  if (known) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const { call, filename } = compile(name);
  call(module.exports, requireFrom, module, filename, __dirname);
  return module.exports;
}

function requireFrom(id) {
  return id.startsWith('./') ? load(id.slice(2)) : require(id);
}
requireFrom.resolve = require.resolve;

module.exports = { load, scripts, KEPT };
