import { certain } from '../belief.ts';
import { type Code, isDead } from '../code.ts';
import type { DotenvFact, WarningFact } from '../facts.ts';
import { functionAt, sourcesWith } from '../rust/program.ts';
import { lineAt } from '../rust/source.ts';
import type { Workspace } from '../workspace.ts';

const OVERRIDING = [
  'dotenv_override',
  'from_path_override',
  'from_filename_override',
  'from_read_override',
  'overload',
];
const PLAIN = ['dotenv', 'dotenvy', 'from_path', 'from_filename'];
const OVERRIDES = new RegExp(`\\b(?:${OVERRIDING.join('|')})\\s*\\(`, 'g');
const LOADS = /\bdotenvy?\s*::\s*(?:dotenv|load|from_path|from_filename)\s*\(|(?<![:.\w]\s*)\bdotenv\s*\(\s*\)/g;

/** Whether the program reads a `.env` by itself, and whether that beats what the container is given. */
export function detectDotenv(code: Code): DotenvFact | undefined {
  const override = firstCall(code, OVERRIDING, OVERRIDES);
  const found = override ?? firstCall(code, PLAIN, LOADS);
  return found && { override: override !== undefined, ...certain(found) };
}

/** Where code that runs calls one of these. */
function firstCall(code: Code, words: readonly string[], pattern: RegExp): DotenvFact['evidence'] | undefined {
  const { program } = code;
  for (const source of sourcesWith(program, words)) {
    if (!/\bdotenv(?:y)?\b/.test(source.code)) continue;
    const match = [...source.code.matchAll(pattern)].find(
      ({ index }) => !isDead(code, functionAt(program, source, index)),
    );
    if (match) return { file: source.path, line: lineAt(source, match.index) };
  }
  return undefined;
}

/** `dotenv_override`: a `.env` in the working directory beats what the container is given. */
export function dotenvTrouble(workspace: Workspace, dotenv: DotenvFact | undefined): WarningFact[] {
  if (dotenv?.override !== true) return [];
  const { evidence } = dotenv;
  const here = workspace.has('.env') ? '; the .env of this folder stays out of it' : '';
  const message = `a .env file in the working directory of the program beats what the container is given: none may be in the image or in its data volume${here}`;
  return [{ code: 'dotenv-override', message, evidence }];
}
