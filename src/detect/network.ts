import { certain, likely } from './belief.ts';
import type { Flag } from './clap/flags.ts';
import { type Code, isDead } from './code.ts';
import type { Alternative, ConfigFileFact, EnvFact, PortFact } from './facts.ts';
import { groupBy } from './group.ts';
import { functionAt, sourcesWith, sourcesWithAddresses } from './rust/program.ts';
import { lineAt, type RustSource } from './rust/source.ts';

/** Sections that describe something the program connects to, not what it listens on. */
const FOREIGN =
  /(?:^|[._-])(?:database|db|postgres|postgresql|pg|timescale|timescaledb|redis|kafka|nats|mysql|smtp|proxy|broker|upstream|remote|peer|gateway|ib|tws)(?:[._-]|$)/i;
const FOREIGN_PORTS = new Set([1433, 3306, 4222, 5432, 6379, 9092]);
const HOST_KEYS = ['host', 'bind', 'address', 'addr', 'listen', 'ip', 'bind_address', 'listen_address', 'bind_addr'];
const ADDRESS = /^(0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|\[::1\]|::|::1):(\d{2,5})$/;
const HOST = /^(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[?::1?\]?)$/;

/** Ports that the program listens on: what it is told first, then what its code says; one fact per port. */
export function detectPorts(
  code: Code,
  config: readonly ConfigFileFact[],
  env: readonly EnvFact[],
  flags: readonly Flag[],
): PortFact[] {
  const keys = new Set(config.flatMap(({ values }) => Object.keys(values)));
  const variables = env.filter(({ key, dead }) => !dead && (key === undefined || !keys.has(key)));
  const told = [...layered(config.flatMap(configPorts)), ...envPorts(variables), ...flagPorts(flags)];
  const inCode = sourcesWithAddresses(code.program).flatMap((source) => addressesIn(code, source));
  const fallbacks = sourcesWith(code.program, DEFAULT_WORDS).flatMap((source) => defaultsIn(code, source));
  const all = [...told, ...inCode, ...fallbacks.map(({ name: _, ...fact }) => fact)];
  const [main] = told;
  // The default of the very setting that is told is no port of its own.
  const beaten = main === undefined ? [] : fallbacks.filter(({ name, port }) => isPlain(name) && port !== main.port);
  const facts = all
    .filter(({ port }, index) => all.findIndex((other) => other.port === port) === index)
    .filter(({ port }) => !beaten.some((fact) => fact.port === port) || told.some((fact) => fact.port === port));
  const over = beaten.map(
    ({ port, evidence }): Alternative => ({
      value: String(port),
      why: 'what the program is told beats its default',
      evidence,
    }),
  );
  const [first, ...rest] = facts;
  if (first === undefined) return [];
  return withFixedHost(code, [over.length === 0 ? first : { ...first, over: [...first.over, ...over] }, ...rest]);
}

function isPlain(name: string): boolean {
  return /^(?:default_?)?(?:(?:http|server|api|listen|web)_?)?port$/i.test(name);
}

/** Config files build upon each other: of one key the first file speaks. */
function layered(facts: readonly PortFact[]): PortFact[] {
  return [...groupBy(facts, ({ key = '' }) => key).values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const over = rest
      .filter(({ port, host }) => port !== first.port || host !== first.host)
      .map(
        ({ port, host, evidence }): Alternative => ({
          value: host === undefined ? String(port) : `${host.includes(':') ? `[${host}]` : host}:${port}`,
          why: 'another config file says it',
          evidence,
        }),
      );
    return [over.length === 0 ? first : { ...first, ...certain(first.evidence, over) }];
  });
}

function configPorts({ path, values }: ConfigFileFact): PortFact[] {
  return Object.entries(values).flatMap(([key, { value, line }]): PortFact[] => {
    const evidence = { file: path, line };
    const last = key.split('.').at(-1) ?? '';
    if (FOREIGN.test(key)) return [];
    const address = ADDRESS.exec(value);
    if (address)
      return [
        {
          port: Number(address[2]),
          host: bare(address[1] ?? ''),
          key,
          listen: { by: 'key', name: key, holds: 'address' },
          ...certain(evidence),
        },
      ];
    const port = /^(?:.*_)?port$/.test(last) ? usable(value) : undefined;
    if (port === undefined) return [];
    const section = key.slice(0, key.length - last.length);
    const near = HOST_KEYS.flatMap((name) => [section + last.replace(/port$/, name), section + name]).find(
      (name) => values[name] !== undefined,
    );
    const host = near === undefined ? undefined : values[near]?.value;
    if (near === undefined || host === undefined) return [{ port, key, ...certain(evidence) }];
    return [{ port, host, key, listen: { by: 'key', name: near, holds: 'host' }, ...certain(evidence) }];
  });
}

