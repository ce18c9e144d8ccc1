import { healthWords } from '../stack/health-words.ts';
import { hasGate, TUI_PORT } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { accessOf, MARKDOWN, resourceWords, tunnelOf, variablesOf, volumeWords } from '../stack/words.ts';
import { TUI_SOCKET } from './compose/access.ts';
import { renderCompose } from './compose/file.ts';
import { renderDockerfile } from './dockerfile.ts';
import { renderStack } from './stack-file.ts';
import { fillTemplate, verbatim } from './templates.ts';

/** A whole file of ours, or a marked block inside a file of the person's. */
export interface Artifact {
  readonly path: string;
  readonly text: string;
  /** `block`: only the marked block in the file is ours; `hash` and `html` are its kinds of comment. */
  readonly form: 'file' | 'hash-block' | 'html-block';
  readonly executable: boolean;
}

function file(path: string, text: string, executable = false): Artifact {
  return { path, text, form: 'file', executable };
}

function gateConf(stack: Stack): string {
  const api =
    stack.ports.api?.via === 'gate' ? { service: stack.ports.api.service, port: stack.ports.api.container } : null;
  const tui = stack.tui.access === 'browser' ? { port: TUI_PORT, socket: TUI_SOCKET } : null;
  return fillTemplate('gate.conf', { realm: stack.name, api, tui });
}

function envExample(stack: Stack): string {
  const ports = [
    ...(stack.ports.api ? [{ name: 'API_PORT', value: stack.ports.api.host }] : []),
    ...(stack.tui.access === 'browser' ? [{ name: 'TUI_PORT', value: stack.ports.tui ?? TUI_PORT }] : []),
  ];
  return fillTemplate('env.example', { ports, services: variableTables(stack) });
}

function variableTables(stack: Stack) {
  return Object.keys(stack.services)
    .map((name) => ({ name, variables: variablesOf(stack, name) }))
    .filter(({ variables }) => variables.length > 0);
}

function readmeBlock(stack: Stack): string {
  return fillTemplate('README-block.md', {
    mode: stack.mode.toUpperCase(),
    firstService: Object.keys(stack.services)[0] ?? '',
    access: accessOf(stack, MARKDOWN),
    tunnel: tunnelOf(stack),
    resources: resourceWords(stack),
    runtimeImage: stack.build.runtimeImage,
    services: Object.entries(stack.services).map(([name, service]) => ({
      name,
      runs: `\`${[service.binary, ...service.args].join(' ')}\``,
      health: healthWords(service.health),
    })),
    variables: variableTables(stack),
    volumes: volumeWords(stack),
  });
}

/** Everything that a stack is in a repository, in a fixed order; the same stack gives the same bytes. */
export function render(stack: Stack): readonly Artifact[] {
  return [
    file('trading-setup.yaml', renderStack(stack)),
    file('Dockerfile', renderDockerfile(stack)),
    file('docker-compose.yml', renderCompose(stack)),
    file('.dockerignore', fillTemplate('dockerignore', { exclude: stack.build.exclude })),
    file('docker/entrypoint.sh', verbatim('entrypoint.sh'), true),
    file('docker/health.sh', verbatim('health.sh'), true),
    ...(stack.database.kind === 'none' ? [] : [file('docker/migrate.sh', verbatim('migrate.sh'), true)]),
    ...(hasGate(stack) ? [file('docker/gate.conf', gateConf(stack))] : []),
    file('.env.example', envExample(stack)),
    { path: '.gitignore', text: fillTemplate('gitignore-block', {}), form: 'hash-block', executable: false },
    { path: 'README.md', text: readmeBlock(stack), form: 'html-block', executable: false },
  ];
}
