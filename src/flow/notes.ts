import type { RepoFacts } from '../detect/facts.ts';
import { inspect, isLoopback } from '../stack/inspect.ts';
import type { Stack } from '../stack/schema.ts';

/** Which screen a warning of detection belongs to, by the start of its code. */
const PLACES: readonly (readonly [start: string, section: string])[] = [
  ['lockfile', 'Build'],
  ['migration', 'Database'],
  ['database', 'Database'],
  ['api', 'Ports'],
  ['listen', 'Ports'],
  ['env', 'Credentials'],
  ['dotenv', 'Credentials'],
  ['config-secret', 'Credentials'],
];

function placeOf(code: string): string {
  return PLACES.find(([start]) => code.startsWith(start))?.[1] ?? 'Repository';
}

/** The notes under each screen: what detection warns of, what the stack says, and what follows from it. */
export function notesOf(facts: RepoFacts, stack: Stack, modeReason: string): ReadonlyMap<string, readonly string[]> {
  const notes = new Map<string, string[]>();
  const add = (section: string, text: string) => notes.set(section, [...(notes.get(section) ?? []), text]);
  if (modeReason !== '') add('Repository', modeReason);
  for (const warning of facts.warnings) {
    const where = warning.evidence ? ` (${warning.evidence.file}:${warning.evidence.line})` : '';
    add(placeOf(warning.code), `${warning.message}${where}`);
  }
  if (stack.ports.api?.via === 'gate')
    add('Ports', 'The web API goes through the login; pages from elsewhere are refused.');
  if (!isLoopback(stack.ports.bind)) add('Ports', `${stack.ports.bind} can be reached from other machines.`);
  if (stack.secrets.store === 'vault' && stack.secrets.unlock === 'key-file') {
    add('Secrets', 'The vault opens with a key file on this disk: whoever can read your files can read the secrets.');
  }
  for (const { level, path, message } of inspect(stack)) add('Repository', `${level}: ${path}: ${message}`);
  return notes;
}
