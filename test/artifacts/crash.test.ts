import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Artifact, render } from '../../src/artifacts/render.ts';
import { writeArtifacts } from '../../src/artifacts/write.ts';
import { smallStack } from '../stack/stacks.ts';

// A file is edited and merged, another one goes.
const OLD = render(smallStack({ ports: { api: { via: 'gate' } } }));
const MINE = '# a line of a person\n';
const NEW = render(smallStack({ name: 'renamed', ports: { api: { host: 9000 } } }));
const place = mkdtempSync(join(tmpdir(), 'crash-'));
const program = join(place, 'write.mjs');

/** Dies at the Nth rename, before or after it, as a power cut would have it. */
const DYING = `
export * from 'REAL';
import { rename as real } from 'REAL';
let left = Number(process.env.DIE_AT);
export async function rename(from, to) {
  left -= 1;
  if (left === 0 && process.env.DIE === 'before') process.kill(process.pid, 'SIGKILL');
  await real(from, to);
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}`;

beforeAll(async () => {
  await build({
    stdin: {
      contents: `import { readFileSync } from 'node:fs';
        import { writeArtifacts } from './write.ts';
        await writeArtifacts(process.argv[2], JSON.parse(readFileSync(process.argv[3], 'utf8')));`,
      resolveDir: new URL('../../src/artifacts', import.meta.url).pathname,
    },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // For the CommonJS parts of libraries.
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    plugins: [
      {
        name: 'dying',
        setup(plugin) {
          plugin.onResolve({ filter: /^node:fs\/promises$/ }, ({ path }) => ({ path, namespace: 'dying' }));
          plugin.onResolve({ filter: /^REAL$/ }, () => ({ path: 'node:fs/promises', external: true }));
          plugin.onLoad({ filter: /.*/, namespace: 'dying' }, () => ({ contents: DYING }));
        },
      },
    ],
  });
  writeFileSync(join(place, 'new.json'), JSON.stringify(NEW));
}, 30_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

function files(dir: string): Map<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(dir, path)).isFile(),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(dir, path), 'utf8')]));
}

function textIn(artifacts: readonly Artifact[], path: string): string | undefined {
  return artifacts.find((artifact) => artifact.path === path)?.text;
}

it('survives a kill at every rename: each file is the old one or the new one, and a second run completes it', async () => {
  const start = join(place, 'start');
  execFileSync('mkdir', [start]);
  await writeArtifacts(start, OLD);
  for (const path of ['docker-compose.yml', 'Dockerfile'])
    writeFileSync(join(start, path), `${MINE}${readFileSync(join(start, path), 'utf8')}`);
  const goal = join(place, 'goal');
  await cp(start, goal, { recursive: true });
  const actions = new Map((await writeArtifacts(goal, NEW)).map(({ path, action }) => [path, action]));
  expect(actions.get('docker-compose.yml')).toBe('merged');
  expect(actions.get('docker/gate.conf')).toBe('removed');
  let deaths = 0;
  for (let at = 1; ; at += 1) {
    const dir = join(place, `at-${at}`);
    await cp(start, dir, { recursive: true });
    const env = { ...process.env, DIE_AT: String(at), DIE: at % 2 === 0 ? 'before' : 'after' };
    const { signal, status, stderr } = spawnSync(process.execPath, [program, dir, join(place, 'new.json')], { env });
    if (signal === null) {
      expect(`${status} ${stderr}`).toBe('0 ');
      break;
    }
    deaths += 1;
    for (const [path, text] of files(dir)) {
      const name = path.replace('.trading-setup/base/', '');
      if (path.endsWith('.new')) continue; // what a crash leaves beside the file, never the file itself
      const whole = [files(start).get(path), files(goal).get(path), textIn(OLD, name), textIn(NEW, name)];
      expect(whole, path).toContain(text);
    }
    await writeArtifacts(dir, NEW);
    const after = files(dir);
    for (const [path, text] of files(goal)) expect(after.get(path), path).toBe(text);
    expect([...after.keys()].filter((path) => path.endsWith('gate.conf'))).toEqual([]);
  }
  expect(deaths).toBeGreaterThan(5);
}, 60_000);
