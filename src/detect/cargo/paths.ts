import type { WarningFact } from '../facts.ts';
import type { Workspace } from '../workspace.ts';
import { isOutside, type Manifests, type PathDependency } from './manifest.ts';

/** Path dependencies that a build from the repository cannot have. */
export function pathWarnings(
  workspace: Workspace,
  manifests: Manifests,
  paths: readonly PathDependency[],
): WarningFact[] {
  const seen = new Set<string>();
  return paths.flatMap((path) => {
    const key = `${path.evidence.file}:${path.evidence.line}:${path.folder}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return warningsOf(workspace, manifests, path);
  });
}

function warningsOf(
  workspace: Workspace,
  manifests: Manifests,
  { name, folder, evidence }: PathDependency,
): WarningFact[] {
  if (isOutside(folder))
    return [
      {
        code: 'path-dependency-outside',
        message: `${name} comes from ${folder}, outside the repository, and a container build sees only the repository. Move it in (a git submodule does), or name it by git or by version`,
        evidence,
      },
    ];
  // Links to folders are not walked, so what was listed lies where it seems to.
  if (manifests.has(folder)) return [];
  const real = workspace.realFolder(folder);
  if (real !== undefined && isOutside(real))
    return [
      {
        code: 'path-dependency-outside',
        message: `${name} comes from ${folder}, a link that leads outside the repository, and a container build sees only the repository. Put the folder itself there, or name it by git or by version`,
        evidence,
      },
    ];
  if ((real !== undefined && manifests.has(real)) || workspace.truncated) return [];
  // A submodule that is not there is told once, with what to do.
  if (workspace.git.submodules().some(({ path }) => folder === path || folder.startsWith(`${path}/`))) return [];
  return [
    {
      code: 'path-dependency-missing',
      message: `${name} should be in ${folder}, and there is no Cargo.toml: cargo cannot build. Put it there, or name it by git or by version`,
      evidence,
    },
  ];
}

/** The line of a string in an array that begins on a line. */
export function elementLine(text: string, start: number, element: string): number {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex(
    (line, index) => index >= start - 1 && (line.includes(`"${element}"`) || line.includes(`'${element}'`)),
  );
  return at < 0 ? start : at + 1;
}
