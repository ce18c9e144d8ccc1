import { buildFindings } from './build-findings.ts';
import { adoptableFiles, sqliteFilesOf } from './design/adopt.ts';
import { instanceFindings } from './instances.ts';
import { publishedApis, TUI_PORT } from './names.ts';
import type { Service, Stack } from './schema.ts';
import { variableFindings, variablePath } from './variables.ts';

/** Something about a stack that a person should know; an `error` is not written. */
export interface Finding {
  readonly level: 'error' | 'warning';
  readonly path: string;
  readonly message: string;
}

/** Whether only this machine can reach what is published. */
export function isLoopback(bind: string): boolean {
  return bind.startsWith('127.') || bind === '::1';
}

function portFindings({ ports, tui }: Stack): readonly Finding[] {
  const findings: Finding[] = [];
  if (ports.api && tui.access === 'browser' && ports.api.host === (ports.tui ?? TUI_PORT)) {
    findings.push({ level: 'error', path: 'ports.tui', message: 'the web API has the same port' });
  }
  const published = publishedApis({ ports });
  for (const [at, { service, host }] of published.entries()) {
    const before = published.slice(0, at).find((each) => each.host === host);
    const path = `ports.api.instances.${service}`;
    if (before) findings.push({ level: 'error', path, message: `the web API of ${before.service} has the same port` });
    if (at > 0 && tui.access === 'browser' && host === (ports.tui ?? TUI_PORT))
      findings.push({ level: 'error', path, message: 'the terminal has the same port' });
  }
  if (ports.api?.via === 'direct' && !isLoopback(ports.bind)) {
    findings.push({ level: 'error', path: 'ports.bind', message: 'without a login the web API stays on 127.0.0.1' });
  }
  if (tui.access === 'browser' && ports.tui === null) {
    findings.push({ level: 'error', path: 'ports.tui', message: 'the terminal in the browser needs a port' });
  }
  return findings;
}

/** Two services on one SQLite folder cannot happen: each has a volume of its own. A daemon must be there. */
function serviceFindings({ services, build, ports, database }: Stack): readonly Finding[] {
  const findings: Finding[] = [];
  const known = new Set(build.binaries.map(({ bin }) => bin));
  if (Object.keys(services).length === 0) findings.push({ level: 'error', path: 'services', message: 'there is none' });
  for (const [name, service] of Object.entries(services)) {
    const { binary } = service;
    findings.push(...schemaFindings(name, service));
    if (service.database && database.kind === 'none') {
      findings.push({ level: 'error', path: `services.${name}.database`, message: 'this stack has no database' });
    }
    if (!known.has(binary)) {
      findings.push({ level: 'error', path: `services.${name}.binary`, message: `${binary} is not in build.binaries` });
    }
  }
  if (ports.api && !services[ports.api.service]) {
    findings.push({ level: 'error', path: 'ports.api.service', message: `there is no service ${ports.api.service}` });
  }
  return findings;
}

/** The database that is brought to its schema is the one that the program opens. */
function schemaFindings(name: string, service: Service): readonly Finding[] {
  const { data, migrations } = service;
  if (!migrations) return [];
  const path = `services.${name}.migrations`;
  if (data === null) return [{ level: 'error', path, message: 'this service keeps no data' }];
  const files = sqliteFilesOf(service);
  if (files.length === 0 || files.includes(migrations.file)) return [];
  const message = `${name} opens ${files.join(', ')} and not ${migrations.file}`;
  return [{ level: 'error', path: `${path}.file`, message }];
}

/** Settings by which a program is told on which port its web API listens, in its container. */
const LISTENS: readonly string[] = ['SERVER_PORT', 'HTTP_PORT', 'PORT'];

