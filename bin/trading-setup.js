#!/usr/bin/env node
// Start-up only: a sentence instead of a syntax error on an old Node, then the bundle.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`trading-setup needs Node 20.19 or newer; this is ${process.versions.node}.`);
  console.error('Next: install a current Node (https://nodejs.org), then run the same command again.');
  process.exit(4);
}
const args = process.argv.slice(2);
const { startAhead } = await import('../dist/ahead.js');
startAhead(args);
const { main } = await import('../dist/main.js');
await main(args);
