import { NGINX_IMAGE } from '../catalog/images.ts';
import { TTYD } from '../catalog/tools.ts';
import { APP_UID, hasGate, NGINX_UID, POSTGRES_UID, TUI_GID } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { composeCommand } from '../stack/words.ts';
import { fillTemplate } from './templates.ts';

/** `COPY` in its JSON form, which takes any path. */
function copy(from: string, to: string): { readonly json: string } {
  return { json: JSON.stringify([from, to]).replace('","', '", "') };
}

function list(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}

/** The text of the Dockerfile. */
export function renderDockerfile(stack: Stack): string {
  const { build, database } = stack;
  const packages = [...new Set(build.binaries.map((binary) => binary.package))];
  const first = Object.values(stack.services)[0];
  return fillTemplate('Dockerfile', {
    ...build,
    compose: composeCommand(stack),
    locked: build.locked ? ' --locked' : '',
    packageFlags: packages.map((name) => ` --package ${name}`).join(''),
    binFlags: build.binaries.map(({ bin }) => ` --bin ${bin}`).join(''),
    outputs: build.binaries.map(({ bin }) => `target/release/${bin}`).join(' '),
    dataFolders: [...new Set(Object.values(stack.services).flatMap(({ data }) => data ?? []))],
    assets: build.assets.map((asset) => copy(asset, `/app/${asset}`)),
    uid: APP_UID,
    tuiGid: TUI_GID,
    nginxUid: NGINX_UID,
    postgresUid: POSTGRES_UID,
    tui: stack.tui.access === 'browser',
    ttyd: TTYD,
    gateImage: hasGate(stack) ? NGINX_IMAGE : '',
    databaseImage: database.kind === 'timescaledb' ? database.image : '',
    migrations:
      database.kind === 'timescaledb' ? database.migrations.map((file) => copy(file, `/migrations/${file}`)) : [],
    migrationOrder: database.kind === 'timescaledb' ? list(database.migrations) : '[]',
    command: first ? list([first.binary, ...first.args]) : '[]',
  });
}