/** A program that is told to listen elsewhere than where it is asked is never healthy, and nobody reaches it. */
function listenFindings({ services, ports }: Stack): readonly Finding[] {
  const { api } = ports;
  const published = new Set(publishedApis({ ports }).map(({ service }) => service));
  return Object.entries(services).flatMap(([name, { environment, health }]) => {
    const told = LISTENS.filter((each) => /^\d+$/.test(environment[each] ?? ''));
    const [variable = ''] = told;
    const port = Number(environment[variable]);
    const isTold = (asked: number) => told.some((each) => Number(environment[each]) === asked);
    const asked = [
      ...(health.kind === 'process' ? [] : [['its health', health.port, `services.${name}.health.port`] as const]),
      ...(api && published.has(name) ? [['its web API', api.container, 'ports.api.container'] as const] : []),
    ].filter(([, where]) => told.length > 0 && !isTold(where));
    const path = variablePath(name, variable);
    // Instances have one port in their containers.
    const isShared = published.size > 1 && published.has(name);
    return asked.map(([what, where, other]) => ({
      level: 'warning',
      path,
      message: `${name} is told to listen on ${port}, and ${what} is looked for on ${where}. Say the same to both: --set ${isShared ? `${path}=${where}` : `${other}=${port}`}`,
    }));
  });
}

/** What is taken over needs a place to go to. */
function adoptFindings({ adopt, services, database }: Stack): readonly Finding[] {
  const able = new Set(adoptableFiles({ services }).map(({ service }) => service));
  const files = Object.keys(adopt?.sqlite ?? {}).filter((service) => !able.has(service));
  const old = adopt?.database;
  const unknown =
    old?.baseline && database.kind !== 'none' && !database.migrations.includes(old.baseline)
      ? [
          {
            level: 'error',
            path: 'adopt.database.baseline',
            message: `${old.baseline} is not in database.migrations`,
          } as const,
        ]
      : [];
  const none =
    old && database.kind === 'none'
      ? [{ level: 'error', path: 'adopt.database', message: 'this stack has no database' } as const]
      : [];
  return [
    ...files.map(
      (service) =>
        ({
          level: 'error',
          path: `adopt.sqlite.${service}`,
          message: 'this service keeps no SQLite database',
        }) as const,
    ),
    ...none,
    ...unknown,
  ];
}

/** A command of the program runs in a container of a service. */
function commandFindings({ secrets, services }: Stack): readonly Finding[] {
  return Object.entries(secrets.commands ?? {}).flatMap(([name, command]) =>
    command === undefined || services[command.service]
      ? []
      : [
          {
            level: 'error' as const,
            path: `secrets.commands.${name}.service`,
            message: `there is no service ${command.service}`,
          },
        ],
  );
}

function fileFindings({ files }: Stack): readonly Finding[] {
  const { dockerfile, dockerignore } = files;
  const findings: Finding[] = [];
  if (dockerignore !== '.dockerignore' && dockerignore !== `${dockerfile}.dockerignore`) {
    const message = `BuildKit reads .dockerignore or ${dockerfile}.dockerignore only`;
    findings.push({ level: 'error', path: 'files.dockerignore', message });
  }
  for (const [key, name] of Object.entries(files)) {
    if (!TAKEN.includes(name)) continue;
    findings.push({ level: 'error', path: `files.${key}`, message: `${name} is another file of this stack` });
  }
  return findings;
}

/** Files of a stack whose names are not decided. */
const TAKEN: readonly string[] = [
  'trading-setup.yaml',
  '.env',
  '.env.example',
  '.gitignore',
  'README.md',
  'Cargo.toml',
];

/** What is contradictory or dangerous in a valid stack. Pure. */
export function inspect(stack: Stack): readonly Finding[] {
  return [
    ...portFindings(stack),
    ...serviceFindings(stack),
    ...adoptFindings(stack),
    ...instanceFindings(stack),
    ...commandFindings(stack),
    ...fileFindings(stack),
    ...buildFindings(stack),
    ...variableFindings(stack),
    ...listenFindings(stack),
  ];
}
