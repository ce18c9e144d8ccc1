import { checkFormat } from '../catalog/credentials/index.ts';
import type { HostFacts, PortHolder } from '../host/facts.ts';
import { sizeWords } from '../host/words.ts';
import { nextFree } from '../stack/design/ports.ts';
import { isLoopback } from '../stack/inspect.ts';
import { valueAt } from '../stack/overlay.ts';
import type { Stack } from '../stack/schema.ts';
import { formCheck } from './forms.ts';
import type { Check, SetupState } from './types.ts';

/** What was seen of the world around a setup. */
export interface World {
  readonly host: HostFacts;
  /** Holders of ports that were looked at later than the machine, and which ports those are. */
  readonly later: ReadonlyMap<number, PortHolder | undefined>;
}

const LOOKING: Check = { level: 'looking', text: 'looking' };

/** Whether a path in trading-setup.yaml is that of a port on the host. */
export function isPortPath(path: string): boolean {
  return path === 'ports.api.host' || path === 'ports.tui' || path.startsWith('ports.api.instances.');
}

/** Ports on the host that a stack, or a part of one, has: by their path in trading-setup.yaml. */
export function portPaths(stack: unknown): readonly string[] {
  const further = Object.keys(valueAt(stack, 'ports.api.instances') ?? {}).map((name) => `ports.api.instances.${name}`);
  return ['ports.api.host', ...further, 'ports.tui'];
}

/** Everybody who is known to hold a port. */
function holdersIn({ host, later }: World): readonly PortHolder[] {
  return [...host.holders, ...[...later.values()].flatMap((holder) => holder ?? [])];
}

/** Who holds a port and is not this very stack. */
export function strangerOn(port: unknown, { id }: Pick<Stack, 'id'>, world: World): PortHolder | undefined {
  return holdersIn(world).find((holder) => holder.port === port && holder.stack !== id);
}

/** The port that would do instead of one that is held. */
export function insteadOf(port: number, stack: Stack, world: World): string {
  const own = portPaths(stack)
    .flatMap((path) => Number(valueAt(stack, path)) || [])
    .filter((each) => each !== port);
  return `next free: ${nextFree(holdersIn(world), port + 1, own)}`;
}

/** Whether a port can be had. */
export function portCheck(port: number, stack: Stack, world: World): Check {
  if (world.host.pending) return LOOKING;
  const stranger = strangerOn(port, stack, world);
  if (stranger) return { level: 'bad', text: `used by ${stranger.who}`, advice: insteadOf(port, stack, world) };
  const isOurs = world.host.holders.some((holder) => holder.port === port);
  return { level: 'good', text: isOurs ? 'used by this stack' : 'free' };
}

/** What a look at the world says about a line of the stack; undefined where there is nothing to look at. */
export function checkOf(path: string, stack: Stack, world: World): Check | undefined {
  const value = valueAt(stack, path);
  if (isPortPath(path) && typeof value === 'number') return portCheck(value, stack, world);
  if (path === 'ports.bind' && !isLoopback(stack.ports.bind))
    return { level: 'warn', text: 'others can reach it', advice: '127.0.0.1: only this machine' };
  if (path === 'database.memory') return memoryCheck(String(value), world);
  return formCheck(path, value);
}

function memoryCheck(value: string, { host }: World): Check | undefined {
  const [, digits, unit] = /^(\d+)(MB|GB)$/.exec(value) ?? [];
  const bytes = Number(digits) * 1024 ** (unit === 'GB' ? 3 : 2);
  if (host.pending || digits === undefined || bytes <= host.memoryBytes) return undefined;
  return { level: 'bad', text: 'more than there is', advice: `the machine has ${gigabytes(host.memoryBytes)}` };
}

/** What is wrong with a credential as far as it is typed; the words never hold any of it. */
export function credentialCheck(name: string, text: string, stack: Stack): Check | undefined {
  const format = stack.secrets.entries[name]?.format ?? 'any';
  if (text === '' || format === 'any') return undefined;
  const problem = checkFormat(format, text.trim());
  return problem === undefined ? { level: 'good', text: 'has the right form' } : { level: 'warn', text: problem };
}

/** Images and what is compiled into them; below the second no build of a trading workspace ends well. */
const ROOM = { comfortable: 15e9, least: 5e9 } as const;

/** Engine, disk and keychain in a line each, with what to do where something is wrong. */
export function machineLines({ host }: World, secrets: Stack['secrets']): SetupState['machine'] {
  const disk = diskCheck(host);
  return [
    { title: 'Engine', check: host.pending ? LOOKING : engineCheck(host) },
    ...(disk ? [{ title: 'Disk', check: disk }] : []),
    { title: 'Keychain', check: host.pending ? LOOKING : keychainCheck(host, secrets) },
  ];
}

function engineCheck({ engineProblem, cpus, memoryBytes }: HostFacts): Check {
  if (engineProblem === undefined)
    return { level: 'good', text: `answers: ${cpus} processors, ${gigabytes(memoryBytes)} of memory` };
  const advice = 'the files can be written without it; start Docker before the deploy';
  return { level: 'warn', text: engineProblem.replace(/\.$/, ''), advice };
}

function diskCheck({ pending, freeBytes }: HostFacts): Check | undefined {
  if (freeBytes === undefined) return undefined;
  if (pending) return LOOKING;
  const text = `${sizeWords(freeBytes)} free`;
  if (freeBytes >= ROOM.comfortable) return { level: 'good', text };
  const advice = `a first build takes up to ${sizeWords(ROOM.comfortable)}; make room: docker system df`;
  return { level: freeBytes < ROOM.least ? 'bad' : 'warn', text, advice };
}

function keychainCheck({ keychain }: HostFacts, { store }: Stack['secrets']): Check {
  if (keychain.available) return { level: 'good', text: keychain.why };
  const advice = store === 'vault' ? 'secrets go into an encrypted vault' : 'choose the encrypted vault instead';
  return { level: store === 'vault' ? 'good' : 'bad', text: keychain.why, advice };
}

function gigabytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1024 ** 3))} GB`;
}
