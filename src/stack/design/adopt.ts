import { relative } from 'node:path';
import type { Origin } from '../../flow/types.ts';
import type { HostFacts, SqliteFact, VolumeFact } from '../../host/facts.ts';
import { fallback, fromHost } from '../origin.ts';
import type { Adopt, Service, Stack } from '../schema.ts';

/** The data of a service that can be taken over: which of its files it is, by the URL that the service is given. */
export interface AdoptableFile {
  readonly service: string;
  /** Name inside the data volume, e.g. `bots.db`. */
  readonly file: string;
}

/** The SQLite files that a service keeps in its data volume, by the URLs in its settings. */
export function sqliteFilesOf({ environment, data }: Service): readonly string[] {
  if (data === null) return [];
  const folder = data.replaceAll(/[.]/g, '\\.');
  // Inside an inline table of figment the URL stands between quotes.
  const url = new RegExp(`sqlite:(?://)?${folder}/([\\w.-]+)`, 'g');
  return [
    ...new Set(Object.values(environment).flatMap((value) => [...value.matchAll(url)].map(([, file = '']) => file))),
  ];
}

/** Each service that keeps an SQLite database, with the file that an adopted one becomes. */
export function adoptableFiles({ services }: Pick<Stack, 'services'>): readonly AdoptableFile[] {
  return Object.entries(services).flatMap(([service, each]) => {
    const [file] = sqliteFilesOf(each);
    return file === undefined ? [] : [{ service, file }];
  });
}

/** Inside the repository relative to it, as everything else in the file. */
function asWritten(path: string, root: string): string {
  const inside = relative(root, path);
  return inside === '' || inside.startsWith('..') ? path : inside;
}

/** The database that a service's file most likely was: of its name, the surest first, then the largest. */
function bestFor(file: string, found: readonly SqliteFact[]): SqliteFact | undefined {
  const rank = { certain: 0, likely: 1, guess: 2 };
  return found
    .filter(({ path }) => path.endsWith(`/${file}`))
    .toSorted(
      (a, b) =>
        rank[a.evidence.confidence] - rank[b.evidence.confidence] || b.size + b.unfolded - (a.size + a.unfolded),
    )[0];
}

/** The volume of an earlier database, where there is exactly one: between two a person has to choose. */
function oldDatabase(volumes: readonly VolumeFact[]): VolumeFact | undefined {
  const databases = volumes.filter(({ holds, evidence }) => holds === 'database' && evidence.confidence !== 'guess');
  return databases.length === 1 ? databases[0] : undefined;
}

/** What is proposed to be taken over, and where each proposal comes from. */
export interface DesignedAdoption {
  readonly adopt?: Adopt;
  readonly origins: readonly (readonly [string, Origin])[];
}

export function designAdoption(
  root: string,
  { system }: HostFacts,
  stack: Pick<Stack, 'services' | 'database'>,
): DesignedAdoption {
  if (!system) return { origins: [] };
  const files = adoptableFiles(stack).map(({ service, file }) => ({
    service,
    fact: bestFor(file, system.existing.sqlite),
  }));
  const taken = files.flatMap(({ service, fact }) => (fact ? [[service, asWritten(fact.path, root)] as const] : []));
  const volume = stack.database.kind === 'none' ? undefined : oldDatabase(system.existing.volumes);
  const origin = (fact: SqliteFact | VolumeFact | undefined) =>
    fact ? fromHost(fact.evidence.what) : fallback('none found');
  return {
    ...(taken.length === 0 && !volume
      ? {}
      : {
          adopt: {
            sqlite: Object.fromEntries(taken),
            ...(volume ? { database: { volume: volume.name, baseline: null } } : {}),
          },
        }),
    origins: [
      ...files.map(({ service, fact }) => [`adopt.sqlite.${service}`, origin(fact)] as const),
      ['adopt.database', origin(volume)],
    ],
  };
}

/** What is going to be taken over, one sentence each, for somebody who did not see the review. */
export function adoptionWords({ adopt }: Pick<Stack, 'adopt'>): readonly string[] {
  const leave = (path: string) => `To leave it out: trading-setup init --set ${path}=null`;
  const files = Object.entries(adopt?.sqlite ?? {}).map(
    ([service, path]) =>
      `${path} is copied when the data volume of ${service} is made. ${leave(`adopt.sqlite.${service}`)}`,
  );
  const old = adopt?.database;
  const volume =
    old && `The volume ${old.volume} is copied when that of the database is made. ${leave('adopt.database')}`;
  return [...files, ...(volume ? [volume] : [])];
}
