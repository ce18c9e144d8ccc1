import type { Argument, Command, Option } from 'commander';

/** What a shell offers in a place: fixed words, or what is looked up when it is asked for. */
export type Offer =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'files' | 'folders' | 'secrets' | 'settings' | 'nothing' };

/** One flag as it is typed, e.g. `--dir`. */
export interface Flag {
  readonly name: string;
  readonly about: string;
  /** Undefined: it takes no value. */
  readonly value: Offer | undefined;
}

/** One command with what may follow it. */
export interface Place {
  /** The words that lead to it; empty for the program itself. */
  readonly path: string;
  readonly name: string;
  readonly about: string;
  readonly flags: readonly Flag[];
  readonly arguments: readonly Offer[];
  readonly commands: readonly Place[];
}

/** The placeholder in a usage line says what its value is: `--dir <dir>`, `set <name>`. */
const OFFERS: Readonly<Record<string, Offer>> = {
  dir: { kind: 'folders' },
  folder: { kind: 'folders' },
  file: { kind: 'files' },
  name: { kind: 'secrets' },
  names: { kind: 'secrets' },
  'path=value': { kind: 'settings' },
  decision: { kind: 'words', words: ['keep', 'replace'] },
};

function offerOf(placeholder: string, choices: readonly string[] | undefined): Offer {
  if (choices) return { kind: 'words', words: choices };
  return OFFERS[placeholder] ?? { kind: 'nothing' };
}

function flagOf({ long, short, flags, description, argChoices, required, optional }: Option): Flag {
  const placeholder = /[<[](.+?)[>\]]/.exec(flags)?.[1] ?? '';
  const value = required || optional ? offerOf(placeholder, argChoices) : undefined;
  return { name: long ?? short ?? '', about: description, value };
}

/** The commands and flags of the program, as Commander knows them; what is hidden from `--help` is hidden here. */
export function treeOf(command: Command, above: readonly string[] = []): Place {
  const help = command.createHelp();
  const path = command.parent === null ? [] : [...above, command.name()];
  return {
    path: path.join(' '),
    name: command.name(),
    about: command.description(),
    flags: help.visibleOptions(command).map(flagOf),
    arguments: command.registeredArguments.map((argument: Argument) => offerOf(argument.name(), argument.argChoices)),
    // `help` says nothing that `--help` does not.
    commands: help
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .map((each) => treeOf(each, path)),
  };
}

/** The command itself and all below it. */
export function placesOf(place: Place): readonly Place[] {
  return [place, ...place.commands.flatMap(placesOf)];
}

/** Flags after which a word is their value and no command, each once. */
export function valuedFlags(place: Place): readonly Flag[] {
  const all = placesOf(place).flatMap(({ flags }) => flags.filter(({ value }) => value !== undefined));
  return [...new Map(all.map((flag) => [flag.name, flag])).values()];
}

/** A text in single quotes, as every one of the three shells reads it. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '').replaceAll("'", '')}'`;
}
