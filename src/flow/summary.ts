import { isLoopback } from '../stack/inspect.ts';
import type { Stack } from '../stack/schema.ts';
import type { ReviewLine } from './types.ts';

/** What a stack will be, each part in one sentence of the trade, by the title of its section. */
export function summaryOf(
  stack: Stack,
  modeReason: string,
  credentials: readonly ReviewLine[],
): ReadonlyMap<string, string> {
  return new Map([
    ['Repository', `${stack.mode.toUpperCase()}: ${modeReason || 'as it was decided'}`],
    ['Services', services(stack)],
    ['Ports', ports(stack)],
    ['Database', database(stack)],
    ['Build', build(stack)],
    ['Secrets', secrets(stack)],
    ['Credentials', credentialWords(credentials)],
  ]);
}

function list(words: readonly string[]): string {
  return words.filter((word) => word !== '').join(', ');
}

function counted(n: number, one: string, many = `${one}s`): string {
  return n === 0 ? '' : `${n} ${n === 1 ? one : many}`;
}

function services({ services: all, tui }: Stack): string {
  const named = Object.entries(all).map(([name, { binary, args }]) => {
    const runs = [binary, ...args].join(' ');
    return name === runs ? name : `${name} (${runs})`;
  });
  const terminal = { browser: 'terminal in the browser', exec: 'terminal by docker compose exec', none: '' };
  return list([...named, terminal[tui.access]]);
}

function ports({ ports: { api, bind, tui }, tui: { access } }: Stack): string {
  return list([
    api ? `web API ${api.host} ${api.via === 'gate' ? 'behind the login' : 'without a login'}` : '',
    access === 'browser' && tui !== null ? `terminal ${tui} behind the login` : '',
    isLoopback(bind) ? 'this machine only' : `on ${bind}, which others can reach`,
  ]);
}

function database({ database: one }: Stack): string {
  if (one.kind === 'none') return 'none of its own';
  const tag = one.image.split(':').at(-1) ?? '';
  const files = counted(one.migrations.length, 'SQL file');
  return list([`TimescaleDB ${tag}`, `${one.memory} of memory`, files === '' ? 'no SQL files' : files]);
}

function build({ build: one }: Stack): string {
  const binaries = one.binaries.map(({ bin }) => bin).join(' and ');
  return list([one.strategy, compiledWith(one), binaries]);
}

function compiledWith({ strategy, nix, rustImage }: Stack['build']): string {
  if (strategy === 'cargo-chef' || !nix) return `compiled with ${rustImage}`;
  return nix.way === 'package' ? 'compiled by the flake itself' : "compiled in the flake's shell";
}

function secrets({ secrets: { store, unlock, gateUser } }: Stack): string {
  const vault = unlock === 'passphrase' ? 'an encrypted vault with a passphrase' : 'an encrypted vault with a key file';
  return list([`in ${store === 'keychain' ? 'the keychain of this system' : vault}`, `login as ${gateUser}`]);
}

function credentialWords(lines: readonly ReviewLine[]): string {
  const those = (value: string) => lines.filter((line) => line.value === value).length;
  return list([
    counted(those(''), 'waits for you', 'wait for you'),
    counted(those('entered'), 'entered', 'entered'),
    counted(those('kept'), 'kept', 'kept'),
    counted(those('will be generated'), 'will be generated', 'will be generated'),
    counted(those('skipped'), 'skipped', 'skipped'),
  ]);
}
