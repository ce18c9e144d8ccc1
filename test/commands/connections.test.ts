import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../src/catalog/credentials/checks/index.ts';
import { providers } from '../../src/catalog/credentials/index.ts';
import { unpackSample } from '../../src/flow/sample.ts';
import { reachScript } from '../../src/health/reach-script.ts';
import { standIn } from '../secrets/check/stand-in.ts';
import { bundle } from './program.ts';

// SECURITY.md says that the program itself opens connections only to ask providers about entered credentials; the
// programs it runs open others.

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
  options: { readonly input?: string; readonly import?: string; readonly env?: Record<string, string> } = {},
) {
  const record = join(mkdtempSync(join(home, 'record-')), 'connections');
  const preload = [`--import=${RECORDER}`, ...(options.import ? [`--import=${options.import}`] : [])].join(' ');
  const { code } = await program.run([...args, '--dir', join(home, 'sample')], {
    home,
    env: { NODE_OPTIONS: preload, CONNECTIONS_RECORD: record, ...options.env },
    input: options.input ?? '',
  });
  return { code, connections: existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : [] };
}

const KEY = 'HYPERLIQUID_API_WALLET_KEY';

describe('the program itself opens no connection', () => {
  it.each([
    ['inspect', ['inspect', '--json'], 0],
    ['init', ['init', '--yes', '--no-start'], 0],
    ['secrets list', ['secrets', 'list'], 0],
    ['secrets set without asking', ['secrets', 'set', KEY, '--no-check'], 0],
    ['secrets reveal', ['secrets', 'reveal', KEY, '--yes'], 0],
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

describe('the provider is asked, and nobody else', () => {
  const told = (address: string): string => JSON.stringify({ host: '127.0.0.1', port: Number(new URL(address).port) });

  it('when a credential is set', async () => {
    const venue = await standIn(() => ({ body: { role: 'missing' } }));
    const { code, connections } = await connectionsOf(['secrets', 'set', KEY], {
      input: `0x${'ab'.repeat(32)}`,
      env: { TRADING_SETUP_HYPERLIQUID_URL: venue.url },
    });
    expect(connections).toEqual([`connect ${told(venue.url)}`]);
    expect(venue.asked.map(({ path }) => path)).toEqual(['/info']);
    expect(venue.heard()).not.toContain('abababab');
    expect(code).toBe(0);
  });

  it('when credentials are imported, and only about those that it gave out', async () => {
    const venue = await standIn(() => ({ body: { role: 'missing' } }));
    const file = join(home, 'import.env');
    writeFileSync(file, `${KEY}=0x${'cd'.repeat(32)}\nBOT_TOKEN=of-nobody-known\n`, { mode: 0o600 });
    const { connections } = await connectionsOf(['secrets', 'import', file], {
      env: { TRADING_SETUP_HYPERLIQUID_URL: venue.url },
    });
    expect(new Set(connections)).toEqual(new Set([`connect ${told(venue.url)}`]));
  });
});

describe('SECURITY.md', () => {
  const text = readFileSync(new URL('../../SECURITY.md', import.meta.url), 'utf8');
  const asked = providers.filter(({ id }) => checks.has(id));

  it('names every host that a provider is asked at, and no other', () => {
    const known = asked.flatMap(({ api }) =>
      [api?.live, api?.testnet].flatMap((url) => (url ? [new URL(url).host] : [])),
    );
    const rows = text.split('\n').filter((line) => asked.some(({ title }) => line.startsWith(`| ${title} |`)));
    const named = rows.flatMap((row) => [...(row.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, host]) => host));
    expect(named.toSorted()).toEqual(known.toSorted());
  });

  it('says what is opened out of containers, and that is all that the look at them prints of what they are told', () => {
    expect(text).toMatch(/`status` and the board have connections opened from inside of your running containers/);
    const script = reachScript({ service: 'app', addresses: [], skip: [], own: [], files: [], hidden: false });
    // Its only output is a word, a scheme, a host and a port.
    expect(script.match(/\b(?:printf|echo|cat)\b.*/g)).toEqual(['printf \'%s %s %s %s\\n\' "$word" "$1" "$2" "$3"']);
    expect(script).not.toMatch(/curl|wget|openssl|>&3/);
  });

  it('names every provider that is asked', () => {
    const rows = asked.filter(({ title, api }) => !text.includes(api === undefined ? '| your node |' : `| ${title} |`));
    expect(rows).toEqual([]);
  });
});
