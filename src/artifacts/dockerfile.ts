import { NGINX_IMAGE } from '../catalog/images.ts';
import { TTYD } from '../catalog/tools.ts';
import { APP_UID, hasGate, NGINX_UID, POSTGRES_UID, TUI_GID, withSchema } from '../stack/names.ts';
import type { NixBuild, Stack } from '../stack/schema.ts';
import { composeCommand } from '../stack/words.ts';
import { fillTemplate } from './templates.ts';

/** `COPY` in its JSON form, which takes any path. */
function copy(from: string, to: string): { readonly json: string } {
  return { json: JSON.stringify([from, to]).replace('","', '", "') };
}

function list(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}

/** How the flake builds it, where it is asked to; a stack without that is refused before (`inspect`). */
function nixOf({ build }: Stack): NixBuild | undefined {
  return build.strategy === 'nix' ? build.nix : undefined;
}

/** The folder of the SQL files that `query!` is checked against; a flake that gives the package cares for that itself. */
function checkedAgainst(stack: Stack): string {
  return nixOf(stack)?.way === 'package' ? '' : (stack.build.checkedAgainst ?? '');
}

function sqlite({ build: { runtimeImage } }: Stack): string {
  return fillTemplate('Dockerfile-sqlite', { runtimeImage });
}

/** The stages of the throw-away database. */
function schema(stack: Stack): string {
  const folder = checkedAgainst(stack);
  if (folder === '') return '';
  return sqlite(stack) + fillTemplate('Dockerfile-schema', { folder: copy(folder, '/migrations/') });
}

/** What follows the folder of the flake. Only without a name Nix also finds a default of the old way (devShell.SYSTEM). */
function output(name = 'default'): string {
  return name === 'default' ? '' : `#${name}`;
}

/** The stages up to `build`, which leaves the programs in /made/out and what they need of the Nix store in /made/closure. */
function compile(stack: Stack): string {
  const { build } = stack;
  const packages = [...new Set(build.binaries.map((binary) => binary.package))];
  const values = {
    id: stack.id,
    checkedAgainst: checkedAgainst(stack),
    schema: schema(stack),
    locked: build.locked ? ' --locked' : '',
    packageFlags: packages.map((name) => ` --package ${name}`).join(''),
    binFlags: build.binaries.map(({ bin }) => ` --bin ${bin}`).join(''),
    outputs: build.binaries.map(({ bin }) => `target/release/${bin}`).join(' '),
    names: build.binaries.map(({ bin }) => bin).join(' '),
  };
  const nix = nixOf(stack);
  if (!nix) return fillTemplate('Dockerfile-cargo-chef', { ...build, ...values });
  // The image of another tag, or for another processor, begins with its own store.
  const store = `type=cache,id=${stack.id}-nix-${nix.image.split(':').at(-1)},target=/nix,from=nix,source=/nix,sharing=locked`;
  const seed = nix.cargoChef ? 'cook' : 'nix';
  const outputs = { shell: output(nix.shell), packages: nix.packages.map(output), tasks: nix.tasks.map(output) };
  return fillTemplate('Dockerfile-nix', { ...nix, ...values, ...outputs, store, seed });
}

/** Folders of the SQL files that databases of services are brought to their schema with, each once. */
function schemaFolders({ services }: Stack): readonly string[] {
  return [...new Set(Object.values(services).flatMap(({ migrations }) => migrations?.from ?? []))].sort();
}

/** The text of the Dockerfile. */
export function renderDockerfile(stack: Stack): string {
  const { build, database } = stack;
  const first = Object.values(stack.services)[0];
  const needsSqlite = withSchema(stack).length > 0 && checkedAgainst(stack) === '';
  return fillTemplate('Dockerfile', {
    ...build,
    compose: composeCommand(stack),
    compile: compile(stack),
    sqlite: needsSqlite ? sqlite(stack) : '',
    nix: nixOf(stack) !== undefined,
    installed: build.binaries.map(({ bin }) => `/usr/local/bin/${bin}`).join(' '),
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
    schemaFolders: schemaFolders(stack).map((folder) => copy(folder, `/migrations/${folder}/`)),
    migrationOrder: database.kind === 'timescaledb' ? list(database.migrations) : '[]',
    command: first ? list([first.binary, ...first.args]) : '[]',
  });
}
