import { Argument, Command, Option } from 'commander';
import { version } from '../version.ts';
import type { BuildFlags } from './build.ts';
import type { CheckFlags } from './check.ts';
import type { Shell } from './completion.ts';
import type { CommonFlags } from './context.ts';
import type { DeployFlags } from './deploy.ts';
import type { InitFlags } from './init.ts';
import type { InspectFlags } from './inspect.ts';
import type { RotateFlags } from './rotate.ts';
import type { RunFlags } from './run.ts';
import type { ImportFlags } from './secrets/import.ts';
import type { LoginFlags } from './secrets/login.ts';
import type { MoveFlags } from './secrets/move.ts';
import type { SetFlags } from './secrets/set.ts';
import type { StatusFlags } from './status.ts';

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage or input, 3 stopped or unhealthy,
            4 something only you can supply is missing,
            5 another operation is at work, 130 interrupted`;

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function ancestorsOf({ parent }: Command): readonly Command[] {
  return parent ? [parent, ...ancestorsOf(parent)] : [];
}

/** Wrong usage of a command points to what that command takes. */
function helpAfterError(...path: readonly string[]): string {
  return `next: See what there is: ${path.join(' ')} --help`;
}

/** A subcommand with the flags that all take. Its module is loaded when it is called: `--help` stays quick. */
function add(program: Command, usage: string, about: string, ...lines: readonly [string, ...string[]]): Command {
  const path = [program, ...ancestorsOf(program)].map((command) => command.name()).reverse();
  return program
    .command(usage)
    .description(about)
    .showHelpAfterError(helpAfterError(...path, usage.replace(/ .*/, '')))
    .option('--dir <dir>', 'the repository (default: here, or the nearest folder upwards that is set up)')
    .option('--plain', 'line by line, without a full screen')
    .addHelpText('after', `${examples(...lines)}\n${EXIT_CODES}`);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function withInitFlags(command: Command): Command {
  return command
    .option('--yes', 'ask nothing, take what is detected and the defaults; then build and start')
    .option('--answers <file>', 'a part of trading-setup.yaml with decisions')
    .option('--set <path=value>', 'one decision, e.g. ports.tui=7682 (repeatable)', collect)
    .option('--dry-run', 'show what would be written, write nothing')
    .option('--no-start', 'write the files, do not build or start')
    .option('--allow-exposed', 'confirm that ports may be reached from other machines')
    .option(
      '--on-conflict <decision>',
      'where you and we changed a file: keep or replace, or PATH=keep|replace|merge for one (repeatable)',
      collect,
    )
    .option('--json', 'one JSON object a line, and no question');
}

/** As Commander gives them: what may be repeated is absent where it was not said. */
type GivenInitFlags = Omit<InitFlags, 'set'> & Partial<Pick<InitFlags, 'set'>>;

/** Without a terminal no question is ever asked; the same words for both commands that could. */
const UNASKED = `
Without a terminal nothing is asked: what has no default is exit 4 with the flag
that answers it, the files are written, and only --yes builds and starts too.`;

function addSetup(program: Command): void {
  withInitFlags(
    add(
      program,
      'init',
      'detect, ask, review and write; then build and start',
      'trading-setup init',
      'trading-setup init --yes --no-start',
      'trading-setup init --set ports.tui=7682 --set tui.access=exec',
      'trading-setup init --answers answers.yaml --dry-run',
      'trading-setup init --on-conflict Dockerfile=keep',
    ),
  )
    .addHelpText('after', UNASKED)
    .action(async (flags: GivenInitFlags) => (await import('./init.ts')).init({ ...flags, set: flags.set ?? [] }));
  withInitFlags(
    add(
      program,
      'try [folder]',
      'unpack a sample trading workspace (default ./trading-sample) and set it up',
      'trading-setup try',
      'trading-setup try ./sample --yes',
    ),
  )
    .addHelpText('after', '\nWithout a terminal all defaults are taken, and it is built and started.')
    .action(async (folder: string | undefined, flags: GivenInitFlags) =>
      (await import('./try.ts')).tryOut(folder ?? 'trading-sample', { ...flags, set: flags.set ?? [] }),
    );
  add(
    program,
    'inspect',
    'what was detected in the repository, with evidence',
    'trading-setup inspect',
    'trading-setup inspect --json',
  )
    .option('--json', 'one JSON document')
    .option('--schema', 'the JSON Schema of that document')
    .action(async (flags: InspectFlags) => (await import('./inspect.ts')).inspect(flags));
}

function addCheck(program: Command): void {
  add(
    program,
    'check',
    'what a run of init would change; exit 1 with the differences',
    'trading-setup check',
    'trading-setup check --strict --json',
  )
    .option('--strict', 'edits that a run would keep fail too')
    .option('--json', 'one JSON document')
    .action(async (flags: CheckFlags) => (await import('./check.ts')).check(flags));
}

function addOperations(program: Command): void {
  add(
    program,
    'build',
    'build the images with live progress',
    'trading-setup build',
    'trading-setup build --progress plain',
    'trading-setup build --progress json',
    'trading-setup build --print-dockerfile',
  )
    .addOption(new Option('--progress <how>', 'how progress is shown').choices(['tui', 'plain', 'json']))
    .addOption(
      new Option('--print-dockerfile [strategy]', 'print the Dockerfile with it, or both; build nothing').choices([
        'cargo-chef',
        'nix',
      ]),
    )
    .action(async (flags: BuildFlags) => (await import('./build.ts')).build(flags));
  add(
    program,
    'deploy',
    'build, deliver secrets, start and wait until healthy',
    'trading-setup deploy',
    'trading-setup deploy --dry-run',
  )
    .option('--json', 'one JSON event a line')
    .option('--yes', 'ask nothing')
    .option('--dry-run', 'show the steps, do nothing')
    .option('--new-volumes', 'accept that lost data volumes start empty')
    .option('--other-account', 'what else runs trades on another account')
    .action(async (flags: DeployFlags) => (await import('./deploy.ts')).deploy(flags));
  add(
    program,
    'status',
    'the board: what runs, how healthy it is, and why not',
    'trading-setup status',
    'trading-setup status --once --json',
  )
    .option('--once', 'print it and end')
    .option('--watch', 'follow it')
    .option('--json', 'one JSON document; with --watch one a line')
    .action(async (flags: StatusFlags) => (await import('./status.ts')).status(flags));
  add(program, 'down', 'stop the services; data and secrets stay', 'trading-setup down')
    .option('--json', 'one JSON event a line')
    .action(async (flags: CommonFlags) => (await import('./down.ts')).down(flags));
}

function addRotate(program: Command): void {
  add(
    program,
    'rotate [names...]',
    'new values for secrets, everywhere and proven, or the old ones everywhere',
    'trading-setup rotate',
    'trading-setup rotate DATABASE_PASSWORD --yes',
    'printf %s "$NEW" | trading-setup rotate HYPERLIQUID_API_WALLET_KEY --yes',
    'trading-setup rotate ALPACA_API_KEY ALPACA_API_SECRET --from-file ALPACA_API_KEY=key --from-file ALPACA_API_SECRET=secret --yes',
    'trading-setup rotate GATE_PASSWORD --dry-run',
    'trading-setup rotate --resume',
  )
    .option('--dry-run', 'show the plan, touch nothing; no passphrase is asked for')
    .option('--resume', 'say what is true of an unfinished rotation, and finish it')
    .option('--undo', 'say what is true of an unfinished rotation, and take it back')
    .option('--compromised', 'the old values are in the wrong hands: they never come back, whatever fails')
    .option('--from-file <name=file>', 'the new value is the content of a file (repeatable)', collect)
    .option('--manual-done', 'what is for a person to do has been done')
    .option('--accept-unreadable <name>', 'what the old key has encrypted may be lost (repeatable)', collect)
    .option('--accept-command', 'the re-encrypt command that trading-setup.yaml names may run and get the keys')
    .option('--no-check', 'do not ask providers whether the new values work')
    .option('--yes', 'ask nothing: services stop and start again')
    .option('--json', 'one JSON event a line, and no question')
    .addHelpText(
      'after',
      `
