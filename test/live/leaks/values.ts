import { z } from 'zod';
import { cli } from '../support/run.ts';
import { formsOf, type Needle } from '../support/search.ts';
import { inVolume, volumesOf } from '../support/stack.ts';

const List = z.object({ secrets: z.array(z.object({ name: z.string(), state: z.string() })) });

/** Reads every file of a volume, each as its path and base64 of its content. */
const READ = 'cd /volume; find . -type f ! -name \'.*\' -exec sh -c \'echo "$1 $(base64 -w0 "$1")"\' _ {} \\;';

/** The parts of something rendered that are secret by themselves: a bcrypt hash, the keys of a SCRAM verifier. */
function partsOf(path: string, rendered: string): readonly (readonly [string, string])[] {
  const hash = path.endsWith('htpasswd') ? [[`${path} hash`, rendered.replace(/^[^:]*:/, '')] as const] : [];
  const [, ...keys] = /^SCRAM-SHA-256\$\d+:(.+)\$(.+):(.+)$/.exec(rendered) ?? [];
  return [...hash, ...keys.map((part, at) => [`${path} key ${at + 1}`, part] as const)];
}

/** Every value that ever was one, and what was made of it for the volumes; collected while a stack lives. */
export class Values {
  readonly #named = new Map<string, string>();
  readonly #open: ReadonlySet<string>;

  /** @param open values that are kept like secrets and are none, e.g. what stands in an address that a person opens. */
  constructor(open: readonly string[] = []) {
    this.#open = new Set(open);
  }

  add(name: string, value: string): void {
    if (value !== '' && !this.#open.has(value)) this.#named.set(value, this.#named.get(value) ?? name);
  }

  get count(): number {
    return this.#named.size;
  }

  /** In all the forms in which programs write them. */
  needles(): readonly Needle[] {
    return [...this.#named].flatMap(([value, name]) => formsOf(name, value));
  }

  /** What the store holds now. */
  async fromStore(dir: string): Promise<void> {
    const { stdout } = await cli(['secrets', 'list', '--json', '--dir', dir]);
    for (const { name, state } of List.parse(JSON.parse(stdout)).secrets) {
      if (state !== 'set') continue;
      this.add(name, (await cli(['secrets', 'reveal', name, '--yes', '--dir', dir])).stdout.trim());
    }
  }

  /** What the volumes hold now: the values in force, and what they were rendered into. */
  async fromVolumes(id: string): Promise<void> {
    for (const volume of (await volumesOf(id)).filter((each) => each.endsWith('-secrets'))) {
      for (const line of (await inVolume(volume, READ)).trim().split('\n').filter(Boolean)) {
        const [path = '', base64 = ''] = line.split(' ');
        const rendered = Buffer.from(base64, 'base64').toString().trim();
        this.add(`${volume} ${path}`, rendered);
        for (const [name, part] of partsOf(path, rendered)) this.add(name, part);
        // The value in the middle of a URL, for that of a rotation that failed is in no store.
        const [, password] = /:\/\/[^:/@\s]*:([^@\s]+)@/.exec(rendered) ?? [];
        if (password !== undefined) this.add(`${volume} ${path} password`, decodeURIComponent(password));
      }
    }
  }
}
