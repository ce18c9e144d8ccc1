// How long a service is away while its secret is rotated, against a bare recreation of the same services by Compose: both by
// the engine's own events, in turns in one run.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { median, read, timed } from './measure.js';

/** They read DATABASE_PASSWORD and run. */
const SERVICES = ['collect', 'scheduled-backtest'];
const ROUNDS = 5;
const LIMIT_MS = 120_000;

/** Follows what the engine says about the containers of a stack. */
function follow(id, env) {
  const argv = [
    'events',
    '--filter',
    'type=container',
    '--filter',
    `label=com.docker.compose.project=${id}`,
    '--format',
    '{{json .}}',
  ];
  const child = spawn('docker', argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const seen = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { Action: action, Actor: actor, timeNano } = JSON.parse(line);
      seen.push({ action, service: actor.Attributes['com.docker.compose.service'], ms: timeNano / 1e6 });
    }
  });
  return { seen, stop: () => child.kill() };
}

/** Milliseconds from the end of the old process of a service to the start of the new one, and until it was healthy. */
function awayIn(events, service) {
  const own = events.filter((event) => event.service === service);
  const died = own.find(({ action }) => action === 'die');
  const after = own.slice(own.indexOf(died));
  const started = after.find(({ action }) => action === 'start');
  const well = after.find(({ action }) => action === 'health_status: healthy');
  return died && started && well ? { down: started.ms - died.ms, well: well.ms - died.ms } : undefined;
}

/** Does something that recreates the services, waits until they are well again; how long each was away. */
async function away({ seen }, act) {
  const from = seen.length;
  const took = await act();
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const events = seen.slice(from);
    const each = SERVICES.map((service) => awayIn(events, service));
    if (each.every((one) => one !== undefined)) return { took, each };
    if (performance.now() > end) throw new Error(`${SERVICES.join(' and ')} were not recreated and healthy in time`);
    await wait(50);
  }
}

const ms = (value) => (value > 2000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`);

function told(what, ours, theirs, target) {
  const [mine, other] = [median(ours), median(theirs)];
  console.log(
    `${what.padEnd(58)} ${ms(mine).padStart(8)} ${ms(other).padStart(8)} ${(mine / other).toFixed(2).padStart(6)}  ${target} (${ours.length} rounds)`,
  );
}

/** Prints the figures; `dir` is the sample, set up; it is started here and taken away again. */
export async function rotation(cli, dir, env) {
  const id = /^id: (.*)$/m.exec(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8'))[1];
  const compose = (...args) => timed(['docker', 'compose', ...args], { env, cwd: dir });
  await timed([...cli, 'deploy', '--yes', '--dir', dir], { env });
  const events = follow(id, env);
  const sides = { ours: [], theirs: [] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      sides.theirs.push(await away(events, () => compose('up', '-d', '--no-deps', '--force-recreate', ...SERVICES)));
      const rotate = [...cli, 'rotate', 'DATABASE_PASSWORD', '--yes', '--dir', dir];
      sides.ours.push(await away(events, () => timed(rotate, { env })));
    }
    SERVICES.forEach((service, at) => {
      const of = (side, kind) => sides[side].map(({ each }) => each[at][kind]);
      told(`${service} away, rotate / up --force-recreate`, of('ours', 'down'), of('theirs', 'down'), '<= 1.5');
      told(
        `${service} until healthy, rotate / up --force-recreate`,
        of('ours', 'well'),
        of('theirs', 'well'),
        '<= 1.5',
      );
    });
    console.log(`  a whole rotation with its proofs: ${ms(median(sides.ours.map(({ took }) => took)))}`);
  } finally {
    events.stop();
    await compose('down', '--remove-orphans');
    const label = `label=trading-setup.stack=${id}`;
    const listed = (...list) =>
      read(['docker', ...list], { env })
        .split('\n')
        .filter(Boolean);
    for (const volume of listed('volume', 'ls', '-q', '--filter', label))
      read(['docker', 'volume', 'rm', volume], { env });
    const images = listed('image', 'ls', '-q', `localhost/${id}/*`);
    if (images.length > 0) read(['docker', 'image', 'rm', '--force', ...new Set(images)], { env });
  }
}
