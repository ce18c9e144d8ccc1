import { type Code, isDead } from '../code.ts';
import type { WarningFact } from '../facts.ts';
import { functionAt, sourcesWith } from '../rust/program.ts';
import { lineAt } from '../rust/source.ts';

const OVERRIDES = /\b(?:dotenv_override|from_path_override|from_filename_override|from_read_override|overload)\s*\(/g;

/** `dotenv_override`: a `.env` beside the program beats what the container is given. */
export function dotenvOverrides(code: Code): WarningFact[] {
  const { program } = code;
  const words = ['dotenv_override', 'from_path_override', 'from_filename_override', 'from_read_override', 'overload'];
  return sourcesWith(program, words).flatMap((source) =>
    [...source.code.matchAll(OVERRIDES)]
      .filter((match) => !isDead(code, functionAt(program, source, match.index)))
      .filter(() => /\bdotenv(?:y)?\b/.test(source.code))
      .slice(0, 1)
      .map((match) => ({
        code: 'dotenv-override',
        message: 'a .env file beside the program beats what the container is given: none may be in the image',
        evidence: { file: source.path, line: lineAt(source, match.index) },
      })),
  );
}