const LISTENS =
  /(?:^|_)(?:HOST|BIND|BIND_ADDR|BIND_ADDRESS|BIND_HOST|LISTEN|LISTEN_ADDR|LISTEN_ADDRESS|LISTEN_HOST|ADDR|ADDRESS|IP)$/;

/** `SERVER_ADDR=127.0.0.1:8080`, or `PORT=8080` beside `HOST=127.0.0.1`. */
function envPorts(env: readonly EnvFact[]): PortFact[] {
  const known = env.filter(({ name }) => !FOREIGN.test(name));
  return known.flatMap(({ name, key, default: value, evidence }): PortFact[] => {
    if (value === undefined) return [];
    const believed = { ...(key !== undefined && { key }), env: name, ...certain(evidence) };
    const address = ADDRESS.exec(value);
    if (address)
      return [
        {
          port: Number(address[2]),
          host: bare(address[1] ?? ''),
          listen: { by: 'env', name, holds: 'address' },
          ...believed,
        },
      ];
    const port = /(?:^|_)PORT$/.test(name) ? usable(value) : undefined;
    if (port === undefined) return [];
    const stem = name.replace(/PORT$/, '');
    const hosts = known.filter((fact) => LISTENS.test(fact.name) && HOST.test(fact.default ?? ''));
    const near =
      hosts.find((fact) => fact.name.startsWith(stem) && stem !== '') ?? (hosts.length === 1 ? hosts[0] : undefined);
    if (near?.default === undefined) return [{ port, ...believed }];
    return [{ port, host: bare(near.default), listen: { by: 'env', name: near.name, holds: 'host' }, ...believed }];
  });
}

/** `--bind 127.0.0.1:8080`, or `--port 8080` beside `--host 127.0.0.1`, where no variable fills them. */
function flagPorts(flags: readonly Flag[]): PortFact[] {
  const known = flags.filter(({ name }) => !FOREIGN.test(name));
  return known.flatMap(({ flag, name, default: value, owner, evidence, env, first }): PortFact[] => {
    if (value === undefined || env !== undefined) return [];
    const address = ADDRESS.exec(value);
    if (address)
      return [
        {
          port: Number(address[2]),
          host: bare(address[1] ?? ''),
          listen: { by: 'flag', name: flag, holds: 'address', first },
          ...certain(evidence),
        },
      ];
    const port = /(?:^|_)port$/.test(name) ? usable(value) : undefined;
    if (port === undefined) return [];
    const host = known.find(
      (other) =>
        other.owner === owner &&
        LISTENS.test(other.name.toUpperCase()) &&
        HOST.test(other.default ?? '') &&
        other.env === undefined,
    );
    if (host?.default === undefined) return [{ port, ...certain(evidence) }];
    return [
      {
        port,
        host: bare(host.default),
        listen: { by: 'flag', name: host.flag, holds: 'host', first },
        ...certain(evidence),
      },
    ];
  });
}

/** Texts such as `0.0.0.0:8080`. */
function addressesIn(code: Code, source: RustSource): PortFact[] {
  return source.literals.flatMap(({ value, start }) => {
    const match = value.length > 30 ? null : ADDRESS.exec(value);
    const port = usable(match?.[2] ?? '');
    if (match?.[1] === undefined || port === undefined || isDead(code, functionAt(code.program, source, start)))
      return [];
    return [{ port, host: bare(match[1]), ...certain({ file: source.path, line: lineAt(source, start) }) }];
  });
}

/** `u16` alone is said in half of all files; names of ports are few. */
const STEMS = [
  '',
  'default',
  'http',
  'api',
  'server',
  'web',
  'listen',
  'bind',
  'rest',
  'metrics',
  'ws',
  'grpc',
  'health',
  'app',
  'admin',
  'rpc',
];
const DEFAULT_WORDS = [
  ...['Ipv4Addr', 'Ipv6Addr', 'SocketAddr', 'SocketAddrV4', 'SocketAddrV6', 'bind', 'warp', 'HttpServer'],
  ...STEMS.flatMap((stem) => {
    const name = stem === '' ? 'port' : `${stem}_port`;
    return [name, name.toUpperCase(), `default_${name}`, `DEFAULT_${name.toUpperCase()}`];
  }),
];

