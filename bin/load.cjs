// Loads the pieces of the program, with what V8 made of them in an earlier run: compiling them anew is a third of the
// time to the first screen. What is kept lies beside the pieces and is as trusted as they are; where it is missing, of
// another Node or of another build, or where the folder may not be written to, they are compiled as ever.
const { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');
const { isMainThread } = require('node:worker_threads');

/** Made by bundle.mjs: another build is another program. */
const BUILD = '__BUILD__';
/** Each thread runs pieces of its own and keeps them in a file of its own. */
const KEPT = join(
  __dirname,
  `compiled-${BUILD}-${process.version}-${process.arch}-${isMainThread ? 'main' : 'thread'}`,
);
const LEFTOVER = new RegExp(`^compiled-(?!${BUILD}-)|\\.new$`);

const scripts = new Map();
const modules = new Map();

/** What was kept of each piece, by its name. */
const kept = readKept();

/** One file, so that no two runs can leave halves of different ones: a line that says where each piece is, then all of them. */
function readKept() {
  const pieces = new Map();
  try {
    const file = readFileSync(KEPT);
    const start = file.indexOf('\n') + 1;
    const { size, index } = JSON.parse(file.toString('latin1', 0, start));
    if (file.length - start !== size) return pieces;
    for (const [name, [from, to]] of Object.entries(index)) pieces.set(name, file.subarray(start + from, start + to));
  } catch {
    // Not there, or not ours.
  }
  return pieces;
}

function compile(name) {
  const filename = join(__dirname, name);
  // The bundler writes ASCII only.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, 'latin1')}\n})`;
  const cachedData = kept.get(name);
  const script = new Script(source, { filename, cachedData });
  if (cachedData === undefined || script.cachedDataRejected) scripts.set(name, script);
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

/** Keeps what was compiled in this run, functions that were called with it, beside what was kept before. */
function keep() {
  if (scripts.size === 0) return;
  const temporary = `${KEPT}.${process.pid}.new`;
  try {
    for (const [name, script] of scripts) kept.set(name, script.createCachedData());
    const index = {};
    let size = 0;
    for (const [name, { length }] of kept) {
      index[name] = [size, size + length];
      size += length;
    }
    // Of an earlier build, or of a run that was killed here.
    for (const name of readdirSync(__dirname).filter((each) => LEFTOVER.test(each))) rmSync(join(__dirname, name));
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${JSON.stringify({ size, index })}\n`), ...kept.values()]));
    // A reader sees all of it or nothing.
    renameSync(temporary, KEPT);
  } catch {
    // A folder that is not ours to write, a full disk: the next start is as slow as this one.
    rmSync(temporary, { force: true });
  }
}

process.once('exit', keep);

module.exports = { load };
