import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Expectation, readExpectation } from './expectation.ts';

/** Names that git would act upon inside our own repository are stored with an underscore. */
const STORED = /^_(?=gitignore$|gitmodules$|env(?:\.|$)|dockerignore$|cargo$)/;

/** A fixture as a person would have it. */
export interface Prepared {
  readonly expectation: Expectation;
  /** The folder to look at. */
  readonly folder: string;
  /** Home folder of the person, with the git configuration that the fixture describes. */
  readonly home: string;
}

/** Puts a fixture into an empty folder and brings its files and its git into the state that it describes. */
export function prepareFixture(fixture: string, into: string): Prepared {
  const expectation = readExpectation(join(fixture, 'expected.json'));
  const top = join(into, 'work', basename(fixture));
  const home = join(into, 'home');
  mkdirSync(home, { recursive: true });
  cpSync(fixture, top, { recursive: true });
  rmSync(join(top, 'expected.json'));
  unstore(top);
  for (const [file, text] of Object.entries(expectation.files ?? {})) put(join(top, file), Buffer.from(text));
  for (const [file, text] of Object.entries(expectation.bytes ?? {})) put(join(top, file), Buffer.from(text, 'base64'));
  for (const [link, target] of Object.entries(expectation.links ?? {})) {
    mkdirSync(dirname(join(top, link)), { recursive: true });
    symlinkSync(target, join(top, link));
  }
  for (const [file, text] of Object.entries(expectation.git?.home ?? {})) put(join(home, file), Buffer.from(text));
  const { git } = expectation;
  if (git) runGit(top, home, [`init -q --object-format=${git.objectFormat ?? 'sha1'}`, ...git.commands]);
  for (const file of expectation.removed ?? []) rmSync(join(top, file), { recursive: true });
  return { expectation, folder: join(top, expectation.at ?? ''), home };
}

function put(file: string, content: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function unstore(folder: string): void {
  // The deepest first: a folder is renamed after what is in it.
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort().reverse()) {
    const name = basename(file);
    if (STORED.test(name)) renameSync(join(folder, file), join(folder, dirname(file), name.replace('_', '.')));
  }
}

/** Runs git as a person whose whole configuration is in `home`; words of a command are parted by single spaces. */
export function runGit(folder: string, home: string, commands: readonly string[]): string {
  const identity = ['-c', 'user.name=A', '-c', 'user.email=a@b.c', '-c', 'protocol.file.allow=always'];
  return commands
    .map((command) =>
      execFileSync('git', [...identity, ...command.split(' ')], {
        cwd: folder,
        env: personIn(home),
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    )
    .join('');
}

/** An environment in which git reads nobody else's configuration. */
export function personIn(home: string): NodeJS.ProcessEnv {
  const { GIT_DIR: _, GIT_CONFIG_GLOBAL: __, XDG_CONFIG_HOME: ___, ...rest } = process.env;
  return { ...rest, HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
}
