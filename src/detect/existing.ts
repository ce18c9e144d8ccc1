import type { Workspace } from './workspace.ts';

const FILES =
  /^(?:Dockerfile|\.dockerignore|\.env|\.env\.example|README\.md|(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml|trading-setup\.yaml)$/;

/** Files that we would write and that are already there; a folder `docker/` is named once. */
export function detectExisting(workspace: Workspace): string[] {
  const files = workspace.files.filter((file) => FILES.test(file));
  return workspace.files.some((file) => file.startsWith('docker/')) ? [...files, 'docker/'] : files;
}
