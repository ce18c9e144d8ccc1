import { certain, likely } from './belief.ts';
import { type Code, isDead } from './code.ts';
import type { ConfigFileFact, EnvFact, PortFact } from './facts.ts';
import { functionAt } from './rust/program.ts';
import { lineAt, type RustSource } from './rust/source.ts';

/** Sections that describe something the program connects to, not what it listens on. */
const FOREIGN =
  /(?:^|[._])(?:database|db|postgres|postgresql|timescale|timescaledb|redis|kafka|nats|mysql|smtp|proxy|broker|upstream)(?:[._]|$)/i;
const FOREIGN_PORTS = new Set([1433, 3306, 4222, 5432, 6379, 9092]);
const HOST_KEYS = ['host', 'bind', 'address', 'addr', 'listen', 'ip', 'bind_address', 'listen_address'];
const ADDRESS = /^(0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|\[::1\]|::|::1):(\d{2,5})$/;

/** Ports that the program listens on: from config files first, then from its code, one fact per port. */
export function detectPorts(code: Code, config: readonly ConfigFileFact[], env: readonly EnvFact[]): PortFact[] {
  const all = [
    ...config.flatMap(configPorts),
    ...env.flatMap(envPort),
    ...code.program.sources.flatMap((source) => [...addressesIn(code, source), ...defaultsIn(code, source)]),
  ];
  return all.filter(({ port }, index) => all.findIndex((other) => other.port === port) === index);
}

function configPorts({ path, values }: ConfigFileFact): PortFact[] {
  return Object.entries(values).flatMap(([key, { value, line }]) => {
    const evidence = { file: path, line };
    const last = key.split('.').at(-1) ?? '';
    if (FOREIGN.test(key)) return [];
    const address = ADDRESS.exec(value);
    if (address) return [{ port: Number(address[2]), host: bare(address[1] ?? ''), key, ...certain(evidence) }];
    const port = /^(?:.*_)?port$/.test(last) ? usable(value) : undefined;
    if (port === undefined) return [];
    const section = key.slice(0, key.length - last.length);
    const host = HOST_KEYS.map((name) => values[section + last.replace(/port$/, name)] ?? values[section + name])[0]
      ?.value;
    const near = host ?? HOST_KEYS.map((name) => values[section + name]?.value).find((found) => found !== undefined);
    return [{ port, ...(near !== undefined && { host: near }), key, ...certain(evidence) }];
  });
}

function envPort({ name, default: value, dead, evidence }: EnvFact): PortFact[] {
  if (dead || value === undefined || FOREIGN.test(name)) return [];
  const address = ADDRESS.exec(value);
  if (address) return [{ port: Number(address[2]), host: bare(address[1] ?? ''), env: name, ...certain(evidence) }];
  const port = /(?:^|_)PORT$/.test(name) ? usable(value) : undefined;
  return port === undefined ? [] : [{ port, env: name, ...certain(evidence) }];
}

/** Texts such as `0.0.0.0:8080`. */
function addressesIn(code: Code, source: RustSource): PortFact[] {
  return source.literals.flatMap(({ value, start }) => {
    const match = ADDRESS.exec(value);
    const port = usable(match?.[2] ?? '');
    if (match?.[1] === undefined || port === undefined || isDead(code, functionAt(code.program, source, start)))
      return [];
    return [{ port, host: bare(match[1]), ...certain({ file: source.path, line: lineAt(source, start) }) }];
  });
}

/** `const PORT: u16 = 8080`, `fn default_port() -> u16 { 8080 }`, `port: 8080`, `default_value_t = 8080 … port:`, `([0, 0, 0, 0], 8080)`. */
const DEFAULTS: readonly RegExp[] = [
  /\b(?:const|static)\s+(?<name>\w*PORT\w*)\s*:\s*u16\s*=\s*(?<port>\d[\d_]*)/g,
  /\bfn\s+(?<name>\w*port\w*)\s*\(\s*\)\s*->\s*u16\s*\{\s*(?<port>\d[\d_]*)/g,
  /\b(?<name>(?:\w*_)?port)\s*:\s*(?<port>\d[\d_]*)\b/g,
  /\bdefault_value(?:_t)?\s*=\s*(?<port>\d[\d_]*)[^;{}]{0,60}?\)\s*\]\s*(?:pub\s+)?(?<name>(?:\w*_)?port)\s*:/g,
  /\(\s*\[\s*(?<host>0\s*,\s*0\s*,\s*0\s*,\s*0|127\s*,\s*0\s*,\s*0\s*,\s*1)\s*\]\s*,\s*(?<port>\d[\d_]*)\s*\)/g,
];

function defaultsIn(code: Code, source: RustSource): PortFact[] {
  return DEFAULTS.flatMap((pattern) =>
    [...source.code.matchAll(pattern)].flatMap((match) => {
      const port = usable(match.groups?.port?.replaceAll('_', '') ?? '');
      if (port === undefined || FOREIGN.test(match.groups?.name ?? '')) return [];
      if (isDead(code, functionAt(code.program, source, match.index))) return [];
      const host = match.groups?.host?.replace(/\s*,\s*/g, '.');
      return [
        {
          port,
          ...(host !== undefined && { host }),
          ...likely({ file: source.path, line: lineAt(source, match.index) }),
        },
      ];
    }),
  );
}

function usable(text: string): number | undefined {
  const port = /^\d{2,5}$/.test(text) ? Number(text) : Number.NaN;
  return port > 0 && port <= 65_535 && !FOREIGN_PORTS.has(port) ? port : undefined;
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

/** What checks a caller; sending an `Authorization` header or allowing it by CORS does not. */
const LOGIN =
  /\bRequireAuthorizationLayer\b|\bValidateRequestHeaderLayer\b|\bAuthManagerLayer|\bHttpAuthentication\b|\bTypedHeader\s*<\s*Authorization\b|\.\s*get\s*\(\s*(?:\w+\s*::\s*)*AUTHORIZATION\b|\bfrom_fn(?:_with_state)?\s*\([^;]{0,120}?(?:auth|login|token|api_key|session)\w*/i;
const LOGIN_HEADER = /^(?:authorization|x-api-key)$/i;

/** Whether living code asks callers who they are. */
export function detectLogin(code: Code): boolean {
  return code.program.sources.some((source) => {
    if (!/\baxum\b|\bactix_web\b|\btower_http\b|\bHeaderMap\b/.test(source.code)) return false;
    const alive = (offset: number): boolean => !isDead(code, functionAt(code.program, source, offset));
    const uses = [...source.code.matchAll(new RegExp(LOGIN, 'gi'))];
    if (uses.some(({ index }) => functionAt(code.program, source, index) !== undefined && alive(index))) return true;
    return source.literals.some(
      ({ value, start }) =>
        LOGIN_HEADER.test(value) &&
        /\.\s*get\s*\(\s*$/.test(source.code.slice(Math.max(0, start - 40), start)) &&
        alive(start),
    );
  });
}
