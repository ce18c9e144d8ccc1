import * as z from 'zod';

const text = z.string();
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

const EvidenceSchema = z
  .object({
    file: text.describe('path relative to the repository'),
    line: z.int().min(1).describe('counted from 1'),
  })
  .readonly()
  .describe('where a fact was read');

const ConfidenceSchema = z
  .enum(['certain', 'likely', 'guess'])
  .describe(
    'certain: stated in so many words; likely: follows from code that was followed; guess: from a name or a habit',
  );

const AlternativeSchema = z
  .object({
    value: text.describe('what else it could have been'),
    why: text.describe('why it is not believed'),
    evidence: EvidenceSchema.optional(),
  })
  .readonly();

/** What every fact carries: where it was read, how sure it is, and what it was believed over. */
const believed = {
  evidence: EvidenceSchema,
  confidence: ConfidenceSchema,
  over: list(AlternativeSchema).describe('what it was believed over'),
} as const;

const BeliefSchema = z.object({ ...believed, evidence: EvidenceSchema.optional() }).readonly();

const BinarySchema = z
  .object({
    package: text,
    bin: text.describe('name of the executable; not necessarily that of the package'),
    path: text.describe('source of its main, relative to the repository'),
    requiredFeatures: list(text).describe('features without which cargo does not build it'),
    ...believed,
  })
  .readonly();

const SubcommandSchema = z
  .object({
    binary: text,
    name: text.describe('as typed, e.g. live-bot-tui; nested ones with a space'),
    aliases: list(text).optional().describe('other names of it, where there are such'),
    kind: z
      .enum(['daemon', 'worker', 'tui', 'one-shot'])
      .describe('daemon: long-running with a port; worker: long-running without; tui: draws on a terminal'),
    signals: list(text).describe('signals it handles; none: the default action ends it'),
    databases: list(text).describe('environment and config keys of databases it opens'),
    serves: z.boolean().describe('it starts the HTTP server'),
    ...believed,
  })
  .readonly();

const EnvSchema = z
  .object({
    name: text,
    required: z.boolean().describe('the program gives up without it'),
    default: text.optional().describe('[secret] where it would be one'),
    secret: z.boolean(),
    readBy: list(text).describe('binaries that read it'),
    services: list(text).describe('services that read it'),
    perService: list(
      z
        .object({
          service: text,
          required: z.boolean(),
          default: text.optional(),
          evidence: EvidenceSchema.optional(),
        })
        .readonly(),
    )
      .optional()
      .describe('where services read it each in their own way: what each does without it'),
    key: text.optional().describe('config key that it overrides, where it is one'),
    dead: z.boolean().describe('read only by code that nothing calls'),
    ...believed,
  })
  .readonly();

const ConfigFileSchema = z
  .object({
    path: text,
    private: z.boolean().describe('git leaves it out, or a value in it looks secret: it must not get into an image'),
    values: z
      .record(text, z.object({ value: text, line: z.int().min(1) }).readonly())
      .readonly()
      .describe('leaf values by dotted key'),
    ...believed,
  })
  .readonly();

const EnvFileSchema = z
  .object({
    path: text,
    kind: z.enum(['example', 'compose']).describe('example: such as .env.example; compose: environment of a service'),
    names: list(
      z.object({ name: text, line: z.int().min(1), set: z.boolean().describe('false: only behind a #') }).readonly(),
    ),
  })
  .readonly()
  .describe('a file of the repository that names variables; no values are read from it');

const BuildEnvSchema = z
  .object({ name: text, required: z.boolean(), ...believed })
  .readonly()
  .describe('a variable that is read while compiling');

const PrefixSchema = z
  .object({
    name: text.describe('prefix of environment variables that override config files, e.g. APP_'),
    split: text.optional().describe('separator of nested keys, where set'),
    library: z
      .enum(['figment', 'config', 'envy', 'std'])
      .describe('what reads them; std: a loop of the program itself'),
    ...believed,
  })
  .readonly();

