import { type GivenVariable, givenTo } from './contract.ts';
import { dataVolume, engineVolume, hasGate, publishedApis, secretsIn, TUI_PORT, volumesOf } from './names.ts';
import type { Stack } from './schema.ts';

/** How Compose is called by hand for this stack. */
export function composeCommand({ files }: Pick<Stack, 'files'>): string {
  return files.compose === 'docker-compose.yml' ? 'docker compose' : `docker compose -f ${files.compose}`;
}

/** The file for an operator's own changes, beside the Compose file. */
export function composeOverride({ files }: Pick<Stack, 'files'>): string {
  return files.compose.replace(/(\.ya?ml)$/, '.override$1');
}

export interface VariableWords {
  readonly name: string;
  readonly from: string;
}

/** The environment of one service: each variable and where its value comes from. */
export function variablesOf(stack: Stack, service: string): readonly VariableWords[] {
  return givenTo(stack, service).map((variable) => ({ name: variable.name, from: wordsOf(stack, variable) }));
}

function wordsOf(stack: Stack, { value, secrets }: GivenVariable): string {
  return secrets.length === 0 ? `\`${oneLine(value)}\` in trading-setup.yaml` : secretWords(stack, value);
}

/** For a comment or a table cell: neither may end in the middle of a value. */
function oneLine(value: string): string {
  return value.replace(/\s*[\r\n]+\s*/g, ' ⏎ ');
}

/** The address in a URL or a tunnel. */
function addressOf({ ports: { bind } }: Stack): string {
  return bind.includes(':') ? `[${bind}]` : bind;
}

function secretWords(stack: Stack, template: string): string {
  const names = secretsIn(template).map((name) => {
    const entry = stack.secrets.entries[name];
    return `${name} (${entry?.kind ?? 'entered'}, ${entry?.required ? 'required' : 'optional'})`;
  });
  return `secret ${names.join(', ')}`;
}

/** How addresses and commands are set apart from the words around them. */
export interface Markup {
  readonly link: (url: string) => string;
  readonly code: (text: string) => string;
}

export const MARKDOWN: Markup = { link: (url) => `<${url}>`, code: (text) => `\`${text}\`` };
export const PLAIN: Markup = { link: (url) => url, code: (text) => text };

/** How a person reaches what is published. */
export function accessOf(stack: Stack, { link, code }: Markup): readonly string[] {
  const apis = publishedApis(stack);
  const bind = addressOf(stack);
  const password = code('npx trading-setup secrets reveal GATE_PASSWORD');
  const login = `login ${code(stack.secrets.gateUser)}, password from ${password}`;
  const lines: string[] = [];
  for (const { service, host, via } of apis) {
    const what = apis.length === 1 ? 'Web API' : `Web API of ${service}`;
    lines.push(`${what}: ${link(`http://${bind}:${host}`)}${via === 'gate' ? `, ${login}` : ', no login'}`);
  }
  if (stack.tui.access === 'browser') {
    lines.push(`Terminal: ${link(`http://${bind}:${stack.ports.tui ?? TUI_PORT}`)}, ${login}`);
  }
  if (stack.tui.access === 'exec') {
    const [service] = Object.keys(stack.services);
    lines.push(
      `Terminal: ${code(`${composeCommand(stack)} exec ${service} ${[stack.tui.binary, ...stack.tui.args].join(' ')}`)}`,
    );
  }
  return lines;
}

/** `-L` pairs of an ssh tunnel to everything that is published. */
export function tunnelOf(stack: Stack): string {
  const apis = publishedApis(stack).map(({ host }) => host);
  const ports = [...apis, hasGate(stack) && stack.tui.access === 'browser' ? stack.ports.tui : undefined];
  return ports
    .filter((port) => typeof port === 'number')
    .map((port) => `${port}:${addressOf(stack)}:${port}`)
    .join(' -L ');
}

/** Every external volume and what it holds. */
export function volumeWords(stack: Stack): readonly { readonly name: string; readonly holds: string }[] {
  return volumesOf(stack).map(({ volume, service, kind }) => ({
    name: engineVolume(stack, volume),
    holds:
      kind === 'secrets'
        ? `secrets of ${service}`
        : `data of ${service}${volume === dataVolume('database') ? ' (PostgreSQL)' : ''}`,
  }));
}

/** What the services may use at most, one sentence each. */
export function resourceWords(stack: Stack): string {
  const { database } = stack;
  const sentences = [
    ...(database.kind === 'none' ? [] : [`The database is limited to ${database.memory} of memory and tuned for it.`]),
    ...(stack.tui.access === 'browser' ? ['The terminal is limited to 256 MB.'] : []),
    ...(hasGate(stack) ? ['The gate is limited to 128 MB.'] : []),
    'Logs take at most 50 MB per service.',
  ];
  return sentences.join(' ');
}
