import { join } from 'node:path';
import { engineLog, exported, file, folder, history, inspected, layers, log } from '../support/places.ts';
import { must } from '../support/run.ts';
import { type Place, text } from '../support/search.ts';

/** Where something lived whose secrets are looked for. */
export interface Scene {
  readonly containers: readonly string[];
  readonly images: readonly string[];
  readonly volumes: readonly string[];
  readonly networks: readonly string[];
  /** The repository, with its compose file. */
  readonly repository: string;
  /** Folders of the program: the package as npm installs it, and its data (the vault is sealed), settings, state and cache. */
  readonly program: string;
  readonly homes: readonly string[];
  readonly temporary: string;
  /** What it said, JSON and other lines. */
  readonly outputs: string;
  /** Recordings of terminals. */
  readonly terminals: string;
  /** What passed by while it lived (`watch.ts`). */
  readonly watched: string;
}

/** A kind of place that could show a secret. */
export interface Kind {
  readonly what: string;
  readonly places: (scene: Scene) => readonly Place[];
  /** It is there only while the containers are. */
  readonly alive?: true;
}

const config = (dir: string, ...more: readonly string[]): Promise<string> =>
  must(['docker', 'compose', 'config', ...more], { cwd: dir });

/** Every kind of place; whoever makes a new one possible adds it here, and plants a leak in it in `plant.ts`. */
export const KINDS: readonly Kind[] = [
  { what: 'process arguments', places: ({ watched }) => [file(join(watched, 'arguments'))] },
  { what: 'environments of docker clients', places: ({ watched }) => [file(join(watched, 'environments'))] },
  { what: 'engine events', places: ({ watched }) => [file(join(watched, 'events'))] },
  { what: 'inspect of each container as it was created', places: ({ watched }) => [file(join(watched, 'inspected'))] },
  { what: 'container inspect', alive: true, places: ({ containers }) => [inspected('container', containers)] },
  { what: 'image inspect', alive: true, places: ({ images }) => [inspected('image', images)] },
  { what: 'volume inspect', alive: true, places: ({ volumes }) => [inspected('volume', volumes)] },
  { what: 'network inspect', alive: true, places: ({ networks }) => [inspected('network', networks)] },
  { what: 'image history', alive: true, places: ({ images }) => images.map(history) },
  { what: 'image layers', alive: true, places: ({ images }) => [layers(images)] },
  { what: 'compose config', alive: true, places: ({ repository }) => [text('compose config', config(repository))] },
  {
    what: 'compose config as JSON',
    alive: true,
    places: ({ repository }) => [text('compose config as JSON', config(repository, '--format', 'json'))],
  },
  { what: 'container export', alive: true, places: ({ containers }) => containers.map(exported) },
  { what: 'container logs', alive: true, places: ({ containers }) => containers.map(log) },
  { what: 'engine log', places: () => [engineLog()].filter((place) => place !== undefined) },
  { what: 'repository', places: ({ repository }) => [folder(repository)] },
  { what: 'data, settings, state and cache', places: ({ homes }) => homes.map((home) => folder(home)) },
  { what: 'installed package', places: ({ program }) => [folder(program)] },
  { what: 'temporary files and core dumps', places: ({ temporary }) => [folder(temporary)] },
  { what: 'outputs', places: ({ outputs }) => [folder(outputs)] },
  {
    what: 'bytes sent to a terminal',
    places: ({ terminals }) => [folder(terminals, 'terminals', (name) => name.endsWith('.raw'))],
  },
  {
    what: 'screens of a terminal',
    places: ({ terminals }) => [folder(terminals, 'screens', (name) => name.endsWith('.screens'))],
  },
];
