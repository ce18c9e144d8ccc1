import { likely } from '../belief.ts';
import { type Code, isDead } from '../code.ts';
import type { RustFunction } from '../rust/functions.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, lineAt, literalsIn, type RustSource } from '../rust/source.ts';
import type { FoundRoute } from './axum.ts';

const VERBS = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options'];
const ATTRIBUTE = new RegExp(
  `#\\[\\s*(?:(?:actix_web|rocket|web)\\s*::\\s*)?(${VERBS.join('|')}|route)\\s*\\(\\s*(?=")`,
  'g',
);
const MAX_HANDLERS = 500;
/** A path stands right behind its bracket, and a route is not longer than this. */
const NEAR = 200;
const LONGEST = 4000;

/** Handlers that say their route themselves: `#[get("/bots")]` of actix-web and Rocket. */
export function attributeRoutes(code: Code): FoundRoute[] {
  const { program } = code;
  const known = new Map<string, string[]>();
  return sourcesWith(program, ['actix_web', 'rocket', ...VERBS])
    .filter(({ code: text }) => /\b(?:actix_web|rocket)\b|#\[\s*(?:get|post|put|delete|patch)\s*\(/.test(text))
    .flatMap((source) =>
      [...source.code.matchAll(ATTRIBUTE)]
        .slice(0, MAX_HANDLERS)
        .flatMap((match) => handler(code, source, match, known)),
    );
}

function handler(code: Code, source: RustSource, match: RegExpExecArray, known: Map<string, string[]>): FoundRoute[] {
  const open = match.index + match[0].search(/\(/);
  const path = literalsIn(source, open, Math.min(closeOf(source, open), open + NEAR))[0]?.value.split('?')[0];
  if (path === undefined || !path.startsWith('/')) return [];
  const name = /\bfn\s+(\w+)/.exec(source.code.slice(match.index, match.index + 1500))?.[1];
  const prefixes = name === undefined ? [] : (known.get(name) ?? prefixesOf(code, name));
  if (name !== undefined) known.set(name, prefixes);
  const evidence = { file: source.path, line: lineAt(source, match.index) };
  const method = match[1] === 'route' ? 'ANY' : (match[1] ?? '').toUpperCase();
  if (prefixes.length === 0)
    return [
      { method, path, mounted: false, ...likely(evidence, [{ value: 'a route', why: 'nothing mounts the handler' }]) },
    ];
  return prefixes.map((prefix) => ({ method, path: joined(prefix, path), mounted: true, ...likely(evidence) }));
}

function joined(prefix: string, path: string): string {
  const whole = `${prefix.replace(/\/$/, '')}${path}`;
  return whole.length > 1 ? whole.replace(/\/$/, '') : whole;
}

/** Prefixes under which living code mounts a handler by its name: `.service(bots)`, `routes![bots]`. */
function prefixesOf(code: Code, name: string): string[] {
  const { program } = code;
  const named = new RegExp(`\\b${name}(?<!\\bfn\\s{1,8}${name})\\b(?!\\s*[:(])`, 'g');
  const prefixes = sourcesWith(program, [name]).flatMap((source) =>
    [...source.code.matchAll(named)].slice(0, 50).flatMap((match) => {
      const within = functionAt(program, source, match.index);
      if (within === undefined || isDead(code, within)) return [];
      const before = source.code.slice(Math.max(within.bodyStart, match.index - 1500), match.index);
      if (/\b(?:routes|openapi_get_routes)\s*!\s*[[({][\w\s,:]*$/.test(before))
        return [mountOf(source, match.index, within)];
      if (!/\.\s*(?:service|routes?)\s*\(\s*(?:\w+\s*::\s*)*$/.test(before)) return [];
      return [scopeOf(program, source, match.index, within)];
    }),
  );
  return [...new Set(prefixes)];
}

/** Rocket: `.mount("/api", routes![…])`. */
function mountOf(source: RustSource, at: number, within: RustFunction): string {
  const from = Math.max(within.bodyStart, at - 1500);
  const mount = [...source.code.slice(from, at).matchAll(/\.\s*mount\s*\(\s*/g)].at(-1);
  if (!mount) return '';
  const start = from + mount.index + mount[0].length;
  return literalsIn(source, start, start + 1)[0]?.value ?? '';
}

/** actix-web: the innermost `web::scope("/api")` whose chain reaches the place. */
function scopeOf(_program: Program, source: RustSource, at: number, within: RustFunction): string {
  const from = Math.max(within.bodyStart, at - 2000);
  const scopes = [...source.code.slice(from, at).matchAll(/\bscope\s*\(\s*(?=")/g)].filter((match) => {
    const open = from + match.index + match[0].search(/\(/);
    return chainEnd(source, closeOf(source, open) + 1) > at;
  });
  return scopes
    .map((match) => literalsIn(source, from + match.index, at)[0]?.value ?? '')
    .map((prefix) => prefix.replace(/\/$/, ''))
    .join('');
}

const LINK = /\s*\.\s*\w+\s*\(/y;

function chainEnd(source: RustSource, from: number): number {
  let at = from;
  for (let count = 0; count < 50; count++) {
    LINK.lastIndex = at;
    if (!LINK.test(source.code)) return at;
    at = closeOf(source, LINK.lastIndex - 1) + 1;
  }
  return at;
}

const RESOURCE = /\bresource\s*\(\s*(?=")|\.\s*route\s*\(\s*(?=")/g;
const WEB_VERB = /\bweb\s*::\s*(get|post|put|delete|patch|head)\s*\(/g;

/** actix-web: `web::resource("/bots").route(web::get().to(list))`, `.route("/bots", web::get().to(list))`. */
export function resourceRoutes(code: Code): FoundRoute[] {
  return sourcesWith(code.program, ['actix_web']).flatMap((source) =>
    [...source.code.matchAll(RESOURCE)].slice(0, MAX_HANDLERS).flatMap((match): FoundRoute[] => {
      const within = functionAt(code.program, source, match.index);
      const open = match.index + match[0].search(/\(/);
      const close = closeOf(source, open);
      const path = literalsIn(source, open, Math.min(close, open + NEAR))[0]?.value;
      if (within === undefined || path === undefined || !path.startsWith('/')) return [];
      const end = match[0].startsWith('.') ? close : chainEnd(source, close + 1);
      const verbs = [...source.code.slice(open, Math.min(end, open + LONGEST)).matchAll(WEB_VERB)].map((verb) =>
        (verb[1] ?? '').toUpperCase(),
      );
      const evidence = { file: source.path, line: lineAt(source, match.index) };
      const mounted = !isDead(code, within);
      const whole = joined(scopeOf(code.program, source, match.index, within), path);
      return (verbs.length > 0 ? [...new Set(verbs)] : ['ANY']).map((method) => ({
        method,
        path: whole,
        mounted,
        ...likely(evidence),
      }));
    }),
  );
}

const WARP = /\bwarp\s*::\s*path\s*(!)?\s*\(/g;

/** warp: `warp::path!("api" / "bots")`, `warp::path("health")`, with the method that the same statement asks for. */
export function warpRoutes(code: Code): FoundRoute[] {
  return sourcesWith(code.program, ['warp']).flatMap((source) => {
    const seen = new Set<number>();
    return [...source.code.matchAll(WARP)].slice(0, MAX_HANDLERS).flatMap((match): FoundRoute[] => {
      const within = functionAt(code.program, source, match.index);
      if (within === undefined || seen.has(match.index)) return [];
      const start = Math.max(within.bodyStart, source.code.lastIndexOf(';', match.index) + 1);
      const stop = source.code.indexOf(';', match.index);
      const end = Math.min(within.bodyEnd, stop < 0 ? match.index + 2000 : stop, match.index + 2000);
      const statement = source.code.slice(start, end);
      // `path("a").and(path("b"))` is one route.
      const inner = [...statement.matchAll(WARP)].map((other) => start + other.index);
      for (const at of inner) seen.add(at);
      const parts = inner.flatMap((at) => warpPath(source, at));
      const method = /\bwarp\s*::\s*(get|post|put|delete|patch|head)\s*\(/.exec(statement)?.[1]?.toUpperCase() ?? 'ANY';
      const evidence = { file: source.path, line: lineAt(source, match.index) };
      return [{ method, path: `/${parts.join('/')}`, mounted: !isDead(code, within), ...likely(evidence) }];
    });
  });
}

function warpPath(source: RustSource, at: number): string[] {
  const open = source.code.indexOf('(', at);
  const close = Math.min(closeOf(source, open), open + LONGEST);
  const texts = literalsIn(source, open, close);
  return source.code
    .slice(open + 1, close)
    .split('/')
    .map((part, index) => (part.includes('"') ? (texts[index]?.value ?? '') : part.trim() === '' ? '' : '{}'))
    .filter((part) => part !== '' && part !== '..');
}
