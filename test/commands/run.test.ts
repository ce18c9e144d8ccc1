import { expect, it } from 'vitest';
import { places } from './secrets/place.ts';

const place = places();

it.each([
  ['nothing more', []],
  ['its program', ['algo-trade', 'run']],
  ['its program with other flags', ['algo-trade', 'run', '--dry-run']],
  ['its program out of a shell', ['sh', '-c', 'exec algo-trade run']],
])(
  'starts no service where it is given %s, whether one runs or not',
  async (_, words) => {
    const { home, dir, program } = await place.copy('key-file');
    const { code, stderr } = await program.run(['run', '--dir', dir, 'app', ...words], { home });
    // No engine is there: it is refused before anything is asked.
    expect(stderr).toContain('That is what the service app does');
    expect(stderr).toContain('trading-setup deploy');
    expect(code).toBe(4);
  },
  60_000,
);

it('lets any other program of the image pass', async () => {
  const { home, dir, program } = await place.copy('key-file');
  const { stderr } = await program.run(['run', '--dir', dir, 'app', 'algo-trade', 'run', '--help'], { home });
  expect(stderr).not.toContain('what the service');
  expect(stderr).toContain('Docker');
}, 60_000);
