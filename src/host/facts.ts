import * as z from 'zod';

/** Who listens on a port of the engine's host. */
export interface PortHolder {
  readonly port: number;
  /** In words: `nginx (pid 812)`, `container web-1`, `another program`. */
  readonly who: string;
  /** The stack id, where the holder is a container of one of our stacks. */
  readonly stack?: string;
}

const text = z.string();
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

const EvidenceSchema = z
  .object({
    where: text.describe('a path, or container NAME, or volume NAME'),
    what: text.describe('what was seen there, in words; never an argument or a value that could be secret'),
    confidence: z.enum(['certain', 'likely', 'guess']),
  })
  .readonly()
  .describe('why something on the machine is believed to belong to this system');

/** What a running thing is, as far as whether it can place orders matters. */
const trader = {
  program: text.describe('the binary of this repository that it runs'),
  subcommand: text.optional().describe('the known one that it was started with; no other argument is kept'),
  trades: z.boolean().describe('it may place orders: anything but a subcommand that does one thing and ends'),
  evidence: EvidenceSchema,
} as const;

const ProcessSchema = z
  .object({
    pid: z.int(),
    folder: text.optional().describe('its working folder'),
    since: text.optional().describe('ISO time of its start'),
    ...trader,
  })
  .readonly();

const UnitSchema = z
  .object({
    name: text,
    path: text,
    scope: z.enum(['system', 'user']),
    enabled: z.boolean().describe('it is started at boot, or with the session'),
    ...trader,
  })
  .readonly();

const ContainerSchema = z
  .object({
    name: text,
    image: text,
    running: z.boolean(),
    project: text.optional().describe('its Compose project'),
    stack: text.optional().describe('the stack id, where it is of one of our stacks'),
    volumes: list(text).describe('named volumes that it mounts'),
    ...trader,
    program: trader.program.optional(),
  })
  .readonly();

const VolumeSchema = z
  .object({
    name: text,
    project: text.describe('the Compose project that made it'),
    holds: z
      .enum(['database', 'unknown'])
      .describe('database: the data folder of a PostgreSQL, by the image that mounts it or by its name'),
    evidence: EvidenceSchema,
  })
  .readonly();

const SqliteSchema = z
  .object({
    path: text.describe('absolute, links followed'),
    size: z.int().describe('bytes of the file'),
    unfolded: z.int().describe('bytes of its write-ahead log, which are part of the data'),
    key: text.optional().describe('the environment or config key whose URL names it'),
    openIn: list(text).describe('programs that have it open, e.g. algo-trade (pid 812)'),
    evidence: EvidenceSchema,
  })
  .readonly();

/** What on this machine and its engine belongs to this system already; `host` in the document of `inspect --json`. */
export const SystemFacts = z
  .object({
    running: z
      .object({ processes: list(ProcessSchema), units: list(UnitSchema), containers: list(ContainerSchema) })
      .readonly(),
    existing: z.object({ volumes: list(VolumeSchema), sqlite: list(SqliteSchema) }).readonly(),
  })
  .readonly()
  .describe('what on this machine and its engine belongs to this system already');

export type SystemFacts = z.infer<typeof SystemFacts>;
/** Why something on the machine is believed to belong to this system. */
export type HostEvidence = z.infer<typeof EvidenceSchema>;
/** A process of this machine. */
export type ProcessFact = z.infer<typeof ProcessSchema>;
/** A systemd unit that starts a program of this repository. */
export type UnitFact = z.infer<typeof UnitSchema>;
/** A container that belongs to this repository, by the folder of its Compose project or by what it runs. */
export type ContainerFact = z.infer<typeof ContainerSchema>;
/** A volume of an earlier Compose project of this repository. */
export type VolumeFact = z.infer<typeof VolumeSchema>;
/** An SQLite database that exists. */
export type SqliteFact = z.infer<typeof SqliteSchema>;

/** What of a repository is looked for on the machine. */
export interface Sought {
  /** The repository, absolute. */
  readonly root: string;
  readonly binaries: readonly string[];
  readonly subcommands: readonly { readonly binary: string; readonly name: string; readonly kind: string }[];
  /** URLs of SQLite databases by their environment or config key. */
  readonly sqlite: readonly { readonly key: string; readonly url: string }[];
}

/** The machine on which the engine runs, observed once. */
export interface HostFacts {
  /** Only what this process knows by itself: nothing was asked yet. */
  readonly pending?: true;
  /** The engine is on another machine, whose ports only its containers tell of. */
  readonly remote?: true;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Why the engine does not answer, in one sentence; absent when it does. */
  readonly engineProblem?: string;
  readonly keychain: { readonly available: boolean; readonly why: string };
  readonly holders: readonly PortHolder[];
  /** Room on the disk where the engine keeps images and data; absent where it cannot be told, e.g. on another machine. */
  readonly freeBytes?: number;
  /** Absent where nobody looked for it. */
  readonly system?: SystemFacts;
}
