import { REDACTED } from '../../secret.ts';
import { type Believed, certain, guess, likely } from '../belief.ts';
import { type Code, isDead } from '../code.ts';
import type { ConfigFileFact, Evidence, WarningFact } from '../facts.ts';
import { functionAt, sourcesWith } from '../rust/program.ts';
import { lineAt, literalsIn } from '../rust/source.ts';
import { isSecretName, withoutPasswords } from '../secret-names.ts';
import type { Workspace } from '../workspace.ts';
import { callsIn, textArgument } from './calls.ts';
import { readValues } from './values.ts';

const EXTENSION = /\.(?:toml|ya?ml|json)$/i;
/** What other tools are told by. */
const OF_TOOLS =
  /(?:^|\/)(?:Cargo|rust-toolchain|rustfmt|\.?clippy|deny|release|cliff|taplo|foundry|Cross|Trunk|typos|nextest|dprint|package|package-lock|tsconfig|biome|Makefile|flake|diesel|books?|\.[^/]*)\.(?:toml|ya?ml|json)$|(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$|(?:^|\/)(?:\.github|node_modules|target|tests?|fixtures|examples|benches|docker|helm|charts|k8s|abis?|artifacts)\/|(?:^|\/)trading-setup\.yaml$/i;
/** Where config files are even if the code builds their names. */
const USUAL =
  /^(?:(?:config|conf|configuration|settings)\/[^/]+|(?:config|settings|configuration|rocket|app)(?:\.[\w-]+)?)\.(?:toml|ya?ml|json)$/i;
const CALL = /\b(?:Toml|Yaml|Json)\s*::\s*file(?:_exact)?\s*\(|\bFile\s*::\s*(?:with_name|from|new)\s*\(/g;

/** Config files with where the code names them. */
export function configFiles(workspace: Workspace, code: Code): { files: ConfigFileFact[]; warnings: WarningFact[] } {
  const found = new Map<string, Believed>();
  for (const { name, evidence } of named(code))
    for (const path of findFiles(workspace, code, name)) if (!found.has(path)) found.set(path, certain(evidence));
  for (const { name, evidence } of mentioned(code))
    for (const path of findFiles(workspace, code, name))
      if (!found.has(path) && !OF_TOOLS.test(path)) found.set(path, likely(evidence));
  for (const path of workspace.files)
    if (USUAL.test(path) && !OF_TOOLS.test(path) && !found.has(path)) found.set(path, guess({ file: path, line: 1 }));
  const read = [...found].map(([path, believed]) => readConfigFile(workspace, path, believed));
  return {
    files: read.map(({ file }) => file).sort(byLayer),
    warnings: read.flatMap(({ warning }) => warning ?? []),
  };
}

interface NamedFile {
  readonly name: string;
  readonly evidence: Evidence;
}

/** Files that figment or config-rs are given. */
function named(code: Code): NamedFile[] {
  return sourcesWith(code.program, ['Toml', 'Yaml', 'Json', 'File']).flatMap((source) =>
    callsIn(code, source, CALL).flatMap((call) => {
      const name = textArgument(code.program, call);
      return name === undefined ? [] : [{ name, evidence: { file: source.path, line: lineAt(source, call.start) } }];
    }),
  );
}

/** Texts that name a config file where files are read: `read_to_string("config.toml")`, a default of an argument. */
function mentioned({ program, ...rest }: Code): NamedFile[] {
  const words = [
    'read_to_string',
    'include_str',
    'Path',
    'PathBuf',
    'default_value',
    'default_value_t',
    'from_reader',
    'open',
  ];
  return sourcesWith(program, words).flatMap((source) =>
    literalsIn(source, 0, source.code.length).flatMap(({ value, start }) => {
      if (value.length > 120 || !EXTENSION.test(value) || !/^[\w./-]+$/.test(value)) return [];
      if (isDead({ program, ...rest }, functionAt(program, source, start))) return [];
      return [{ name: value, evidence: { file: source.path, line: lineAt(source, start) } }];
    }),
  );
}

/** figment looks from the working directory upwards; config-rs adds the extension; a package may have its own folder. */
function findFiles(workspace: Workspace, { binaries }: Code, name: string): string[] {
  const relative = name.replace(/^(?:\.\.?\/)+/, '');
  const folders = [
    '',
    ...binaries.map(({ path }) => path.replace(/(?:^|\/)src\/.*$/, '')).filter((folder) => folder !== ''),
  ];
  const endings = EXTENSION.test(relative) ? [''] : ['.toml', '.yaml', '.yml', '.json'];
  for (const folder of folders) {
    const found = endings
      .map((ending) => `${folder === '' ? '' : `${folder}/`}${relative}${ending}`)
      .filter((path) => workspace.has(path));
    if (found.length > 0) return found;
  }
  return [];
}

function readConfigFile(
  workspace: Workspace,
  path: string,
  believed: Believed,
): { readonly file: ConfigFileFact; readonly warning?: WarningFact } {
  const { values: read, error } = readValues(path, workspace.text(path));
  const values = read.map(([key, { value, line }]) => {
    const shown = value !== '' && isSecretName(key.split('.').at(-1) ?? '') ? REDACTED : withoutPasswords(value);
    return [key, { value: shown, line }] as const;
  });
  const secret = values.some(([, { value }]) => value.includes(REDACTED));
  return {
    file: {
      path,
      private: secret || workspace.git.isPrivate(path),
      values: Object.fromEntries(values),
      ...believed,
    },
    ...(error && {
      warning: {
        code: 'config-broken',
        message: `${path} cannot be read: ${error.message}`,
        evidence: { file: path, line: error.line },
      },
    }),
  };
}

/** What others build upon comes first; a file that a person's machine has of its own last. */
function byLayer(a: ConfigFileFact, b: ConfigFileFact): number {
  return layer(a.path) - layer(b.path);
}

function layer(path: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (/\b(?:example|sample|template)\b/.test(name)) return 4;
  if (/^(?:default|base|common)\b/.test(name)) return 0;
  if (/^(?:config|settings|configuration|app)\.[a-z]+$/.test(name)) return 1;
  return /\b(?:test|local|dev|development)\b/.test(name) ? 3 : 2;
}
