// Keeps what V8 makes of the pieces that lead to the first screen. Run when the program is installed, for the Node that
// installs it; it asks nothing and reads only the bundled sample. Without it everything works, and starts slower.
const { renameSync, writeFileSync } = require('node:fs');
const { load, scripts, KEPT } = require('./load.js');

/** Beside its place first: who reads it half-written would compile everything for nothing. */
function write(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

async function keep() {
  load('main.js');
  await load('rehearse.js').rehearse();
  const index = {};
  const parts = [];
  let at = 0;
  for (const [name, script] of scripts) {
    const bytes = script.createCachedData();
    index[name] = [at, at + bytes.length];
    at += bytes.length;
    parts.push(bytes);
  }
  write(`${KEPT}.bin`, Buffer.concat(parts));
  // Last: with it the others count.
  write(`${KEPT}.json`, JSON.stringify(index));
}

// Nobody waits for it, and a folder that may not be written to is no reason to fail.
keep().then(
  () => process.exit(0),
  () => process.exit(0),
);