const PortSchema = z
  .object({
    port: z.int().min(1).max(65_535),
    host: text.optional().describe('listen address, where stated'),
    key: text.optional().describe('dotted config key of the port'),
    env: text.optional().describe('environment variable of the port or the address'),
    listen: z
      .object({
        by: z.enum(['env', 'key', 'flag']),
        name: text,
        holds: z.enum(['host', 'address']).describe('address: host and port in one'),
        first: z.boolean().optional().describe('flag: it stands before the subcommand'),
      })
      .readonly()
      .optional()
      .describe('what decides on which address it listens, where that can be told to the program'),
    ...believed,
  })
  .readonly();

const DatabaseSchema = z
  .object({
    kind: z.enum(['postgres', 'sqlite']),
    via: z
      .union([
        z.object({ env: text }).readonly(),
        z.object({ configKey: text }).readonly(),
        z.object({ code: text }).readonly(),
      ])
      .describe('how the program is told its URL; code: it is written there and cannot be told'),
    url: text.optional().describe('the default, with [secret] for a password'),
    parts: z
      .object({
        host: text,
        port: text.optional(),
        user: text.optional(),
        password: text.optional(),
        name: text.optional(),
      })
      .readonly()
      .optional()
      .describe('variables or config keys of a database that is told in parts instead of by a URL'),
    creates: z.boolean().optional().describe('sqlite: the program makes the file where it is missing'),
    openedBy: list(text).describe('services that open it'),
    ...believed,
  })
  .readonly();

const MigrationSchema = z
  .object({
    kind: z
      .enum(['setup', 'numbered', 'embedded'])
      .describe('setup: an init script; numbered: one of an ordered series; embedded: compiled in by sqlx'),
    path: text.describe('a file; for embedded the folder'),
    version: z.number().optional(),
    ...believed,
  })
  .readonly();

const RouteSchema = z
  .object({
    method: text,
    path: text,
    mounted: z.boolean().describe('false: the router that holds it is never mounted'),
    health: z.boolean().describe('its path says that it tells the health: a candidate, probed once it runs'),
    ...believed,
  })
  .readonly();

const EndpointSchema = z
  .object({
    url: text.describe('an address, or the name by which a library knows it, e.g. BaseUrl::Mainnet'),
    testnet: z.boolean(),
    by: z
      .enum(['config', 'default', 'code'])
      .describe('config: set in a config file; default: of a variable; code: only written in the code'),
    env: text.optional().describe('the variable whose default it is'),
    ...believed,
  })
  .readonly();

const SignalSchema = z
  .object({
    name: text.describe('e.g. SIGTERM'),
    handledBy: list(text).describe('services that handle it'),
    ...believed,
  })
  .readonly();

const ServiceSchema = z
  .object({
    name: text,
    binary: text,
    args: list(text),
    kind: SubcommandSchema.unwrap().shape.kind,
    env: list(text).describe('environment variables that it reads'),
    databases: list(text).describe('environment and config keys of databases it opens'),
    signals: list(text),
    serves: z.boolean(),
    works: z
      .enum(['api', 'database', 'own-state'])
      .optional()
      .describe('tui: it drives the daemon by its API, looks into its database, or has a state of its own in memory'),
    ...believed,
  })
  .readonly()
  .describe('a long-running program, or one with a terminal, that would be a service');

const SwitchSchema = z
  .object({
    name: text.describe('variable, config key or flag'),
    by: z.enum(['env', 'key', 'flag']),
    paper: text.describe('the value with which nothing is traded for real'),
    value: text.optional().describe('what it is now: its default, or what the config file says'),
    ...believed,
  })
  .readonly()
  .describe('a switch between paper and live trading');

