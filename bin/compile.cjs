// Keeps what V8 makes of the pieces that lead to the first screen (load.cjs says why). Run when the program is
// installed, for the Node that installs it; it asks nobody, starts nothing and reads only the bundled sample. Without
// it everything works, and starts slower.
const { renameSync, writeFileSync } = require('node:fs');
const { load, scripts, KEPT } = require('./load.js');

/** Beside its place first: a half-written file is worse than none. */
function write(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** The way of every command to its own module; what it says goes nowhere. */
async function help() {
  const { exit } = process;
  process.exit = () => undefined;
  process.stdout.write = (_, done) => {
    done?.();
    return true;
  };
  await load('main.js').main(['--help']);
  process.exit = exit;
}

async function keep() {
  load('ahead.js');
  load('reader.js');
  await help();
  await load('rehearse.js').rehearse();
  const index = {};
  const parts = [];
  let size = 0;
  for (const [name, script] of scripts) {
    const bytes = script.createCachedData();
    index[name] = [size, size + bytes.length];
    size += bytes.length;
    parts.push(bytes);
  }
  write(`${KEPT}.bin`, Buffer.concat(parts));
  // Last: without it the other is not looked at.
  write(`${KEPT}.json`, JSON.stringify({ size, index }));
}

// An installation never hangs on it.
setTimeout(() => process.exit(0), 20_000).unref();
// Nobody waits for it, and a folder that may not be written to is no reason for an installation to fail.
keep().then(
  () => process.exit(0),
  () => process.exit(0),
);
