import { healthWords } from '../stack/health-words.ts';
import { hasGate, portVariable, publishedApis, schemaService, TUI_PORT, withSchema } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import {
  accessOf,
  composeCommand,
  MARKDOWN,
  resourceWords,
  tunnelOf,
  variablesOf,
  volumeWords,
} from '../stack/words.ts';
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
  /** A file that is a block of this kind where the repository has one of that name that is not ours. */
  readonly block?: 'hash-block';
  /** What the text says, where it is trading-setup.yaml. */
  readonly stack?: Stack;
  /** A file that can have another name, by its key in `files` of the stack. */
  readonly role?: keyof Stack['files'];
}

/** A file whose text is made when it is first asked for: whoever wants to know the paths does not wait for it. */
function file(path: string, make: () => string, more: Partial<Omit<Artifact, 'text'>> = {}): Artifact {
  let made: string | undefined;
  return {
    path,
    form: 'file',
    executable: false,
    ...more,
    get text() {
      made ??= make();
      return made;
    },
  };
}

const EXECUTABLE = { executable: true };

function gateConf(stack: Stack): string {
  const apis = publishedApis(stack).filter(({ via }) => via === 'gate');
  const tui = stack.tui.access === 'browser' ? { port: TUI_PORT, socket: TUI_SOCKET } : null;
  return fillTemplate('gate.conf', { realm: stack.name, apis, tui });
}

function envExample(stack: Stack): string {
  const ports = [
    ...publishedApis(stack).map(({ service, host }) => ({ name: portVariable(stack, service), value: host })),
    ...(stack.tui.access === 'browser' ? [{ name: 'TUI_PORT', value: stack.ports.tui ?? TUI_PORT }] : []),
  ];
  return fillTemplate('env.example', { ports, compose: stack.files.compose, services: variableTables(stack) });
}

function variableTables(stack: Stack) {
  return Object.keys(stack.services)
    .map((name) => ({ name, variables: variablesOf(stack, name) }))
    .filter(({ variables }) => variables.length > 0);
}

function readmeBlock(stack: Stack): string {
  return fillTemplate('README-block.md', {
    mode: stack.mode.toUpperCase(),
    compose: composeCommand(stack),
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
    instances: stack.instances ?? [],
    schemas: withSchema(stack).map((service) => ({ service, oneShot: schemaService(service) })),
    keepsData: Object.values(stack.services).some(({ data }) => data !== null),
  });
}

/** Our own files never enter the build; those of other names are not in the usual list. */
function ignored({ files, build }: Stack): readonly string[] {
  const names = [files.dockerfile, files.dockerignore, files.compose].filter((name) => !USUAL.includes(name));
  return [...names, ...build.exclude];
}

const USUAL: readonly string[] = ['Dockerfile', '.dockerignore', 'docker-compose.yml'];

/** The paths of a stack whose files have their usual names, with everything that a stack can have. */
export const USUAL_PATHS: readonly string[] = [
  ...['trading-setup.yaml', ...USUAL, '.env.example', '.gitignore', 'README.md'],
  ...[
    'docker/build.sh',
    'docker/entrypoint.sh',
    'docker/health.sh',
    'docker/migrate.sh',
    'docker/migrate-sqlite.sh',
    'docker/gate.conf',
  ],
];

/** Everything that a stack is in a repository, in a fixed order; the same stack gives the same bytes. */
export function render(stack: Stack): readonly Artifact[] {
  const { files } = stack;
  return [
    file('trading-setup.yaml', () => renderStack(stack), { stack }),
    file(files.dockerfile, () => renderDockerfile(stack), { role: 'dockerfile' }),
    file(files.compose, () => renderCompose(stack), { role: 'compose' }),
    file(files.dockerignore, () => fillTemplate('dockerignore', { exclude: ignored(stack) }), { role: 'dockerignore' }),
    file('docker/build.sh', () => verbatim('build.sh'), EXECUTABLE),
    file('docker/entrypoint.sh', () => verbatim('entrypoint.sh'), EXECUTABLE),
    file('docker/health.sh', () => verbatim('health.sh'), EXECUTABLE),
    ...(stack.database.kind === 'none' ? [] : [file('docker/migrate.sh', () => verbatim('migrate.sh'), EXECUTABLE)]),
    ...(withSchema(stack).length === 0
      ? []
      : [file('docker/migrate-sqlite.sh', () => verbatim('migrate-sqlite.sh'), EXECUTABLE)]),
    ...(hasGate(stack) ? [file('docker/gate.conf', () => gateConf(stack))] : []),
    file('.env.example', () => envExample(stack), { block: 'hash-block' }),
    file('.gitignore', () => fillTemplate('gitignore-block', {}), { form: 'hash-block' }),
    file('README.md', () => readmeBlock(stack), { form: 'html-block' }),
  ];
}