const SqlxSchema = z
  .object({
    features: list(text),
    checked: z.int().min(0).describe('uses of query! and its like, which are checked while compiling'),
    unchecked: z.int().min(0).describe('uses of query() and its like'),
    offline: z.boolean().describe('there is a .sqlx folder: it compiles without a database'),
    migrates: z
      .enum(['run', 'tests', 'never'])
      .describe('where the code applies its embedded migrations: in a program, in tests only, or nowhere'),
    folder: text.optional().describe('folder of the numbered SQL files of sqlx'),
    ...believed,
  })
  .readonly();

const NixOutputSchema = z
  .object({
    kind: z.enum(['package', 'app', 'shell']),
    name: text.describe('e.g. default'),
    legacy: z.boolean().describe('written the old way, e.g. devShell.SYSTEM or defaultPackage.SYSTEM'),
    holds: list(text).describe(
      'programs that it has at hand, e.g. cargo-chef, sqlx-cli; a package that cargo builds has cargo and rustc',
    ),
    unfit: z
      .enum(['other-system', 'script', 'image'])
      .optional()
      .describe('why it is no program for an image: not for Linux, a script, or an image of a container itself'),
    ...believed,
  })
  .readonly();

const NixSchema = z
  .object({
    file: text.describe('flake.nix, relative to the repository'),
    outputs: list(NixOutputSchema),
    inputs: list(z.object({ name: text, url: text.optional(), locked: z.boolean() }).readonly()),
    ...believed,
  })
  .readonly()
  .describe('the flake of the repository, read and not evaluated');

const TaskSchema = z
  .object({
    kind: z.enum(['nix', 'npm', 'forge']),
    name: text,
    command: text.describe('as typed at the top of the repository, e.g. nix run .#prepSolArtifacts'),
    folder: text.describe('where it works, . for the top'),
    makes: list(text).describe('folders that it fills, as far as that can be read'),
    ...believed,
  })
  .readonly()
  .describe('something that makes files which the compiler reads');

const CompileInputSchema = z
  .object({
    path: text.describe('relative to the repository'),
    by: text.describe('what reads it while compiling, e.g. sol!, include_str!, build.rs'),
    present: z.boolean(),
    tracked: z.boolean().describe('git has it, or the submodule that it lies in'),
    submodule: text.optional().describe('the submodule that it lies in'),
    task: text.optional().describe('command of the task that makes it, where one is known'),
    ...believed,
  })
  .readonly();

const SubmoduleSchema = z.object({ path: text, url: text.optional(), checkedOut: z.boolean(), ...believed }).readonly();

const HelperSchema = z
  .object({
    name: text,
    binary: text,
    args: list(text),
    kind: z
      .enum(['login', 'tool'])
      .describe(
        'login: prints an address and reads the one that a browser was sent to; tool: anything else a person runs',
      ),
    ...believed,
  })
  .readonly()
  .describe('a program of the repository that a person runs beside the services');

const DotenvSchema = z
  .object({
    override: z.boolean().describe('a .env in the working directory beats the environment of the container'),
    ...believed,
  })
  .readonly()
  .describe('the program reads a .env file by itself');

const WarningSchema = z
  .object({
    code: text.describe('stable, e.g. lockfile-ignored'),
    message: text,
    evidence: EvidenceSchema.optional(),
  })
  .readonly();