Several names are one transaction. A failure puts the old values back, but for those that
cannot come back and with --compromised: then what reads them stays stopped, and says so.
After a crash the next run says what is true; --resume finishes it.`,
    )
    .action(async (names: readonly string[], flags: RotateFlags) => (await import('./rotate.ts')).rotate(names, flags));
  add(
    program,
    'run <service> [words...]',
    "run a program once, in a container of its own with that service's secrets and data",
    'trading-setup run app algo-trade --help',
    'trading-setup run app sh',
  )
    // What stands behind the service is the program's own.
    .passThroughOptions()
    .addHelpText(
      'after',
      `
On a terminal the program has the terminal: what it prints there is shown as it is. Else its
output is passed on without secret values, where the store opens without a passphrase.
What the services themselves do is started by: trading-setup deploy`,
    )
    .action(async (service: string, words: readonly string[], flags: RunFlags) =>
      (await import('./run.ts')).runOnce(service, words, flags),
    );
}

function addSecrets(program: Command): void {
  const secrets = program
    .command('secrets')
    .description('names and values that are never in a file')
    .showHelpAfterError(helpAfterError('trading-setup', 'secrets'))
    .addHelpText(
      'after',
      `${examples(
        'trading-setup secrets list',
        'trading-setup secrets set NAME',
        'trading-setup secrets import .env',
        'trading-setup secrets reveal GATE_PASSWORD',
        'trading-setup secrets move --to vault',
      )}\n${EXIT_CODES}`,
    );
  add(
    secrets,
    'list',
    'names, since when and until when they have a value, and who reads them',
    'trading-setup secrets list',
    'trading-setup secrets list --json',
  )
    .option('--json', 'one JSON document')
    .action(async (flags: CommonFlags) => (await import('./secrets/list.ts')).listSecrets(flags));
  add(
    secrets,
    'set <name>',
    'give a secret a value: masked prompt, standard input or a file',
    'trading-setup secrets set NAME',
    'printf %s "$VALUE" | trading-setup secrets set NAME',
    'trading-setup secrets set NAME --from-file key.pem --expires 2027-03-31',
  )
    .option('--from-file <file>', 'the file that holds the value, and nothing else')
    .option('--expires <date>', 'when it ends: 2027-03-31, a moment, or 180d')
    .option('--no-check', 'do not ask the provider whether it works')
    .action(async (name: string, flags: SetFlags) => (await import('./secrets/set.ts')).setSecret(name, flags));
  add(
    secrets,
    'import <file>',
    'take the values of a .env file that this stack has names for',
    'trading-setup secrets import .env',
    'trading-setup secrets import .env --blank --yes',
    'trading-setup secrets import alpaca.env --service alpaca',
  )
    .option('--service <name>', 'the file is that of one service: names in it are what its program reads')
    .option('--blank', 'take them out of the file when they are kept')
    .option('--no-check', 'do not ask the providers whether they work')
    .option('--yes', 'ask nothing')
    .option('--json', 'one JSON document, and no question')
    .action(async (file: string, flags: ImportFlags) =>
      (await import('./secrets/import.ts')).importSecrets(file, flags),
    );
  add(
    secrets,
    'remove <name>',
    'forget a value',
    'trading-setup secrets remove NAME',
    'trading-setup secrets remove NAME --yes',
  )
    .option('--yes', 'do not ask; needed where nobody can be asked')
    .action(async (name: string, flags: CommonFlags) =>
      (await import('./secrets/remove.ts')).removeSecret(name, flags),
    );
  add(secrets, 'reveal <name>', 'show a value', 'trading-setup secrets reveal GATE_PASSWORD')
    .option('--yes', 'do not ask; needed where nobody can be asked')
    .action(async (name: string, flags: CommonFlags) =>
      (await import('./secrets/reveal.ts')).revealSecret(name, flags),
    );
  add(secrets, 'push', 'deliver the values to the engine again', 'trading-setup secrets push')
    .option('--json', 'one JSON event a line')
    .action(async (flags: CommonFlags) => (await import('./secrets/push.ts')).pushSecrets(flags));
  add(
    secrets,
    'move',
    'keep the secrets elsewhere: in the keychain or in a vault',
    'trading-setup secrets move --to keychain',
    'trading-setup secrets move --to vault --unlock key-file',
  )
    .addOption(new Option('--to <store>', 'keychain, or vault').choices(['keychain', 'vault']).makeOptionMandatory())
    .addOption(
      new Option('--unlock <how>', 'what opens the vault: passphrase, or key-file').choices(['passphrase', 'key-file']),
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nFor a vault that is in use already, --unlock gives it another lock in its place.')
    .action(async (flags: MoveFlags) => (await import('./secrets/move.ts')).moveSecrets(flags));
  addLogin(secrets);
}

function addLogin(secrets: Command): void {
  add(
    secrets,
    'login',
    'have the program log in again at its broker: open an address, paste the one it ends at',
    'trading-setup secrets login',
    'printf %s "$ADDRESS" | trading-setup secrets login --yes',
  )
    .option('--service <name>', 'whose program logs in, where there are several')
    .option('--accept-command', 'the login command that trading-setup.yaml names may run')
    .option('--yes', 'ask nothing; the address comes on standard input')
    .option('--json', 'one JSON event a line, and no question')
    .addHelpText(
      'after',
      `
