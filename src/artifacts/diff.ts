import { createTwoFilesPatch } from 'diff';
import { withoutSecrets } from '../catalog/secret-names.ts';
import { redact } from '../secret.ts';

/** How much stands around a change. */
const CONTEXT = 3;

/** A side of a difference. */
export interface Side {
  readonly title: string;
  readonly text: string;
}

/**
 * Whole lines of ours that sound secret by a name and hold none. Any other of ours may hold what somebody wrote into
 * trading-setup.yaml.
 */
const HARMLESS: readonly RegExp[] = [
  /^\s*- [\w-]+-secrets:\/run\/secrets:ro$/,
  /^\s*trading-setup\.secrets: \$\{SECRETS_[A-Z0-9_]+:-0\}$/,
  /^\s*TRADING_SETUP_SECRETS: "yes"$/,
  // Names of variables and of the secrets that give them.
  /^\s*TRADING_SETUP_REQUIRED: [A-Za-z_]\w*(?:=\w*)?(?: [A-Za-z_]\w*(?:=\w*)?)*$/,
  /^if \[ -n "\$\{TRADING_SETUP_SECRETS:-\}" \]; then$/,
  /^ALTER ROLE :"role" [A-Z ]+ :'verifier';$/,
  /^[#|]?\s*[\w`]+(?::| \|) secrets? [A-Z][A-Z0-9_]* \((?:entered|generated), (?:required|optional)\)(?:, [A-Z][A-Z0-9_]* \((?:entered|generated), (?:required|optional)\))*$/,
];

/**
 * The differences of two texts in the unified form, without anything that looks secret in either.
 * @param ours texts that we wrote: what they say themselves about secrets is shown.
 */
export function unifiedDiff(before: Side, after: Side, ours: readonly string[] = []): string {
  const patch = createTwoFilesPatch(before.title, after.title, before.text, after.text, '', '', { context: CONTEXT });
  const own = ours
    .flatMap((text) => text.split(/\r?\n/))
    .filter((line) => HARMLESS.some((pattern) => pattern.test(line)))
    .map((line) => [line, line] as const);
  const shown = new Map([...own, ...linesOfKeys(before.text), ...linesOfKeys(after.text)]);
  const lines = patch
    .slice(patch.indexOf('--- '))
    .trimEnd()
    .split('\n')
    .map((line, at) =>
      // A title ends where the library would put a date.
      at < 2 ? line.trimEnd() : line.slice(0, 1) + (shown.get(line.slice(1)) ?? withoutSecrets(line.slice(1))),
    );
  return redact(lines.join('\n'));
}

/** Lines that are secret by what stands around them only: those of a PEM block, whose ends a patch may not show. */
function linesOfKeys(text: string): readonly (readonly [line: string, shown: string])[] {
  if (!text.includes('-----BEGIN ')) return [];
  const shown = withoutSecrets(text).split('\n');
  return text.split('\n').flatMap((line, at) => (shown[at] === line ? [] : [[line, shown[at] ?? ''] as const]));
}
