import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackSample } from '../../src/flow/sample.ts';
import { bundle } from './program.ts';

// SECURITY.md says that the program itself opens no connection; the programs it runs do.

let program: ReturnType<typeof bundle>;
let home: string;

beforeAll(async () => {
  program = bundle();
  home = mkdtempSync(join(tmpdir(), 'connections-'));
  await unpackSample(join(home, 'sample'));
}, 60_000);
afterAll(() => {
  program.remove();
  rmSync(home, { recursive: true, force: true });
});

const RECORDER = new URL('./record-connections.mjs', import.meta.url).href;

async function connectionsOf(
  args: readonly string[],
  options: { readonly input?: string; readonly import?: string } = {},
) {
  const record = join(mkdtempSync(join(home, 'record-')), 'connections');
  const preload = [`--import=${RECORDER}`, ...(options.import ? [`--import=${options.import}`] : [])].join(' ');
  const { code } = await program.run([...args, '--dir', join(home, 'sample')], {
    home,
    env: { NODE_OPTIONS: preload, CONNECTIONS_RECORD: record },
    input: options.input ?? '',
  });
  return { code, connections: existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : [] };
}

describe('the program itself opens no connection', () => {
  it.each([
    ['inspect', ['inspect', '--json'], 0],
    ['init', ['init', '--yes', '--no-start'], 0],
    ['secrets list', ['secrets', 'list'], 0],
    ['secrets set', ['secrets', 'set', 'HYPERLIQUID_API_WALLET_KEY'], 0],
    ['status', ['status', '--once'], 4],
    ['deploy', ['deploy'], 4],
  ])('%s', async (_name, args, expected) => {
    const { code, connections } = await connectionsOf(args, { input: `0x${'ab'.repeat(32)}` });
    expect(connections).toEqual([]);
    expect(code).toBe(expected);
  });

  it('and the recorder sees one that is planted', async () => {
    const planted = `data:text/javascript,${encodeURIComponent(
      "import net from 'node:net'; net.connect(9, '127.0.0.1').on('error', () => {});",
    )}`;
    const { connections } = await connectionsOf(['inspect'], { import: planted });
    expect(connections.join()).toContain('connect');
  });
});
