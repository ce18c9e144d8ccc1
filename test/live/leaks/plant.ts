import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { record } from '../support/recording.ts';
import { docker, LIVE, must, run } from '../support/run.ts';
import { watch } from '../support/watch.ts';
import type { Scene } from './kinds.ts';

const LABEL = `trading-setup.live=${LIVE}`;
const NAME = 'trading-setup-live-planted';

/** A scene in which a value was leaked in every kind of place. `remove` takes it away again. */
export async function plant(value: string): Promise<{ readonly scene: Scene; readonly remove: () => Promise<void> }> {
  const dir = join(LIVE, 'planted');
  const at = (name: string) => {
    mkdirSync(join(dir, name), { recursive: true });
    return join(dir, name);
  };
  const image = 'localhost/trading-setup-live/planted:current';
  const volume = `value=${value}`;
  const remove = async () => {
    await run(['docker', 'rm', '-f', NAME]);
    await run(['docker', 'volume', 'rm', NAME]);
    await run(['docker', 'network', 'rm', NAME]);
    await run(['docker', 'image', 'rm', '-f', image]);
  };
  for (const name of ['repository/deep', 'program', 'data/deep', 'state', 'temporary', 'outputs'])
    writeFileSync(join(at(name), 'file'), `x${value}x`);
  writeFileSync(
    join(dir, 'repository/docker-compose.yml'),
    JSON.stringify({
      name: 'planted',
      services: { tui: { image: 'debian:13.1-slim', environment: { VALUE: value.replaceAll('$', '$$$$') } } },
    }),
  );
  writeFileSync(join(at('context'), 'value'), value);
  const watched = at('watched');
  const watching = await watch(watched);
  const dockerfile = `FROM debian:13.1-slim\nLABEL ${LABEL}\nCOPY value /deep/value\nENV VALUE='${value}'\n`;
  await must(['docker', 'build', '-q', '-t', image, '-f', '-', join(dir, 'context')], { stdin: dockerfile });
  await docker('volume', 'create', '--label', LABEL, '--label', volume, NAME);
  await docker('network', 'create', '--internal', '--label', LABEL, '--label', volume, NAME);
  const script = 'echo "$VALUE"; printf %s "$VALUE" >/written; while sleep 1; do :; done';
  const flags = [
    '-d',
    '--init',
    '--name',
    NAME,
    '--network',
    NAME,
    '--label',
    LABEL,
    '--label',
    volume,
    '-e',
    `VALUE=${value}`,
  ];
  const container = (await docker('run', ...flags, image, 'sh', '-c', script, value)).trim();
  // Broadcast by the engine; the client has it in its environment.
  await must(['docker', 'exec', container, 'sh', '-c', 'sleep 0.1', value], { env: { VALUE: value } });
  // The engine writes down which plugin it looks for, again and again.
  await run(['timeout', '3', 'docker', 'volume', 'create', '--driver', value, `${NAME}-2`]);
  const half = Math.floor(value.length / 2);
  const quoted = (part: string) => `'${part.replaceAll("'", "'\\''")}'`;
  // On the screen whole, in the bytes backwards; then the other way round, for the bytes.
  const shown = `printf '\\033[3;%dH%s' ${half + 1} ${quoted(value.slice(half))}; printf '\\033[3;1H%s' ${quoted(value.slice(0, half))}; sleep 0.2`;
  const screens = at('terminals');
  await record(['sh', '-c', shown], { folder: screens, name: 'screen' }).end();
  await record(['sh', '-c', `printf %s ${quoted(value)}; printf '\\033[2J'`], { folder: screens, name: 'raw' }).end();
  await watching.stop();
  return {
    scene: {
      containers: [container],
      images: [image],
      volumes: [NAME],
      networks: [NAME],
      repository: join(dir, 'repository'),
      program: join(dir, 'program'),
      homes: [join(dir, 'data'), join(dir, 'state')],
      temporary: join(dir, 'temporary'),
      outputs: join(dir, 'outputs'),
      terminals: screens,
      watched,
    },
    remove,
  };
}
