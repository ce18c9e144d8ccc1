import { REDACTED } from '../secret.ts';
import { certain } from './belief.ts';
import { type Code, isDead } from './code.ts';
import type { ConfigFileFact, RepoFacts } from './facts.ts';
import { functionAt, type Program } from './rust/program.ts';
import { closeOf, lineAt, literalsIn, type RustSource } from './rust/source.ts';
import { isSecretName, withoutPasswords } from './secret-names.ts';
import { leaves, lineOf, readToml } from './toml.ts';
import type { Workspace } from './workspace.ts';

type Prefix = NonNullable<RepoFacts['config']['prefix']>;

/** Config files that the code names (figment, config-rs), and the prefix under which the environment overrides them. */
export function detectConfig(workspace: Workspace, code: Code): RepoFacts['config'] {
  const named = code.program.sources.flatMap((source) => namedFiles(code, source));
  const files = [...new Set([...named.flatMap((name) => findFiles(workspace, name)), ...usualFiles(workspace)])];
  const prefix = code.program.sources.flatMap((source) => prefixes(code, source))[0];
  return { files: files.map((file) => readConfigFile(workspace, file)), ...(prefix && { prefix }) };
}

const FILE_CALL = /\b(?:Toml\s*::\s*file(?:_exact)?|File\s*::\s*(?:with_name|from|new))\s*\(/g;

function namedFiles(code: Code, source: RustSource): string[] {
  return calls(code, source, FILE_CALL).flatMap(({ open }) => textArgument(code.program, source, open) ?? []);
}

/** figment looks from the working directory upwards; config-rs adds the extension. */
function findFiles(workspace: Workspace, name: string): string[] {
  const relative = name.replace(/^\.\//, '');
  const candidates = [relative, `${relative}.toml`];
  return workspace.files
    .filter((file) => candidates.some((wanted) => file === wanted))
    .filter((file) => file.endsWith('.toml'));
}

/** Files in `config/` count even where the code builds their names. */
function usualFiles(workspace: Workspace): string[] {
  return workspace.files.filter((file) => /^config\/[^/]+\.toml$/i.test(file) || /^[Cc]onfig\.toml$/.test(file));
}

function readConfigFile(workspace: Workspace, path: string): ConfigFileFact {
  const toml = readToml(workspace.text(path));
  const values = leaves(toml.table).map(([key, value]) => {
    const shown = value !== '' && isSecretName(key.split('.').at(-1) ?? '') ? REDACTED : withoutPasswords(value);
    return [key, { value: shown, line: lineOf(toml, key) }] as const;
  });
  const secret = values.some(([, { value }]) => value.includes(REDACTED));
  return { path, private: secret || workspace.lockState(path) === 'ignored', values: Object.fromEntries(values) };
}

const FIGMENT = /\bEnv\s*::\s*prefixed\s*\(/g;
const CONFIG_RS = /\bEnvironment\s*::\s*with_prefix\s*\(/g;

function prefixes(code: Code, source: RustSource): Prefix[] {
  const figment = calls(code, source, FIGMENT).flatMap(({ start, open }) => {
    const name = textArgument(code.program, source, open);
    return name === undefined ? [] : [prefix(source, start, name, option(code.program, source, open, 'split'))];
  });
  // config-rs puts a separator between prefix and key by itself.
  const configRs = calls(code, source, CONFIG_RS).flatMap(({ start, open }) => {
    const name = textArgument(code.program, source, open);
    const split = option(code.program, source, open, 'separator');
    const after = option(code.program, source, open, 'prefix_separator') ?? split ?? '_';
    return name === undefined ? [] : [prefix(source, start, `${name}${after}`, split)];
  });
  return [...figment, ...configRs];
}

function prefix(source: RustSource, start: number, name: string, split: string | undefined): Prefix {
  const evidence = { file: source.path, line: lineAt(source, start) };
  return { name, ...(split !== undefined && { split }), ...certain(evidence) };
}

function calls(code: Code, source: RustSource, pattern: RegExp): { start: number; open: number }[] {
  return [...source.code.matchAll(pattern)]
    .filter((match) => !isDead(code, functionAt(code.program, source, match.index)))
    .map((match) => ({ start: match.index, open: match.index + match[0].length - 1 }));
}

function textArgument(program: Program, source: RustSource, open: number): string | undefined {
  const close = closeOf(source, open);
  const constant = /^\s*&?\s*(?:\w+\s*::\s*)*([A-Z][A-Z0-9_]*)\s*[,)]/.exec(
    source.code.slice(open + 1, close + 1),
  )?.[1];
  return (
    literalsIn(source, open, close)[0]?.value ?? (constant === undefined ? undefined : program.constants.get(constant))
  );
}

/** The text of a method further along the same chain: `.split("__")`. */
function option(program: Program, source: RustSource, open: number, method: string): string | undefined {
  const rest = source.code.slice(closeOf(source, open) + 1).slice(0, 400);
  const chain = /^(?:\s*\.\s*\w+\s*\([^()]*\))*/.exec(rest)?.[0] ?? '';
  const at = new RegExp(`\\.\\s*${method}\\s*\\(`).exec(chain);
  return at ? textArgument(program, source, closeOf(source, open) + at.index + at[0].length) : undefined;
}
