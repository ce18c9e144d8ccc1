import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { repository } from './repository.ts';

const manifest = (name: string, bin = name) =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n[[bin]]\nname = "${bin}"\npath = "src/main.rs"\n`;
const RUNS = 'fn main() { loop { tick(); } }';

describe('the name of a system', () => {
  it.each([
    ['its binary', manifest('desk-core', 'desk'), 'desk'],
    ['its package, where the binary is called as any could be', manifest('desk', 'server'), 'desk'],
    ['a package that a person called so', manifest('bot'), 'bot'],
  ])('is that of %s', async (_, cargo, name) => {
    expect((await detect(await repository({ 'Cargo.toml': cargo, 'src/main.rs': RUNS }))).name).toBe(name);
  });

  it.each([
    ['a member that is called as any could be', ['server'], undefined],
    ['one of several programs', ['gateway', 'executor'], undefined],
    ['nothing, where the only member has a name of its own', ['gateway'], 'gateway'],
  ])('follows the folder rather than %s', async (_, names, own) => {
    const members = names.flatMap((name) => [
      [`crates/${name}/Cargo.toml`, manifest(name)],
      [`crates/${name}/src/main.rs`, RUNS],
    ]);
    const root = await repository({
      'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
      ...Object.fromEntries(members),
    });
    const folder = basename(root)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/-+$/, '');
    expect((await detect(root)).name).toBe(own ?? folder);
  });
});
