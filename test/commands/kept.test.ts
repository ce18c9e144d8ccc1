import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import { expect, it } from 'vitest';
import { temporary } from './program.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The loader with pieces of its own: two, and the one that changes a flag of V8. */
function loader() {
  const dir = temporary();
  const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
  put('load.js', read('bin/load.cjs').replace('__BUILD__', 'abc'));
  put('memory.js', transformSync(read('src/system/memory.ts'), { loader: 'ts', format: 'cjs', platform: 'node' }).code);
  put('early.js', 'module.exports = () => [1, 2, 3].map((n) => n * 2);');
  put('late.js', 'module.exports = () => [1, 2, 3].map((n) => n * 3);');
  return {
    dir,
    /** Runs the code with `load` and gives what it printed. */
    run: (code: string) =>
      execFileSync(process.execPath, [
        '--eval',
        `const { load } = require(${JSON.stringify(join(dir, 'load.js'))});${code}`,
      ]),
    kept: () => join(dir, readdirSync(dir).find((name) => name.startsWith('compiled-')) ?? 'nothing is kept'),
  };
}

const PLAIN = "load('early.js')(); load('late.js')(); load('memory.js');";
const SMALL = "load('early.js')(); load('memory.js').keepHeapSmall(); load('late.js')();";

it.each([
  ['by a run that keeps its heap small is taken by one that does not', SMALL, PLAIN],
  ['by a run that does not is kept as it is by one that keeps its heap small', PLAIN, SMALL],
  ['by a run that keeps its heap small is kept as it is by the next', SMALL, SMALL],
])('what was compiled %s', (_, first, second) => {
  const { run, kept } = loader();
  run(first);
  // What is not taken is compiled anew and written anew.
  const { mtimeNs } = statSync(kept(), { bigint: true });
  run(second);
  run(first);
  expect(statSync(kept(), { bigint: true }).mtimeNs).toBe(mtimeNs);
});

it('what was kept and is damaged anywhere is compiled anew, and the rest of it is not lost', () => {
  const { run, kept } = loader();
  run(PLAIN);
  const whole = readFileSync(kept());
  const start = whole.indexOf('\n') + 1;
  for (let at = start; at < whole.length - 64; at += 512) {
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, at, at + 64);
    writeFileSync(kept(), damaged);
    run(PLAIN);
    expect(readFileSync(kept()).subarray(start).equals(damaged.subarray(start)), `damaged at ${at}`).toBe(false);
    const { mtimeNs } = statSync(kept(), { bigint: true });
    run(PLAIN);
    expect(statSync(kept(), { bigint: true }).mtimeNs).toBe(mtimeNs);
  }
}, 120_000);
