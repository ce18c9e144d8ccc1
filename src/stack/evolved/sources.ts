import type { RepoFacts } from '../../detect/facts.ts';
import { chooseRust } from '../design/build.ts';
import type { Stack } from '../schema.ts';
import type { Difference } from './difference.ts';

/** Folders and files of SQL that moved, went or came, against those that the stack names. */
export function migrations({ services: all, build, database }: Stack, facts: RepoFacts): readonly Difference[] {
  const folder = facts.sqlx?.folder;
  const { evidence } = facts.sqlx ?? {};
  const moved = (path: string, from: string): Difference[] => {
    // Another folder with migrations is no move while those of the stack are there.
    const isThere = facts.migrations.some((file) => file.path === from || file.path.startsWith(`${from}/`));
    if (folder === undefined || folder === from || isThere) return [];
    const message = `the migrations are in ${folder} now, and no longer in ${from}`;
    const found = evidence && { evidence };
    return [
      { code: 'migrations-moved', path, message, ...found, sets: [`${path}=${folder}`], was: from, blocks: true },
    ];
  };
  const folders = [
    ...Object.entries(all).flatMap(([name, service]) =>
      service.migrations ? moved(`services.${name}.migrations.from`, service.migrations.from) : [],
    ),
    ...(build.checkedAgainst === undefined ? [] : moved('build.checkedAgainst', build.checkedAgainst)),
  ];
  if (database.kind === 'none') return folders;
  const here = facts.migrations.filter(({ kind }) => kind !== 'embedded').map(({ path }) => path);
  const listed = new Set(database.migrations);
  const gone = database.migrations.filter((path) => !here.includes(path));
  const fresh = here.filter((path) => !listed.has(path) && sharesFolder(path, database.migrations));
  const now = JSON.stringify([...database.migrations.filter((path) => !gone.includes(path)), ...fresh]);
  const path = 'database.migrations';
  const about = (files: readonly string[], what: string, code: Difference['code'], blocks: boolean): Difference[] => {
    const message = `${files.join(', ')} ${files.length === 1 ? 'is' : 'are'} ${what}`;
    return files.length === 0 ? [] : [{ code, path, message, sets: [`${path}=${now}`], blocks }];
  };
  return [
    ...folders,
    ...about(gone, 'no longer there', 'migration-gone', true),
    ...about(fresh, 'new, and not applied yet', 'migration-new', false),
  ];
}

function sharesFolder(path: string, others: readonly string[]): boolean {
  const folderOf = (each: string) => each.slice(0, each.lastIndexOf('/') + 1);
  return others.some((each) => folderOf(each) === folderOf(path));
}

/** A newer Rust than the image of the stack has. */
export function toolchain({ build }: Stack, facts: RepoFacts): readonly Difference[] {
  const { channel, rustVersion, evidence } = facts.toolchain;
  if (channel === undefined && rustVersion === undefined) return [];
  const wanted = chooseRust(facts).version;
  // The tag of another image may count anything.
  const used = /(?:^|\/)rust:(\d+\.\d+(?:\.\d+)?)/.exec(build.rustImage)?.[1];
  const asked = channel !== undefined && /^\d+\.\d+/.test(channel) ? wanted : (rustVersion ?? '');
  if (used === undefined || asked === '' || !isNewer(asked, used)) return [];
  return [
    {
      code: 'toolchain-newer',
      path: 'build.rustImage',
      message: `the repository asks for Rust ${asked}, and the build uses ${used}`,
      ...(evidence && { evidence }),
      sets: [`build.rustImage=${build.rustImage.replace(/@sha256:.*$/, '').replace(used, wanted)}`],
      // A channel is fetched by rustup, which the image has; a package that asks for a newer compiler is refused by cargo.
      blocks: build.strategy === 'cargo-chef' && channel === undefined,
    },
  ];
}

function isNewer(a: string, b: string): boolean {
  const numbers = (version: string) => version.split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  const place = [0, 1, 2].find((at) => (left[at] ?? 0) !== (right[at] ?? 0));
  return place !== undefined && (left[place] ?? 0) > (right[place] ?? 0);
}
