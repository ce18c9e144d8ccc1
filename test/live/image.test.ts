import { beforeAll, describe, expect, it } from 'vitest';
import { docker, must } from './support/run.ts';
import { deployed, oneOff, type Stack } from './support/stack.ts';

const MB = 1_000_000;

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('sample');
});

async function sizeOf(image: string): Promise<number> {
  return Number(await docker('image', 'inspect', '--format', '{{.Size}}', image));
}

describe('the image of the program', () => {
  it('is its base, its binary and at most 25 MB', async () => {
    const image = `localhost/${stack.id}/app:current`;
    const stat = ['--entrypoint', 'stat', image, '-c', '%s', '/usr/local/bin/algo-trade'];
    const binary = Number(await must(oneOff('--network', 'none', ...stat)));
    const rest = (await sizeOf(image)) - (await sizeOf('debian:13.1-slim')) - binary;
    console.info(
      `image: base and binary and ${(rest / MB).toFixed(1)} MB; the binary has ${(binary / MB).toFixed(1)} MB`,
    );
    expect(rest).toBeLessThanOrEqual(25 * MB);
  });

  it('holds neither the sources nor a compiler', async () => {
    const image = `localhost/${stack.id}/app:current`;
    const look =
      'command -v cargo rustc gcc || :; find / -xdev \\( -name "*.rs" -o -name Cargo.toml \\) 2>/dev/null || :';
    expect(await must(oneOff('--network', 'none', '--entrypoint', 'sh', image, '-c', look))).toBe('');
  });
});
