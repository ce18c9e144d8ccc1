// Detection of generated workspaces: time, memory, and whether both grow with the number of lines and not faster.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, timed } from './measure.js';
import { writeWorkspace } from './workspace.js';

const memory = fileURLToPath(new URL('memory.js', import.meta.url));
const SIZES = [100, 300, 900];
const ROUNDS = 5;
const JUDGED = 300;

/** What a pass over the same bytes costs: every file is listed, read once and looked at for one word. */
const PASS = `const{readdirSync,readFileSync}=require('node:fs');let n=0;
for(const e of readdirSync(process.argv[1],{recursive:true,withFileTypes:true}))
  if(e.isFile()&&readFileSync(e.parentPath+'/'+e.name).includes('no such word'))n++;`;

/** Prints one line for each size; all sizes take turns, so that a slow minute of the machine hits them all. */
export async function detection(cli, scratch, bare) {
  const cases = SIZES.map((crates) => {
    const folder = join(scratch, `crates-${crates}`);
    return { crates, folder, ...writeWorkspace(folder, crates), ours: [], pass: [], memory: [] };
  });
  const report = join(scratch, 'memory');
  const env = { ...process.env, BENCH_MEMORY: report, NODE_OPTIONS: `--import ${memory}` };
  const starts = [];
  // What inspect does besides detection: it starts, and looks at the machine and the engine.
  const empty = join(scratch, 'empty');
  mkdirSync(empty);
  const around = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    starts.push(await bare());
    around.push(await timed([...cli, 'inspect', '--json', '--dir', empty], { env }));
    for (const each of cases) {
      each.pass.push(await timed([process.execPath, '-e', PASS, each.folder]));
      each.ours.push(await timed([...cli, 'inspect', '--json', '--dir', each.folder], { env }));
      each.memory.push(Number(readFileSync(report, 'utf8')) / 1024);
    }
  }
  const besides = median(around);
  const perLine = ({ ours, lines }) => ((median(ours) - besides) * 1e6) / lines;
  console.log(
    `inspect --json of generated workspaces, medians of ${ROUNDS} rounds; bare node ${median(starts).toFixed(0)} ms,` +
      ` an empty folder ${besides.toFixed(0)} ms, detection is what is above that`,
  );
  for (const each of cases) {
    const target = each.crates === JUDGED ? '  (<= 1000 ms, <= 200 MiB)' : '';
    const [took, pass] = [median(each.ours), median(each.pass)];
    console.log(
      `  ${String(each.crates).padStart(4)} crates ${String(each.lines).padStart(9)} lines ${took.toFixed(0).padStart(6)} ms` +
        ` detection ${(took - besides).toFixed(0).padStart(5)} ms` +
        ` ${(took / pass).toFixed(2).padStart(6)} x reading them once ${perLine(each).toFixed(0).padStart(5)} ns a line` +
        ` ${median(each.memory).toFixed(0).padStart(5)} MiB${target}`,
    );
  }
  const [first, , last] = cases;
  console.log(
    `  a line of ${last.crates} crates / a line of ${first.crates}: ${(perLine(last) / perLine(first)).toFixed(2)} (<= 1.3: linear)`,
  );
}