/** `const PORT: u16 = 8080`, `fn default_port() -> u16 { 8080 }`, `port: 8080`, `default_value_t = 8080 … port:`, `([0, 0, 0, 0], 8080)`, `(Ipv4Addr::LOCALHOST, 8080)`. */
const DEFAULTS: readonly RegExp[] = [
  /\b(?:const|static)\s+(?<name>\w*PORT\w*)\s*:\s*u16\s*=\s*(?<port>\d[\d_]*)/g,
  /\bfn\s+(?<name>\w*port\w*)\s*\(\s*\)\s*->\s*u16\s*\{\s*(?<port>\d[\d_]*)/g,
  /\b(?<name>(?:\w*_)?port)\s*:\s*(?<port>\d[\d_]*)\b/g,
  /\bdefault_value(?:_t)?\s*=\s*(?<port>\d[\d_]*)[^;{}]{0,60}?\)\s*\]\s*(?:pub\s+)?(?<name>(?:\w*_)?port)\s*:/g,
  /\(\s*\[\s*(?<host>0\s*,\s*0\s*,\s*0\s*,\s*0|127\s*,\s*0\s*,\s*0\s*,\s*1)\s*\]\s*,\s*(?<port>\d[\d_]*)\s*\)/g,
  /\b(?<ip>Ipv[46]Addr\s*::\s*(?:LOCALHOST|UNSPECIFIED))\s*\)?\s*(?:\.\s*into\s*\(\s*\)\s*)?,\s*(?<port>\d[\d_]*)\s*,?\s*\)/g,
  /\bbind\s*\(\s*\(\s*"\s*"\s*,\s*(?<port>\d[\d_]*)\s*\)/g,
];

const KNOWN_IPS = new Map([
  ['Ipv4Addr::LOCALHOST', '127.0.0.1'],
  ['Ipv4Addr::UNSPECIFIED', '0.0.0.0'],
  ['Ipv6Addr::LOCALHOST', '::1'],
  ['Ipv6Addr::UNSPECIFIED', '::'],
]);

function defaultsIn(code: Code, source: RustSource): (PortFact & { readonly name: string })[] {
  return DEFAULTS.flatMap((pattern) =>
    [...source.code.matchAll(pattern)].flatMap((match) => {
      const port = usable(match.groups?.port?.replaceAll('_', '') ?? '');
      const name = match.groups?.name ?? '';
      if (port === undefined || FOREIGN.test(name)) return [];
      if (isDead(code, functionAt(code.program, source, match.index))) return [];
      const host =
        KNOWN_IPS.get(match.groups?.ip?.replace(/\s/g, '') ?? '') ?? match.groups?.host?.replace(/\s*,\s*/g, '.');
      const evidence = { file: source.path, line: lineAt(source, match.index) };
      return [{ name, port, ...(host !== undefined && { host }), ...likely(evidence) }];
    }),
  );
}

const FIXED = /^(127\.0\.0\.1|localhost|\[::1\]):\{[\w.]*\}$/;

/** `bind(format!("127.0.0.1:{port}"))`: the code itself says where it listens, whatever the port. */
function withFixedHost(code: Code, [first, ...rest]: readonly PortFact[]): PortFact[] {
  if (first === undefined) return [];
  if (first.host !== undefined) return [first, ...rest];
  for (const source of sourcesWith(code.program, ['bind', 'TcpListener'])) {
    for (const { value, start } of source.literals) {
      const host = value.length > 40 ? undefined : FIXED.exec(value)?.[1];
      if (host === undefined || isDead(code, functionAt(code.program, source, start))) continue;
      return [{ ...first, host: bare(host) }, ...rest];
    }
  }
  return [first, ...rest];
}

function usable(text: string): number | undefined {
  const port = /^\d{2,5}$/.test(text) ? Number(text) : Number.NaN;
  return port > 0 && port <= 65_535 && !FOREIGN_PORTS.has(port) ? port : undefined;
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