/** Everything that was read from a repository. */
export const RepoFacts = z
  .object({
    version: z.literal(1),
    root: text,
    name: text.describe('a name for the system: lower case, digits and dashes'),
    workspace: z
      .object({
        kind: z.enum(['virtual', 'root-package', 'single']),
        members: list(text).describe('folders of packages, . for the root'),
        folder: text.optional().describe('where the build starts, if that is not the top of the repository'),
      })
      .readonly(),
    binaries: list(BinarySchema),
    lockfile: z.enum(['tracked', 'ignored', 'absent']).describe('what git does with Cargo.lock'),
    toolchain: z
      .object({
        channel: text.optional().describe('from rust-toolchain(.toml)'),
        rustVersion: text.optional().describe('the largest rust-version'),
        evidence: EvidenceSchema.optional(),
      })
      .readonly(),
    nativeLibraries: list(z.object({ name: text, ...believed }).readonly()).describe(
      'crates that link a system library',
    ),
    subcommands: list(SubcommandSchema),
    services: list(ServiceSchema),
    env: list(EnvSchema),
    envPrefixes: list(PrefixSchema).describe('variables that are read by how their name begins'),
    buildEnv: list(BuildEnvSchema),
    envFiles: list(EnvFileSchema),
    switches: list(SwitchSchema),
    config: z.object({ files: list(ConfigFileSchema), prefix: PrefixSchema.optional() }).readonly(),
    ports: list(PortSchema),
    databases: list(DatabaseSchema),
    sqlx: SqlxSchema.optional(),
    migrations: list(MigrationSchema),
    hypertables: list(z.object({ name: text, ...believed }).readonly()),
    routes: list(RouteSchema),
    apiLogin: z.boolean().describe('the API checks who calls it'),
    signals: list(SignalSchema),
    endpoints: list(EndpointSchema),
    nix: NixSchema.optional(),
    submodules: list(SubmoduleSchema),
    tasks: list(TaskSchema),
    compileInputs: list(CompileInputSchema).describe('files that the compiler reads and that are no Rust'),
    helpers: list(HelperSchema),
    dotenv: DotenvSchema.optional(),
    existing: list(text).describe('files that we would write and that are there already'),
    reasons: z
      .object({ name: BeliefSchema, lockfile: BeliefSchema, workspace: BeliefSchema, apiLogin: BeliefSchema })
      .readonly()
      .describe('why the facts without evidence of their own are what they are'),
    warnings: list(WarningSchema),
  })
  .readonly()
  .describe('what trading-setup read from a repository: the document of inspect --json');

export type RepoFacts = z.infer<typeof RepoFacts>;
/** Where a fact was read: a path relative to the repository, and a line counted from 1. */
export type Evidence = z.infer<typeof EvidenceSchema>;
export type Confidence = z.infer<typeof ConfidenceSchema>;
/** What a fact was believed over, and why. */
export type Alternative = z.infer<typeof AlternativeSchema>;
/** Why a fact without evidence of its own is what it is. */
export type Belief = z.infer<typeof BeliefSchema>;
/** A binary that cargo would build. */
export type BinaryFact = z.infer<typeof BinarySchema>;
export type SubcommandFact = z.infer<typeof SubcommandSchema>;
/** What a subcommand is: see the schema. */
export type SubcommandKind = SubcommandFact['kind'];
export type ServiceFact = z.infer<typeof ServiceSchema>;
export type EnvFact = z.infer<typeof EnvSchema>;
export type ConfigFileFact = z.infer<typeof ConfigFileSchema>;
/** A prefix under which variables are read. */
export type EnvPrefixFact = z.infer<typeof PrefixSchema>;
export type EnvFileFact = z.infer<typeof EnvFileSchema>;
export type BuildEnvFact = z.infer<typeof BuildEnvSchema>;
export type SwitchFact = z.infer<typeof SwitchSchema>;
export type SqlxFact = z.infer<typeof SqlxSchema>;
export type PortFact = z.infer<typeof PortSchema>;
export type DatabaseFact = z.infer<typeof DatabaseSchema>;
export type MigrationFact = z.infer<typeof MigrationSchema>;
export type RouteFact = z.infer<typeof RouteSchema>;
export type EndpointFact = z.infer<typeof EndpointSchema>;
export type SignalFact = z.infer<typeof SignalSchema>;
export type NixFact = z.infer<typeof NixSchema>;
export type NixOutputFact = z.infer<typeof NixOutputSchema>;
export type TaskFact = z.infer<typeof TaskSchema>;
export type CompileInputFact = z.infer<typeof CompileInputSchema>;
export type SubmoduleFact = z.infer<typeof SubmoduleSchema>;
export type HelperFact = z.infer<typeof HelperSchema>;
export type DotenvFact = z.infer<typeof DotenvSchema>;
export type WarningFact = z.infer<typeof WarningSchema>;
