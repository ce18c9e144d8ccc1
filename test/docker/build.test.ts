import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, run } from './shell.ts';

const BUILD = new URL('../../docker/build.sh', import.meta.url).pathname;
const build = (...args: string[]) => run(['sh', BUILD, ...args]);

const hasCargo = (await run(['cargo', '--version'])).code === 0;
const hasSqlite = (await run(['sqlite3', '--version'])).code === 0;

/** Something that is not on every machine; in CI it is. */
function given(there: boolean, what: string): boolean {
  if (there) return true;
  if (process.env.CI) throw new Error(`in CI nothing is skipped, but ${what} is not here`);
  console.warn(`skipped: ${what} is not installed`);
  return false;
}

function write(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}

/** As a checkout or an archive of something older leaves it. */
function setBack(path: string): void {
  utimesSync(path, new Date('2001-01-01'), new Date('2001-01-01'));
}

const PACKAGE = {
  'Cargo.toml': '[package]\nname = "toy"\nversion = "0.1.0"\nedition = "2021"\n',
  'Cargo.lock': 'version = 3\n\n[[package]]\nname = "toy"\nversion = "0.1.0"\n',
};
const printing = (text: string) => `fn main() { println!("${text}"); }\n`;

/** A working tree, and the folder of the build that is kept. */
async function trees() {
  const dir = await folder();
  const [from, to] = [join(dir, 'from'), join(dir, 'to')];
  mkdirSync(from);
  mkdirSync(to);
  const sync = async () => {
    const ran = await build('sources', from, to);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    return ran;
  };
  return { from, to, sync };
}

/** The same, with a package that says what it was made from. */
async function cargo() {
  const { from, to, sync } = await trees();
  write(from, PACKAGE);
  return {
    from,
    to,
    /** What the program prints after a build as the Dockerfile has it; the compiler's words where it fails. */
    async built(): Promise<string> {
      await sync();
      const made = await run(['sh', '-c', `cd ${to} && cargo build --offline 2>&1`]);
      if (made.code !== 0) return /error[^\n]*/.exec(made.stdout)?.[0] ?? made.stdout;
      return (await run([join(to, 'target/debug/toy')])).stdout.trim();
    },
  };
}

describe('a build that keeps what cargo made', () => {
  it('never runs what it made of other sources, whatever the time of a file says', async () => {
    if (!given(hasCargo, 'cargo')) return;
    const { from, built } = await cargo();
    const main = join(from, 'src/main.rs');
    write(from, { 'src/main.rs': printing('A') });
    expect(await built()).toBe('A');
    write(from, { 'src/main.rs': 'fn main() { nonsense }\n' });
    expect(await built()).toMatch(/^error/);
    write(from, { 'src/main.rs': printing('A') });
    setBack(main);
    expect(await built(), 'back to what it was, as an older file').toBe('A');
    write(from, { 'src/main.rs': printing('B') });
    expect(await built()).toBe('B');
    write(from, { 'src/main.rs': printing('A') });
    setBack(main);
    expect(await built(), 'replaced by an older file').toBe('A');
  }, 60_000);

  it('compiles anew over a file that only a macro reads', async () => {
    if (!given(hasCargo, 'cargo')) return;
    const { from, to, built } = await cargo();
    write(from, { 'src/main.rs': printing('A'), 'migrations/1_a.sql': 'a' });
    expect(await built()).toBe('A');
    const binary = join(to, 'target/debug/toy');
    const before = statSync(binary).mtimeMs;
    expect(await built()).toBe('A');
    expect(statSync(binary).mtimeMs, 'nothing changed').toBe(before);
    write(from, { 'migrations/2_b.sql': 'b' });
    await built();
    expect(statSync(binary).mtimeMs).toBeGreaterThan(before);
  }, 60_000);

  it('forgets what it made where the clock was set back since', async () => {
    const { from, to, sync } = await trees();
    write(from, { 'src/main.rs': printing('A') });
    await sync();
    write(to, { 'target/debug/toy': 'made' });
    const later = new Date(Date.now() + 3_600_000);
    utimesSync(join(to, 'target/debug/toy'), later, later);
    expect((await sync()).stdout).toContain('The clock was set back');
    expect(existsSync(join(to, 'target/debug/toy'))).toBe(false);
  });
});

