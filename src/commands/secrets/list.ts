import { expiryState, expiryWords } from '../../events/expiry.ts';
import type { Unfinished } from '../../operations/rotation/types.ts';
import { listed } from '../../operations/rotation/words.ts';
import { redactedJson } from '../../secret.ts';
import { type KeptValue, overviewOf, type SecretRow } from '../../secrets/overview.ts';
import { now } from '../../system/clock.ts';
import { terminalFacts } from '../../system/terminal.ts';
import { type CommonFlags, withStack } from '../context.ts';
import { unfinishedRotation } from './entry.ts';
import { listText, stateOf } from './table.ts';

/** `secrets list`: names, where, since when, until when, who reads them; never a value, and never a passphrase. */
export async function listSecrets(flags: CommonFlags): Promise<void> {
  // Lines are no screen: the one that can draw takes longer to load than the list takes.
  const { stack, face, openStore } = await withStack({ ...flags, plain: true });
  const store = await openStore(stack);
  const rows = overviewOf(stack, await store.list());
  const at = now();
  const warnings = warningsOf(rows, await unfinishedRotation(stack), at);
  if (flags.json) {
    const document = {
      ...{ version: 1, stack: stack.id, store: store.kind, place: store.place },
      secrets: rows.map((row) => asJson(row, at)),
      warnings,
    };
    process.stdout.write(`${redactedJson(document, 2)}\n`);
    return;
  }
  const { interactive, columns } = terminalFacts();
  face.say(`Kept in ${store.place}.`);
  face.say(listText(rows, { now: at, columns: interactive ? columns : Number.POSITIVE_INFINITY }));
  for (const warning of warnings) face.say(warning);
}

/** What ends soon or has ended, and what a rotation has left. */
function warningsOf(rows: readonly SecretRow[], rotation: Unfinished | undefined, at: number): readonly string[] {
  const ends = rows.flatMap(({ name, kind, current }) => {
    const { expires, atLatest } = current ?? {};
    if (kind === 'left over' || expires === undefined || expiryState(expires, at) === 'ok') return [];
    return [`${name} ${expiryWords(expires, at, atLatest)} (${expires}). Replace it: trading-setup rotate ${name}`];
  });
  const left = rows
    .filter(({ name, pending, previous }) => (pending || previous) && !rotation?.names.includes(name))
    .map(({ name }) => name);
  return [
    ...ends,
    ...(rotation ? [unfinishedWords(rotation)] : []),
    ...left.map(
      (name) => `${name} has a value of a rotation that is gone. Replace all of them: trading-setup rotate ${name}`,
    ),
  ];
}

function unfinishedWords({ names, direction, manual }: Unfinished): string {
  const next = 'Next: trading-setup rotate --resume';
  if (direction === 'waiting') return `The rotation of ${listed(names)} waits for you: ${manual.join(' ')} ${next}`;
  return `The rotation of ${listed(names)} is not finished. ${next}`;
}

function asJson(row: SecretRow, at: number) {
  const { name, kind, required, services, about, as, current, pending, previous } = row;
  return {
    ...{ name, kind, required, state: stateOf(row), services, about },
    ...(as === undefined ? {} : { as }),
    ...value(current, at),
    ...(pending && { pending: value(pending, at) }),
    ...(previous && { previous: value(previous, at) }),
  };
}

function value(kept: KeptValue | undefined, at: number) {
  if (kept?.expires === undefined) return { ...kept };
  return { ...kept, expiry: expiryState(kept.expires, at) };
}
