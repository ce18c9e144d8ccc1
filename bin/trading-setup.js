#!/usr/bin/env node
// Start-up only: a sentence instead of a syntax error on an old Node, then the bundle. CommonJS, because Node starts
// modules 6 ms later.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`trading-setup needs Node 20.19 or newer; this is ${process.versions.node}.`);
  console.error('Next: install a current Node (https://nodejs.org), then run the same command again.');
  process.exit(4);
}
const { load } = require('../dist/load.js');
const args = process.argv.slice(2);
load('ahead.js').startAhead(args);
load('main.js').main(args);
