import { createHash, randomBytes } from 'node:crypto';
import { execScript } from '../../../engine/commands.ts';
import { observe } from '../../../engine/observe.ts';
import type { Secret } from '../../../secret.ts';
import { renderDeliveries } from '../../../secrets/render.ts';
import { secretsIn } from '../../../stack/names.ts';
import type { Proof } from '../do/prove.ts';
import { readersOf } from '../plan.ts';
import { isWitness, type Seen, type Session, valuesOf } from '../session.ts';
import type { Side } from '../types.ts';
import { listed } from '../words.ts';

/**
 * For each variable the salted hash of what the program was started with, and of what its volume holds. The program is
 * the first child of the init process, or process 1 where there is none; its environment is that of its start.
 */
export const HASH = `export LC_ALL=C
IFS= read -r salt
pid=1
case $(cat /proc/1/comm) in docker-init | tini | dumb-init | catatonit)
  pid=
  for stat in /proc/[0-9]*/stat; do
    fields=$(cat "$stat" 2>/dev/null) || continue
    fields=\${fields##*) } number=\${stat#/proc/} number=\${number%/stat}
    fields=\${fields#* }
    [ "\${fields%% *}" = 1 ] || continue
    [ -n "$pid" ] && [ "$pid" -lt "$number" ] || pid=$number
  done
esac
environ=/proc/$pid/environ
: <"$environ"
# A value may have several lines, and not every sed bears a NUL: the lines of a value are joined before they are hashed.
runs() {
  tr '\\0\\n' '\\n\\1' <"$environ" | sed -n "/^$1=/{s/^$1=//p;q;}" | tr -d '\\n'
}
holds() { cat "/run/secrets/env/$1" 2>/dev/null | tr '\\n' '\\1'; }
hash() { { printf %s "$salt"; "$@"; } | sha256sum | cut -d ' ' -f 1; }
nothing=$(hash :)
for name in "$@"; do
  said=$name
  for what in runs holds; do
    found=$(hash "$what" "$name")
    [ "$found" != "$nothing" ] || found=none
    said="$said $found"
  done
  printf '%s\\n' "$said"
done`;

/** Whose values something holds; `other`: of neither side, or of both. `nothing`: it reads none of them from a variable. */
export type Holds = Side | 'other' | 'nothing';

/** What a reader's program was started with, and what its volume holds. */
export interface Held {
  readonly process: Holds;
  readonly volume: Holds;
  /** Why it could not be asked. */
  readonly why?: string;
}

const TIMEOUT_MS = 30_000;

/** What a variable holds on each side; undefined where a value of that side is nowhere: nobody can have it. */
type Expected = Readonly<Record<Side, string | undefined>>;

/** Variables of a service that one of the rotated secrets is in, with their values on each side. */
function expected(session: Seen, service: string): ReadonlyMap<string, Expected> {
  const { stack } = session.bench;
  const rotated = session.journal.now.secrets.map(({ name }) => name);
  const isWhole = (side: Side, template: string) =>
    secretsIn(template).every((name) => !rotated.includes(name) || session.values[side].has(name));
  const variables = Object.entries(stack.services[service]?.secrets ?? {}).filter(([, template]) =>
    secretsIn(template).some((name) => rotated.includes(name)),
  );
  const contents = (side: Side) => {
    const [delivery] = renderDeliveries(stack, valuesOf(session, side), undefined, [service]);
    return new Map(delivery?.files.map(({ path, content }) => [path, reveal(content)]));
  };
  const [fresh, old] = [contents('new'), contents('old')];
  const both = (path: string, template: string): Expected => ({
    new: isWhole('new', template) ? (fresh.get(path) ?? '') : undefined,
    old: isWhole('old', template) ? (old.get(path) ?? '') : undefined,
  });
  // What is the same on both sides tells nothing, e.g. a variable that stays empty for want of another secret.
  const telling = variables.map(([name, template]) => [name, both(`env/${name}`, template)] as const);
  return new Map(telling.filter(([, sides]) => sides.new !== sides.old));
}

function reveal(content: Secret | string): string {
  return typeof content === 'string' ? content : content.reveal();
}

/** Asks a running container of a reader. */
export async function heldBy(session: Seen, service: string, container: string): Promise<Held> {
  const wanted = expected(session, service);
  if (wanted.size === 0) return { process: 'nothing', volume: 'nothing' };
  const salt = randomBytes(16).toString('hex');
  const command = { ...execScript(container, HASH, [...wanted.keys()]), stdin: `${salt}\n` };
  const { exitCode, stdout, stderr } = await session.bench.runner.run(command, { timeoutMs: TIMEOUT_MS });
  const rows = new Map(stdout.split('\n').map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1)]));
  const hash = (value: string | undefined) =>
    value === undefined
      ? undefined
      : value === ''
        ? 'none'
        : createHash('sha256').update(salt).update(value.replaceAll('\n', '\u0001')).digest('hex');
  const sidesOf = (column: 0 | 1) =>
    [...wanted].map(([name, values]) => {
      const said = rows.get(name)?.[column];
      if (said === undefined) return 'other';
      if (said === hash(values.new)) return 'new';
      return said === hash(values.old) ? 'old' : 'other';
    });
  const why = exitCode === 0 ? {} : { why: stderr.trim().split('\n').at(-1) || 'no answer' };
  return { process: agreed(sidesOf(0)), volume: agreed(sidesOf(1)), ...why };
}

function agreed(sides: readonly Holds[]): Holds {
  const [first = 'nothing', ...others] = new Set(sides);
  return others.length === 0 ? first : 'other';
}

/** Every reader that ran runs with the values of this side, and will do so after its next start. */
export async function proveReaders(session: Session, side: Side): Promise<readonly Proof[]> {
  const { bench, journal, notes } = session;
  const { well, secrets } = journal.now;
  const { containers } = await observe(bench.runner, bench.stack.id);
  const rotated = secrets.map(({ name }) => name);
  const proofs: Proof[] = [];
  for (const service of readersOf(bench.stack, rotated).filter((each) => isWitness(session, each))) {
    const names = secretsOf(session, service, rotated);
    if (names.length === 0) continue;
    const running = containers.find((each) => each.service === service && each.state === 'running');
    // Once the values are current who does not run gets them at its next start.
    if (!running && notes.waited) continue;
    const held = running && (await heldBy(session, service, running.id));
    if (held?.process === 'nothing') continue;
    const proof = { names, ...sayHeld(service, listed(names), side, held) };
    // Who was not well when it began need not run now; what it is seen to run with counts.
    const isExcused = !well.includes(service) && (held === undefined || isUnasked(held));
    proofs.push(isExcused ? { ...proof, good: undefined } : proof);
  }
  return proofs;
}

function secretsOf({ bench }: Session, service: string, names: readonly string[]): readonly string[] {
  const read = Object.values(bench.stack.services[service]?.secrets ?? {}).flatMap(secretsIn);
  return names.filter((name) => read.includes(name));
}

function isUnasked({ why }: Held): boolean {
  return why !== undefined;
}

function sayHeld(service: string, names: string, side: Side, held: Held | undefined): Pick<Proof, 'text' | 'good'> {
  if (!held) return { text: `${service} does not run`, good: false };
  const { process, volume, why } = held;
  if (why !== undefined) return { text: `${service} could not be asked: ${why}`, good: false };
  if (process === side && volume === side) return { text: `${service} runs with the ${side} ${names}`, good: true };
  if (process === side) return { text: `the volume of ${service} does not hold the ${side} ${names}`, good: false };
  return { text: `${service} does not run with the ${side} ${names}`, good: false };
}