describe('the folder of a build', () => {
  it('has the files of the working tree, with their links and what can be executed, and no others', async () => {
    const { from, to, sync } = await trees();
    write(from, { 'a b/c d.rs': '1', 'run.sh': 'x', gone: 'x', 'deep/er/gone': 'x', swap: 'file' });
    symlinkSync('run.sh', join(from, 'link'));
    await sync();
    for (const name of ['gone', 'deep', 'swap', 'link']) rmSync(join(from, name), { recursive: true });
    write(from, { 'swap/file': 'y', 'target/no': 'never copied' });
    symlinkSync('a b', join(from, 'link'));
    chmodSync(join(from, 'run.sh'), 0o755);
    write(to, { 'target/kept': 'k' });
    await sync();
    const listed = await run(['sh', '-c', `cd ${to} && find . ! -name . -printf '%y %p %l\\n' | sort`]);
    expect(listed.stdout.trim().split('\n')).toEqual([
      'd ./a b ',
      'd ./swap ',
      'd ./target ',
      'f ./a b/c d.rs ',
      'f ./run.sh ',
      'f ./swap/file ',
      'f ./target/kept ',
      'l ./link a b',
    ]);
    expect(statSync(join(to, 'run.sh')).mode & 0o111).toBe(0o111);
  });

  it('keeps the time of what did not change, and gives the time of now to what did', async () => {
    const { from, to, sync } = await trees();
    write(from, { 'a.rs': '1', 'b.rs': '1' });
    await sync();
    for (const name of ['a.rs', 'b.rs']) setBack(join(to, name));
    write(from, { 'b.rs': '2' });
    setBack(join(from, 'b.rs'));
    const before = Date.now() - 1000;
    await sync();
    expect(statSync(join(to, 'a.rs')).mtime.getFullYear()).toBe(2001);
    expect(statSync(join(to, 'b.rs')).mtimeMs).toBeGreaterThan(before);
  });

  it('is as new where a file that is no Rust changed, came or went, also after a build that was cut off', async () => {
    const { from, to, sync } = await trees();
    const isNew = () => statSync(join(to, 'a.rs')).mtime.getFullYear() !== 2001;
    write(from, { 'a.rs': '1', 'abi.json': '1', 'b.rs': '1' });
    await sync();
    for (const change of [
      () => write(from, { 'abi.json': '2' }),
      () => write(from, { 'new.rs': '1' }),
      () => rmSync(join(from, 'b.rs')),
      () => write(to, { 'target/.sources-are-new': '' }),
    ]) {
      setBack(join(to, 'a.rs'));
      change();
      await sync();
      expect(isNew()).toBe(true);
    }
    setBack(join(to, 'a.rs'));
    await sync();
    expect(isNew()).toBe(false);
  });
});

describe('a throw-away database', () => {
  it('has every migration in the order of their numbers, and none that goes back', async () => {
    if (!given(hasSqlite, 'sqlite3')) return;
    const dir = await folder();
    write(dir, {
      'm/2_more.up.sql': 'ALTER TABLE a ADD COLUMN two INT;',
      'm/2_more.down.sql': 'DROP TABLE a;',
      'm/10_last.sql': 'ALTER TABLE a RENAME COLUMN two TO ten;',
      'm/1_first.sql': 'CREATE TABLE a (one INT);',
      'm/README.md': 'no SQL',
    });
    const db = join(dir, 'new/checked.db');
    expect(await build('schema', join(dir, 'm'), db)).toMatchObject({ code: 0 });
    const { stdout } = await run(['sqlite3', db, 'SELECT group_concat(name) FROM pragma_table_info("a")']);
    expect(stdout.trim()).toBe('one,ten');
  });

  it.each([
    [{ 'm/1_bad.sql': 'CREATE nonsense;' }, /1_bad\.sql cannot be applied/],
    [{ 'm/README.md': 'none' }, /has no SQL file with a number in front/],
  ])('says what is wrong with %j', async (files, words) => {
    if (!given(hasSqlite, 'sqlite3')) return;
    const dir = await folder();
    write(dir, files);
    const { code, stderr } = await build('schema', join(dir, 'm'), join(dir, 'checked.db'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
    expect(stderr).toContain('next: ');
  });
});

describe('the proof that a program can start', () => {
  it.each(['/bin/ls', '/usr/bin/ldd'])('is there for %s', async (file) => {
    expect(await build('proof', file)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('names the library that is not there', async () => {
    const dir = await folder();
    write(dir, { 'lib.c': 'int f(void) { return 0; }', 'main.c': 'int f(void); int main(void) { return f(); }' });
    const cc = `cd ${dir} && cc -shared -o libgone.so lib.c && cc -o main main.c -L. -lgone`;
    if (!given((await run(['sh', '-c', cc])).code === 0, 'a C compiler')) return;
    const { code, stderr } = await build('proof', join(dir, 'main'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/main needs libgone\.so, which is not in the image/)]);
    const loader = '-Wl,--dynamic-linker=/nix/store/none/ld.so';
    await run(['sh', '-c', `cd ${dir} && echo 'int main(void){return 0;}' >o.c && cc -o other o.c ${loader}`]);
    expect((await build('proof', join(dir, 'other'))).stderr).toContain('needs /nix/store/none/ld.so, which');
    await run(['sh', '-c', `cd ${dir} && cc -static -o static o.c`]);
    expect(await build('proof', join(dir, 'static'))).toMatchObject({ code: 0 });
  }, 20_000);

  it('is refused for a link to nowhere, and for what is no program', async () => {
    const dir = await folder();
    symlinkSync('/nix/store/none/bin/toy', join(dir, 'toy'));
    expect((await build('proof', join(dir, 'toy'))).code).toBe(1);
    write(dir, { text: 'hello' });
    expect((await build('proof', join(dir, 'text'))).stderr).toContain('neither a 64-bit binary nor a script');
  });
});

it('has a line in its head for every step, and no other steps', async () => {
  const text = readFileSync(BUILD, 'utf8');
  const said = [...text.matchAll(/^# {3}build (\S+)/gm)].map(([, step]) => step).sort();
  const known = [...text.matchAll(/^ {2}([a-z-]+)\) [a-z_]+ "\$@" ;;$/gm)].map(([, step]) => step).sort();
  expect(said).toEqual(known);
  expect((await build('nonsense')).stderr).toContain('There is no step nonsense.');
});
