// Loads the pieces of the program, with what V8 made of them in an earlier run: compiling them anew is a third of the
// time to the first screen. What is kept lies beside the pieces and is as trusted as they are; where it is missing, of
// another Node or of another build, or where the folder may not be written to, they are compiled as ever.
const { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');
const { isMainThread } = require('node:worker_threads');
const { crc32 } = require('node:zlib');

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

/** What was kept of each piece, by its name, with its checksum. */
const kept = readKept();
/** V8 took something that was kept. */
let taken = false;

/** One file, so that no two runs can leave halves of different ones: a line that says where each piece is, then all of them. */
function readKept() {
  const pieces = new Map();
  try {
    const file = readFileSync(KEPT);
    const start = file.indexOf('\n') + 1;
    const { size, index } = JSON.parse(file.toString('latin1', 0, start));
    if (file.length - start !== size) return pieces;
    for (const [name, [from, to, sum]] of Object.entries(index)) {
      pieces.set(name, { bytes: file.subarray(start + from, start + to), sum });
    }
  } catch {
    // Not there, or not ours.
  }
  return pieces;
}

function compile(name) {
  const filename = join(__dirname, name);
  // The bundler writes ASCII only.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, 'latin1')}\n})`;
  const cachedData = keptOf(name);
  const script = new Script(source, { filename, cachedData });
  if (cachedData === undefined) scripts.set(name, script);
  else if (!script.cachedDataRejected) taken = true;
  // Of another V8. Where it took something before, its flags were changed since (src/system/memory.ts), and what was
  // kept is right for the next run.
  else if (!taken) scripts.set(name, script);
  return { call: script.runInThisContext(), filename };
}

/**
 * What was kept of a piece, unless the disk has damaged it: V8 looks at the first bytes of it only, and ends the process
 * in the middle of the rest.
 */
function keptOf(name) {
  const piece = kept.get(name);
  return piece && crc32(piece.bytes) === piece.sum ? piece.bytes : undefined;
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
    for (const [name, script] of scripts) {
      const bytes = script.createCachedData();
      kept.set(name, { bytes, sum: crc32(bytes) });
    }
    const index = {};
    let size = 0;
    for (const [name, { bytes, sum }] of kept) {
      index[name] = [size, size + bytes.length, sum];
      size += bytes.length;
    }
    // Of an earlier build, or of a run that was killed here.
    for (const name of readdirSync(__dirname).filter((each) => LEFTOVER.test(each))) rmSync(join(__dirname, name));
    const all = [...kept.values()].map(({ bytes }) => bytes);
    writeFileSync(temporary, Buffer.concat([Buffer.from(`${JSON.stringify({ size, index })}\n`), ...all]));
    // A reader sees all of it or nothing.
    renameSync(temporary, KEPT);
  } catch {
    // A folder that is not ours to write, a full disk: the next start is as slow as this one.
    rmSync(temporary, { force: true });
  }
}

// Last of all: whoever gives a terminal back or ends children at the exit is put before it.
process.once('exit', keep);

module.exports = { load };