What the program prints is shown without secret values, where the store opens without a
passphrase. A login that was cut off is on the board; the next one goes on from there.`,
    )
    .action(async (flags: LoginFlags) => (await import('./secrets/login.ts')).login(flags));
}

function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print the completion of this program for a shell')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(['bash', 'zsh', 'fish']))
    .addHelpText(
      'after',
      `${examples(
        'source <(trading-setup completion bash)',
        'trading-setup completion zsh > ~/.zfunc/_trading-setup',
        'trading-setup completion fish > ~/.config/fish/completions/trading-setup.fish',
      )}\n${EXIT_CODES}`,
    )
    // Commander has judged it by the choices.
    .action(async (shell: Shell) => (await import('./completion.ts')).completion(shell, program));
  // What those scripts ask while somebody is typing.
  program
    .command('offer <what> [words...]', { hidden: true })
    .action(async (what: string, words: readonly string[]) =>
      (await import('./completion/offer.ts')).offer(what, words),
    );
}

/** A word that is no command; otherwise Commander only counts arguments, because the program has an action itself. */
function refuseUnknown(program: Command): never {
  const { unknownCommand } = program as Command & { unknownCommand(): never }; // missing in its types (14.0)
  return unknownCommand.call(program);
}

/** The command line of the program: its commands, their flags and what is said about them. */
export function makeProgram(): Command {
  const program = new Command('trading-setup')
    .description('From the source of a Rust trading system to a running, health-checked, secured container stack.')
    .version(version)
    .option('--dir <dir>', 'the repository (default: here, or the nearest folder upwards that is set up)')
    .option('--plain', 'line by line, without a full screen; also for screen readers (or set ACCESSIBLE=1)')
    .showSuggestionAfterError()
    .showHelpAfterError(helpAfterError('trading-setup'))
    .exitOverride()
    // For `run`: what stands behind a command is its own.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `${examples('npx trading-setup', 'npx trading-setup try', 'npx trading-setup status --once')}\n${EXIT_CODES}`,
    )
    // A flag that program and subcommand share goes to the program, wherever it stands.
    .hook('preAction', (_, called) => {
      for (const [flag, value] of Object.entries(program.opts())) called.setOptionValue(flag, value);
    })
    .action(async (flags: CommonFlags) => {
      if (program.args.length > 0) refuseUnknown(program);
      await (await import('./home.ts')).home(flags);
    });
  addSetup(program);
  addCheck(program);
  addOperations(program);
  addRotate(program);
  addSecrets(program);
  addCompletion(program);
  // After the subcommands, which would inherit it.
  return program.allowExcessArguments();
}
