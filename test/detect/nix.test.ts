import { describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { parseNix } from '../../src/detect/nix/parse.ts';
import { codes, factsOf, repository } from './repository.ts';

/** Outputs of a flake as `KIND NAME: PROGRAMS`. */
async function outputs(outputsText: string, top = ''): Promise<readonly string[]> {
  const { nix } = await factsOf('fn main() {}', {
    'flake.nix': `{ ${top}\n outputs = { self, nixpkgs, ... }: ${outputsText}; }`,
  });
  return (nix?.outputs ?? []).map(({ kind, name, holds }) => `${kind} ${name}: ${holds.join(' ')}`.trim());
}

describe('outputs of a flake', () => {
  it.each([
    ['a set', '{ packages.x86_64-linux.bot = mk {}; }', ['package bot:']],
    ['a name in quotes', '{ packages.x86_64-linux."my-bot" = mk {}; }', ['package my-bot:']],
    ['what is merged', '{ apps.x86_64-linux.a = x; } // { apps.x86_64-linux.b = y; }', ['app a:', 'app b:']],
    ['a helper that takes a list', 'eachSystem [ "x86_64-linux" ] (system: { packages.a = x; })', ['package a:']],
    ['genAttrs', '{ packages = nixpkgs.lib.genAttrs systems (system: { a = x; }); }', ['package a:']],
    [
      'inherit',
      'let a = mk {}; in { packages.x86_64-linux = { inherit a; inherit (self) b; }; }',
      ['package a:', 'package b:'],
    ],
    [
      'both branches',
      '{ packages.x86_64-linux = if x then { a = y; } else { b = z; }; }',
      ['package a:', 'package b:'],
    ],
    [
      'a function of the file',
      'let all = system: { a = x; }; in { packages.x86_64-linux = all "x86_64-linux"; }',
      ['package a:'],
    ],
    ['a name only', 'let packages = { x86_64-linux.a = x; }; in { inherit packages; }', ['package a:']],
    ['no arguments of a function elsewhere', '{ packages.x86_64-linux = import ./nix { inherit nixpkgs; }; }', []],
    [
      'no arguments of a package',
      '{ defaultPackage.x86_64-linux = mk { pname = "x"; src = ./.; }; }',
      ['package default:'],
    ],
    [
      'a system in the middle',
      '{ devShell.${system} = mkShell { packages = [ p.cargo ]; }; }',
      ['shell default: cargo'],
    ],
    ['no comments', '{ /* packages.x86_64-linux.a = x; */ # apps.x86_64-linux.b = y;\n }', []],
    ['no texts', "{ x = \"packages.x86_64-linux.a = { };\"; y = ''apps = { b = 1; };''; }", []],
  ])('are found in %s', async (_, text, expected) => {
    expect(await outputs(text)).toEqual(expected);
  });

  it('are told once where every system has them, and new before old style', async () => {
    const twice = '{ packages.x86_64-linux.a = x; packages.aarch64-linux.a = x; packages.a = y; }';
    expect(await outputs(twice)).toEqual(['package a:']);
    const both =
      '{ devShell = mkShell { packages = [ old ]; }; devShells.x86_64-linux.default = mkShell { packages = [ new ]; }; }';
    expect(await outputs(both)).toEqual(['shell default: new']);
  });
});

describe('what a shell holds', () => {
  const shell = (inside: string, before = '') =>
    outputs(`let pkgs = nixpkgs; ${before} in { devShells.x86_64-linux.default = ${inside}; }`);

  it.each([
    [
      'its lists',
      'pkgs.mkShell { packages = [ pkgs.a ]; buildInputs = [ pkgs.b ]; nativeBuildInputs = [ pkgs.c ]; }',
      'a b c',
    ],
    ['lists that are joined', 'pkgs.mkShell { packages = [ pkgs.a ] ++ lib.optionals cond [ pkgs.b ]; }', 'a b'],
    ['names under with', 'pkgs.mkShell { packages = with pkgs; [ cargo-chef sqlx-cli ]; }', 'cargo-chef sqlx-cli'],
    [
      'a toolchain of rust-overlay',
      'pkgs.mkShell { packages = [ (pkgs.rust-bin.stable."1.88.0".default.override { x = 1; }) ]; }',
      'cargo rustc',
    ],
    [
      'a toolchain of fenix',
      'pkgs.mkShell { packages = [ (fenix.complete.withComponents [ "cargo" ]) ]; }',
      'cargo rustc',
    ],
    ['a shell of crane', 'craneLib.devShell { packages = [ pkgs.a ]; }', 'a cargo rustc'],
    ['a script of its own', 'pkgs.mkShell { packages = [ (pkgs.writeShellScriptBin "go" "cargo build") ]; }', 'go'],
    ['a search path', 'pkgs.mkShell { shellHook = "export PATH=${pkgs.sqlite}/bin:$PATH"; }', 'sqlite'],
    ['not what it only says', 'pkgs.mkShell { shellHook = "echo cargo rustc"; name = "cargo"; }', ''],
  ])('is read from %s', async (_, text, expected) => {
    expect(await shell(text)).toEqual([`shell default: ${expected}`.trim()]);
  });

  it('is followed by names of the file', async () => {
    const before = 'common = [ pkgs.a ]; rustToolchain = pkgs.rust-bin.fromRustupToolchainFile ./rust-toolchain.toml;';
    expect(await shell('pkgs.mkShell { packages = common ++ [ rustToolchain ]; }', before)).toEqual([
      'shell default: a cargo rustc',
    ]);
  });
});

describe('an output that is no program for an image', () => {
  it.each([
    [
      'a script',
      '{ packages.x86_64-linux.bot = pkgs.writeShellApplication { runtimeInputs = [ pkgs.cargo ]; }; }',
      'script',
    ],
    [
      'an image',
      '{ packages.x86_64-linux.bot = pkgs.dockerTools.buildLayeredImage { contents = [ bot ]; }; }',
      'image',
    ],
    ['for one other system', '{ packages.aarch64-darwin.bot = naersk.buildPackage {}; }', 'other-system'],
    [
      'for others only',
      'let each = genAttrs [ "aarch64-darwin" ]; in { packages = each (system: { bot = naersk.buildPackage {}; }); }',
      'other-system',
    ],
    [
      'for Linux after another',
      '{ packages.aarch64-darwin.bot = x; packages.x86_64-linux.bot = naersk.buildPackage {}; }',
      undefined,
    ],
    [
      'for every system',
      'utils.lib.eachDefaultSystem (system: { packages.bot = if system == "aarch64-darwin" then x else naersk.buildPackage {}; })',
      undefined,
    ],
  ])('is told with the reason: %s', async (_, text, unfit) => {
    const { nix } = await factsOf('fn main() {}', { 'flake.nix': `{ outputs = { self, nixpkgs, ... }: ${text}; }` });
    expect(nix?.outputs).toMatchObject([{ name: 'bot' }]);
    expect(nix?.outputs[0]?.unfit).toBe(unfit);
  });
});

describe('addresses in the facts', () => {
  it.each([
    ['https://key:to/ken@git.example/a/b.git', 'https://git.example/a/b.git'],
    ['https://git.example/a/b.git?token=abc#abc', 'https://git.example/a/b.git'],
    ['git+ssh://abc@git.example/a?ref=main&private_token=abc', 'git+ssh://git.example/a?ref=main'],
    ['git@github.com:a/b.git', 'git@github.com:a/b.git'],
    ['../b.git', '../b.git'],
  ])('hold neither password nor token: %s', async (url, shown) => {
    const facts = await factsOf('fn main() {}', {
      '.gitmodules': `[submodule "b"]\n\tpath = b\n\turl = "${url}"\n`,
      'flake.nix': `{ inputs.b.url = "${url}"; outputs = { self, b }: { }; }`,
    });
    expect([facts.submodules[0]?.url, facts.nix?.inputs[0]?.url]).toEqual([shown, shown]);
    expect(JSON.stringify(facts)).not.toContain('abc');
  });
});

describe('inputs of a flake', () => {
  it('are those that it states and those that only its arguments name, each with its lock', async () => {
    const lock = { root: 'r', nodes: { r: { inputs: { a: 'a', b: ['a', 'b'] } }, a: { locked: {} } } };
    const { nix } = await factsOf('fn main() {}', {
      'flake.nix':
        '{ inputs = { a.url = "github:a/a"; b = { url = "github:b/b"; }; }; outputs = { self, a, c }: { }; }',
      'flake.lock': JSON.stringify(lock),
    });
    expect(nix?.inputs).toEqual([
      { name: 'a', url: 'github:a/a', locked: true },
      { name: 'b', url: 'github:b/b', locked: true },
      { name: 'c', locked: false },
    ]);
  });

  it.each(['', '{', '[]', '{"nodes":[]}', 'null'])('are not locked by a lock file with %j in it', async (text) => {
    const facts = await factsOf('fn main() {}', {
      'flake.nix': '{ inputs.a.url = "x"; outputs = { self, a }: { }; }',
      'flake.lock': text,
    });
    expect(facts.nix?.inputs).toEqual([{ name: 'a', url: 'x', locked: false }]);
    expect(codes(facts)).toContain('flake-unlocked');
  });
});

describe('hostile Nix', () => {
  const LARGE = 900_000;
  const filled = (piece: string) => piece.repeat(LARGE / piece.length);
  it.each([
    ['open brackets', filled('(')],
    ['open sets', filled('{ a = ')],
    ['functions', filled('a: ')],
    ['lets', filled('let a = 1; in ')],
    ['texts in texts', filled('"${')],
    ['texts that are not closed', filled("''")],
    ['comments that are not closed', filled('/* ')],
    ['operators', filled('a // ')],
    ['names', filled('a.b ')],
    ['long paths', `{ ${filled('a.')} = 1; }`],
    ['closing brackets', filled(')}]')],
    ['ifs', filled('if a then b else ')],
    ['arguments', `f ${filled('(a) ')}`],
    ['nothing', ''],
    ['zeros', filled('\0')],
  ])('of %s is read soon', (_, text) => {
    const started = process.cpuUsage();
    parseNix(`{ outputs = ${text}`);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(2000);
  });

  it.each([
    ['itself', 'let a = a; in { packages = a; devShell = a; }'],
    ['each other', 'let a = b; b = a // c; c = a.b; in { packages = a // b // c; devShell = c; }'],
    ['a function that calls itself', 'let f = x: f (f x); in { packages = f { }; devShell = f 1; }'],
    ['a set that holds itself', 'let s = rec { packages = s; inherit s; }; in s'],
    ['self', '{ packages = self.packages; devShell = self; apps = self.outputs.apps; }'],
  ])('that means %s is given up', async (_, text) => {
    const started = process.cpuUsage();
    await outputs(text);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(2000);
  });

  it('that doubles at each name does not double the work', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `a${at} = a${at + 1} // a${at + 1};`).join(' ');
    const started = process.cpuUsage();
    await outputs(
      `let ${names} a60 = { x = 1; }; in { packages = a0; devShell = mkShell { packages = a0; inputsFrom = [ a0 ]; }; }`,
    );
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});

describe('system B', () => {
  const files = (flake: string) => ({
    'Cargo.toml': '[package]\nname = "bot"\nversion = "0.1.0"\n',
    'src/main.rs': 'const A: &str = include_str!("../lib/book/out/A.json");\nfn main() {}\n',
    '.gitmodules': '[submodule "lib/book"]\n\tpath = lib/book\n\turl = ../book\n',
    'nix/prep.sh': 'mkdir -p "lib/book/out"\nmake-it >lib/book/out/A.json\n',
    'flake.nix': flake,
  });

  it('has an app whose script is a file of the repository, which makes what the compiler reads', async () => {
    const flake = `{ outputs = { self }:
      let prep = system: make system "prep" "cp \${./nix/prep.sh} $out/bin/prep";
          app = system: { type = "app"; program = "\${prep system}/bin/prep"; };
      in { apps.x86_64-linux.prepSolArtifacts = app "x86_64-linux"; }; }`;
    const { tasks, compileInputs } = await detect(await repository(files(flake)));
    expect(tasks).toMatchObject([{ command: 'nix run .#prepSolArtifacts', makes: ['lib/book/out'] }]);
    expect(compileInputs).toMatchObject([
      { present: false, tracked: false, submodule: 'lib/book', task: 'nix run .#prepSolArtifacts' },
    ]);
  });
});
