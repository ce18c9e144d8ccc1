import * as z from 'zod';
import { FORMATS } from '../catalog/credentials/format.ts';
import { takenNames } from './names.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'use lower-case letters, digits and dashes');
const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'use letters, digits and underscores');
const port = z.int().min(1).max(65_535);
const image = z
  .string()
  .regex(/^[\w.-]+(:\d+)?(\/[\w.-]+)*:[\w.-]+(@sha256:[0-9a-f]{64})?$/, 'name an image with its exact tag');
const repoPath = z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\0\n"']+$/, 'use a path inside the repository');
const hostPath = z.string().regex(/^[^\0\n"'$]+$/, 'use the path of a file');
const volumeName = z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'use the name of a Docker volume');
const duration = z.string().regex(/^[1-9]\d*(s|m)$/, 'use seconds or minutes, e.g. 30s');
const word = z.string().regex(/^[^\0\n]+$/);

/** How a service proves that it works, the strongest that it offers. */
export const Health = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('http'), port, path: z.string().regex(/^\/[^\s"'$\\]*$/) }),
  z.strictObject({ kind: z.literal('tcp'), port }),
  /** Up for some seconds without a restart: proves that it does not crash at once, no more. */
  z.strictObject({ kind: z.literal('process'), seconds: z.int().min(1).max(600) }),
]);

/** A program of the repository in a container of its own. */
export const Service = z.strictObject({
  binary: z.string().regex(/^[\w.-]+$/),
  args: z.array(word),
  /** Plain settings; secrets have their own place. */
  environment: z.record(envName, z.string()),
  /** Variable → text with `${NAME}` or `${NAME|url}` (percent-encoded) for each secret in it. */
  secrets: z.record(envName, z.string()),
  health: Health,
  /** Folder inside the container that keeps its data in a volume; null: none. */
  data: z
    .string()
    .regex(/^\/[\w/.-]+$/)
    .nullable(),
  /** It talks to the database service. */
  database: z.boolean(),
  stopGrace: duration,
  /** Plain variables that the program gives up without; a start without one of them is refused. */
  required: z.array(envName).optional(),
  /** SQL files that bring its SQLite database to the schema that it expects; absent: the program does that itself. */
  migrations: z
    .strictObject({
      /** Folder of the repository with the numbered files of sqlx. */
      from: repoPath,
      /** Name of the database inside of `data`. */
      file: z.string().regex(/^[\w-][\w.-]*$/, 'use a file name without a folder'),
    })
    .optional(),
});

/** What is known of a secret; its value is in a store. */
export const SecretEntry = z.strictObject({
  kind: z.enum(['generated', 'entered']),
  /** A missing required secret fails the start, not the writing. */
  required: z.boolean(),
  /** Format from the catalogue, e.g. `hex-32`. */
  format: z.enum(FORMATS),
  /** What it is, in the words of the trade. */
  about: z.string(),
  /** The name under which the program reads it, where an instance has a secret of its own, e.g. `ENCRYPTION_KEY`. */
  as: envName.optional(),
});

/** A program of the repository that a person, or a rotation, has run in a one-off container of a service. */
export const SecretCommand = z.strictObject({
  /** Whose image, environment, volumes and secrets it gets. */
  service: name,
  /** The program and its arguments. */
  run: z.array(word).min(1),
});

/** What the program itself offers for its secrets. */
export const SecretCommands = z.strictObject({
  /** Encrypts again what it has encrypted: gets the old key and then the new one on standard input, a line each. */
  reencrypt: SecretCommand.optional(),
  /** Logs in at the broker: prints the address to open and reads the one that the browser was sent to. */
  login: SecretCommand.optional(),
});

/** The version of the schema; `upgrade.ts` has a step for each one before it. */
export const SCHEMA_VERSION = 2;

/** The name of an output of a flake, e.g. `default` or `prepSolArtifacts`. */
const attribute = z.string().regex(/^[A-Za-z_][\w-]*$/, 'use the name of an output of the flake');

/** How the repository's flake builds it. */
export const NixBuild = z.strictObject({
  /** The image with Nix in it. */
  image,
  /** `package`: the flake gives the program; `shell`: it gives a shell in which cargo compiles it. */
  way: z.enum(['package', 'shell']),
  /** Packages of the flake that hold the binaries, where it gives them. */
  packages: z.array(attribute),
  /** The shell of the flake, where it gives one. */
  shell: attribute.optional(),
  /** cargo-chef is in that shell. */
  cargoChef: z.boolean(),
  /** Apps of the flake that make what the compiler reads, in order. */
  tasks: z.array(attribute),
});

/** What has to be in the working tree before a build of it can succeed. */
export const BuildNeeds = z.strictObject({
  /** Submodules of git that have to be checked out. */
  submodules: z.array(repoPath),
  /** Files that the compiler reads and that git does not have; `make`: the command that makes one. */
  files: z.array(z.strictObject({ path: repoPath, make: z.string().optional() })),
});

const fileName = z.string().regex(/^[\w.][\w.-]*$/, 'use a file name without a folder');

/** What our files are called where the repository has files of the usual names already. */
export const Files = z.strictObject({
  dockerfile: fileName.default('Dockerfile'),
  /** `.dockerignore`, or the name of the Dockerfile with `.dockerignore` behind it, which BuildKit prefers. */
  dockerignore: fileName.default('.dockerignore'),
  compose: fileName.regex(/\.ya?ml$/, 'use a name that ends with .yml').default('docker-compose.yml'),
});

/** What was there before this stack and is taken over, once, when the volume for it is made. */
export const Adopt = z.strictObject({
  /** Service → SQLite database of this machine, relative to the repository or absolute. */
  sqlite: z.record(name, hostPath).default({}),
  /** The data volume of an earlier PostgreSQL. */
  database: z
    .strictObject({
      volume: volumeName,
      /** The last SQL file whose content it has; null where a ledger of ours in it says that. */
      baseline: repoPath.nullable().default(null),
    })
    .optional(),
});

/** What only a person knows of the account that is traded. */
export const Account = z.strictObject({
  /** Nothing else places orders on it. */
  onlyTrader: z.boolean(),
});

/**
 * How a stack is parsed: a few times in a run. Zod would compile the parser of every map in it first, which takes 20 ms
 * of the time to the first screen and pays off after thousands.
 */
export const FEW_TIMES = { jitless: true } as const;

export const Stack = z.strictObject({
  version: z.literal(SCHEMA_VERSION),
  /** The version of trading-setup that wrote the file. */
  writtenBy: z.string(),
  /** Compose project, volume prefix and keychain service: never changes. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,40}-[0-9a-f]{6}$/),
  name,
  mode: z.enum(['paper', 'live']),
  /** Absent until a person has answered; asked where the stack is LIVE. */
  account: Account.optional(),
  files: Files.default(Files.parse({}, FEW_TIMES)),
  /** Services that are the same program for several brokers or accounts, each with its own data and secrets. */
  instances: z.array(name).min(1).optional(),
  build: z.strictObject({
    strategy: z.enum(['cargo-chef', 'nix']),
    rustImage: image,
    runtimeImage: image,
    cargoChef: z.string().regex(/^\d+\.\d+\.\d+$/),
    /** Cargo.lock is tracked: the build refuses another resolution. */
    locked: z.boolean(),
    binaries: z.array(z.strictObject({ package: z.string(), bin: z.string() })).min(1),
    /** Debian packages. */
    buildPackages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]*$/)),
    runtimePackages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]*$/)),
    /** Files and folders of the repository that the program reads at run time. */
    assets: z.array(repoPath),
    /** Files that never enter the build: they hold secrets, or git leaves them out. */
    exclude: z.array(repoPath).default([]),
    /** Absent: the repository has no flake that builds it. Kept with the other strategy, so that switching is one answer. */
    nix: NixBuild.optional(),
    needs: BuildNeeds.optional(),
    /** Folder of the SQL files of a throw-away SQLite database that `query!` is checked against while compiling. */
    checkedAgainst: repoPath.optional(),
  }),
  services: z.record(name, Service).superRefine((services, context) => {
    for (const [taken, message] of takenNames({ services }))
      context.addIssue({ code: 'custom', path: [taken], message });
  }),
  tui: z.discriminatedUnion('access', [
    z.strictObject({
      access: z.literal('browser'),
      binary: z.string(),
      args: z.array(word),
      environment: z.record(envName, z.string()),
    }),
    z.strictObject({
      access: z.literal('exec'),
      binary: z.string(),
      args: z.array(word),
      environment: z.record(envName, z.string()),
    }),
    /** The program is remembered where there is one, so that the access can be given back. */
    z.strictObject({
      access: z.literal('none'),
      binary: z.string().optional(),
      args: z.array(word).optional(),
      environment: z.record(envName, z.string()).optional(),
    }),
  ]),
  database: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('timescaledb'),
      image,
      name: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
      role: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/),
      /** SQL files in the order in which they are applied. */
      migrations: z.array(repoPath),
      memory: z.string().regex(/^\d+(MB|GB)$/),
      cpus: z.int().min(1),
    }),
    z.strictObject({ kind: z.literal('none') }),
  ]),
  ports: z.strictObject({
    bind: z.ipv4().or(z.ipv6()),
    /** The web API; null: the program has none. */
    api: z
      .strictObject({
        service: name,
        container: port,
        host: port,
        via: z.enum(['gate', 'direct']),
        /** The same API of further instances: service → port on this machine. */
        instances: z.record(name, port).optional(),
      })
      .nullable(),
    tui: port.nullable(),
  }),
  secrets: z.strictObject({
    store: z.enum(['keychain', 'vault']),
    /** How the vault is opened. */
    unlock: z.enum(['passphrase', 'key-file']),
    gateUser: z.string().regex(/^[\w.-]+$/),
    entries: z.record(envName, SecretEntry),
    commands: SecretCommands.optional(),
  }),
  adopt: Adopt.optional(),
});

/** Every decision about a stack and no secret: the content of `trading-setup.yaml`. */
export type Stack = z.infer<typeof Stack>;
export type Service = z.infer<typeof Service>;
export type Health = z.infer<typeof Health>;
export type SecretEntry = z.infer<typeof SecretEntry>;
export type SecretCommand = z.infer<typeof SecretCommand>;
export type Adopt = z.infer<typeof Adopt>;
export type NixBuild = z.infer<typeof NixBuild>;
export type BuildNeeds = z.infer<typeof BuildNeeds>;
