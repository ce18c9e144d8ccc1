import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { stage } from './support/stage.ts';
import { RealTerminal } from './support/real.ts';
it('look', async () => {
  const s = stage('/work/main/node_modules/.cache/C-dist/start.mjs');
  let out = '';
  const t = new RealTerminal({argv: ['/bin/bash', '--norc', '--noprofile', '-i'], env: {...s.env, PS1: 'shell> '}, cwd: s.dir});
  try {
  await t.sees('shell> ');
  t.type(`sh -c "${process.execPath} /work/main/node_modules/.cache/C-dist/start.mjs init"\r`);
  await t.sees('ctrl-c quit');
  t.type('\t'); await t.settled();
  t.type('\u001a'); await t.settled(); out += t.screen() + JSON.stringify(t.state) + '\n=====\n';
  t.type('stty -a | grep -o ".icanon"; jobs\r'); await t.settled(); out += t.screen() + '\n=====\n';
  t.resize(100, 30);
  t.type('fg\r'); await t.sees('ctrl-c quit'); await t.settled(); out += t.screen() + JSON.stringify(t.state) + '\n=====\n';
  t.type('\t'); await t.settled(); out += t.screen() + '\n=====\n';
  t.type('\u001a'); await t.sees('Stopped');
  t.type('bg\r'); await t.settled(); out += t.screen() + JSON.stringify(t.state) + '\n=====bg\n';
  t.type('fg\r'); await t.sees('ctrl-c quit'); await t.settled(); out += t.screen() + JSON.stringify(t.state) + '\n=====\n';
  t.type('\u0003'); await t.sees('next: Start again'); await t.settled(); out += t.screen() + JSON.stringify(t.state) + '\n=====\n';
  t.type('stty -a | grep -o ".icanon"; jobs\r'); await t.settled(); out += t.screen() + '\n=====\n';
  // a session without a shell
  const u = s.play(['init']); await u.sees('ctrl-c quit'); u.type('\u001a'); await u.settled(); await new Promise(r => setTimeout(r, 200)); out += u.screen().slice(0, 300) + JSON.stringify(u.state); u.type('\u0003'); out += await u.ended;
  } catch (e) { out += String(e) }
  writeFileSync('/tmp/C/look.txt', out);
  t.kill('SIGKILL');
  s.strike();
}, 60000);
