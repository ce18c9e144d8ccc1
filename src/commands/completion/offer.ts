import { homedir } from 'node:os';
import { join } from 'node:path';
import { holdsSecret } from '../../catalog/secret-names.ts';
import { findRepository, STACK_FILE } from '../../flow/repository.ts';
import { valueAt } from '../../stack/overlay.ts';
import { readText } from '../../system/files.ts';
import { environment, workingFolder } from '../../system/process.ts';

/** What no shell expands. */
const SAFE = /^[\w.=-]+$/;

/** The `--dir` among the words of a command line that is being typed. */
function folderIn(words: readonly string[]): string | undefined {
  const joined = words.findLast((word) => word.startsWith('--dir='));
  const at = words.lastIndexOf('--dir');
  const typed = at >= 0 ? words[at + 1] : joined?.slice('--dir='.length);
  // No shell has expanded what is still being typed; of other people's homes it alone knows.
  return typed?.replace(/^~(?=\/|$)/, environment().HOME || homedir());
}

async function decisionsOf(words: readonly string[]): Promise<unknown> {
  const dir = await findRepository(folderIn(words), workingFolder());
  const text = await readText(join(dir, STACK_FILE));
  // Judged by nobody: a stack that is not valid can be completed too.
  return text === undefined ? {} : (await import('../../stack/read-yaml.ts')).readYaml(text, STACK_FILE).value;
}

async function namesOf(what: string, words: readonly string[]): Promise<readonly string[]> {
  const decisions = await decisionsOf(words).catch(() => ({}));
  if (what === 'settings') return (await import('../../stack/known-keys.ts')).settings(decisions);
  const entries = valueAt(decisions, 'secrets.entries');
  return typeof entries === 'object' && entries !== null ? Object.keys(entries) : [];
}

/**
 * What a shell may offer, one a line: `secrets` the names in trading-setup.yaml, `settings` what `--set` takes. Asks no
 * engine and no store, and says nothing where it cannot tell: a person is in the middle of typing.
 */
export async function offer(what: string, words: readonly string[]): Promise<void> {
  // Somebody may have put a value where a name belongs.
  const names = (await namesOf(what, words)).filter((name) => SAFE.test(name) && !holdsSecret(name));
  process.stdout.write(names.map((name) => `${name}\n`).join(''));
}
