import { expect, it } from 'vitest';
import { down, up } from '../../src/engine/up.ts';
import { type Answer, collect, fakeRunner } from '../support/fake-runner.ts';

async function run(answer: Answer) {
  const runner = fakeRunner({ 'docker compose --progress=json up -d --no-build': answer });
  return collect(up(runner, { dir: '/repo', project: 'toy-5a3b1e' }));
}

it('tells what Compose does', async () => {
  const events = await run({
    stderr: ['{"id":"Container x-app-1","status":"Creating"}', 'level=warning msg="w"', '{"id":"a","text":"Pulling"}'],
  });
  expect(events).toEqual([
    { id: 'Container x-app-1', status: 'Creating' },
    { id: 'a', status: 'Pulling' },
  ]);
});

it.each([
  ['container-unhealthy', '{"error":true,"message":"dependency failed to start: container x-app-1 is unhealthy"}'],
  ['port-taken', '{"error":true,"message":"Bind for 127.0.0.1:8080 failed: port is already allocated"}'],
  ['volume-missing', '{"error":true,"message":"external volume \\"v\\" not found"}'],
  ['engine-error', '{"error":true,"message":"what?"}'],
])('throws %s', async (code, line) => {
  await expect(run({ stderr: ['{"id":"a","status":"Starting"}', line], exitCode: 1 })).rejects.toMatchObject({ code });
});

it('takes down without volumes', async () => {
  const runner = fakeRunner({ 'docker compose --progress=json down': {} });
  await collect(down(runner, { dir: '/repo', project: 'toy-5a3b1e' }));
  expect(runner.printed()).toEqual(['docker compose --progress=json down --remove-orphans']);
});
