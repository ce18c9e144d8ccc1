#!/usr/bin/env node
// An engine that does nothing but build: `docker` for the bench of the build screen. It answers what comes before a build
// and then plays BuildKit's rawjson, as many lines a second as FACES_RATE says (FACES_BURST: that many milliseconds on,
// as many off), FACES_LINES in all, and writes to FACES_STATS how fast it really was.
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const argv = process.argv.slice(2).join(' ');
const answers = [
  ['version', { Client: { Version: '28.5.2' }, Server: { Version: '28.5.2' } }],
  [
    'info',
    { ServerVersion: '28.5.2', OSType: 'linux', Architecture: 'x86_64', NCPU: 2, MemTotal: 8e9, SecurityOptions: [] },
  ],
  ['context inspect', { Name: 'default', Endpoints: { docker: { Host: 'unix:///var/run/docker.sock' } } }],
  ['compose version', '2.40.3'],
  ['buildx version', 'github.com/docker/buildx 0.29.1 0'],
  ['image inspect', '[]'],
  ['container create', 'lock'],
  ['container rm', 'lock'],
  ['container ls', ''],
];

const RUN = 'sha256:342a6213bdebb025b5ee8c80d2fddd34b5fc62b359f095f087243da05737e56c';

function say(status) {
  put(`${JSON.stringify(status)}\n`);
}

/** Written to the end, however slowly it is read. */
function put(text) {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') process.exit(1);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function logLine(n) {
  const crates = 412;
  const text =
    n % 500 === 0
      ? `    Building [=====>        ] ${Math.min(crates, Math.floor(n / 500) % crates)}/${crates}: serde, tokio, sqlx-core\r`
      : `   Compiling crate-number-${n} v1.${n % 90}.0 (/build/crates/crate-number-${n}) with words as rustc has them\n`;
  const data = Buffer.from(text).toString('base64');
  return `{"logs":[{"vertex":"${RUN}","stream":2,"data":"${data}","timestamp":"2026-11-21T23:20:00.865320374Z"}]}\n`;
}

async function play() {
  const rate = Number(process.env.FACES_RATE);
  const lines = Number(process.env.FACES_LINES);
  const burst = Number(process.env.FACES_BURST || 0);
  const name = '[app build 2/2] RUN cargo build --release';
  const started = new Date().toISOString();
  say({ vertexes: [{ digest: RUN, name, started }] });
  // Made before: what is measured is the reader.
  const pool = Array.from({ length: 20_000 }, (_, n) => logLine(n));
  const begin = performance.now();
  let sent = 0;
  let silent = 0;
  let until = begin + burst;
  while (sent < lines) {
    if (burst > 0 && performance.now() > until) {
      await wait(burst);
      silent += burst;
      until = performance.now() + burst;
    }
    const due = Math.min(lines, Math.ceil(((performance.now() - begin - silent) * rate) / 1000));
    for (; sent < due; ) {
      const portion = Math.min(due - sent, 250);
      put(Array.from({ length: portion }, (_, n) => pool[(sent + n) % pool.length]).join(''));
      sent += portion;
    }
    await wait(5);
  }
  const seconds = (performance.now() - begin - silent) / 1000;
  writeFileSync(process.env.FACES_STATS, JSON.stringify({ lines: sent, rate: sent / seconds }));
  // The screen stays until the bench has read what it wants.
  while (readFileSync(process.env.FACES_STATS, 'utf8') !== 'end') await wait(50);
  say({ vertexes: [{ digest: RUN, name, started, completed: new Date().toISOString() }] });
}

const known = answers.find(([words]) => argv.startsWith(words));
if (argv.startsWith('compose --progress=json build')) await play();
else if (known) put(`${typeof known[1] === 'string' ? known[1] : JSON.stringify(known[1])}\n`);
else {
  process.stderr.write(`the bench's docker does not know: ${argv}\n`);
  process.exit(1);
}
