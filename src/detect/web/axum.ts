import { likely } from '../belief.ts';
import { type Code, isDead } from '../code.ts';
import type { RouteFact } from '../facts.ts';
import type { RustFunction } from '../rust/functions.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, lineAt, literalsIn, type RustSource, splitList } from '../rust/source.ts';

/** A router under construction: what one function (or one variable in it) adds. */
interface Call {
  readonly method: 'route' | 'nest' | 'merge';
  /** It hands every method on to a service. */
  readonly isService: boolean;
  readonly within: RustFunction;
  readonly source: RustSource;
  readonly start: number;
  readonly end: number;
  readonly path: string;
  /** Range of the argument that says what is added. */
  readonly argument: readonly [start: number, end: number];
}

const CALL = /\.\s*(route|nest|merge|api_route)(_service)?\s*\(/g;
/** More than any router has; what is held by what is asked of each pair. */
const MAX_CALLS = 1500;
const VERBS = /(?:^|[.\s:])(get|post|put|delete|patch|head|options|trace|any)(?:\s*::\s*<[^()]*>)?\s*$/;
const MAX_DEPTH = 8;

/** A route as its framework's reader finds it. */
export type FoundRoute = Omit<RouteFact, 'health'>;

/** Routes of axum routers, with the prefixes under which they are nested. */
export function axumRoutes(code: Code): FoundRoute[] {
  const calls = sourcesWith(code.program, ['Router', 'ApiRouter', 'OpenApiRouter'])
    .flatMap((source) => callsIn(code.program, source))
    .slice(0, MAX_CALLS);
  return calls.flatMap((call) =>
    call.method === 'route' ? prefixesOf(code, calls, call, 0).flatMap((prefix) => routeFacts(code, call, prefix)) : [],
  );
}

function callsIn(program: Program, source: RustSource): Call[] {
  return [...source.code.matchAll(CALL)].slice(0, MAX_CALLS).flatMap((match): Call[] => {
    const open = match.index + match[0].length - 1;
    const end = closeOf(source, open);
    const parts = splitList(source, open);
    const within = functionAt(program, source, match.index);
    // The pattern names nothing else.
    const method = (match[1] === 'api_route' ? 'route' : match[1]) as Call['method'];
    // A folder of files or another program's router: nothing of it is known.
    if (match[2] !== undefined && method === 'nest') return [];
    const argument = method === 'merge' ? parts[0] : parts[1];
    if (within === undefined || argument === undefined) return [];
    const path = method === 'merge' ? '' : pathIn(program, source, parts[0]);
    return path === undefined
      ? []
      : [{ method, isService: match[2] !== undefined, within, source, start: match.index, end, path, argument }];
  });
}

function pathIn(program: Program, source: RustSource, range: [number, number] | undefined): string | undefined {
  if (range === undefined) return undefined;
  const text = source.code.slice(...range);
  const named = program.constants.get(/([A-Z][A-Z0-9_]*)\s*$/.exec(text)?.[1] ?? '');
  const path = literalsIn(source, ...range)[0]?.value ?? named;
  return path?.startsWith('/') ? path : undefined;
}

/** Every prefix under which a call's router ends up; [``] where nothing nests it. */
function prefixesOf(code: Code, calls: readonly Call[], call: Call, depth: number): string[] {
  const parents =
    depth > MAX_DEPTH
      ? []
      : calls.filter((other) => other !== call && other.method !== 'route' && holds(code, other, call));
  if (parents.length === 0) return [''];
  return parents.flatMap((parent) => prefixesOf(code, calls, parent, depth + 1).map((prefix) => prefix + parent.path));
}

/** Whether `nest(…)` or `merge(…)` adds the router of another call: written inside it, a variable, or a function. */
function holds(code: Code, parent: Call, child: Call): boolean {
  const [start, end] = parent.argument;
  if (parent.source === child.source && child.start >= start && child.start < end) return true;
  const text = parent.source.code.slice(start, end);
  // Calls of a router written inside another are handled by that one.
  const name = /([A-Za-z_]\w*)\s*(?:\(|$)/.exec(text.trim())?.[1];
  if (name === undefined || (parent.source === child.source && parent.start < child.start && child.start < parent.end))
    return false;
  if (name !== child.within.name || parent.within === child.within)
    return parent.within === child.within && variableOf(child) === name;
  const module = /([a-z_]\w*)\s*::\s*\w+\s*\(/.exec(text)?.[1];
  return module === undefined || inModule(code, parent, child, module);
}

/** `bots::router()` and `data::router()` share a name; the module, imported or not, tells them apart. */
function inModule(code: Code, parent: Call, child: Call, module: string): boolean {
  const candidates = (code.program.byName.get(child.within.name) ?? []).filter(({ source }) =>
    isModule(source, module),
  );
  return candidates.length === 0
    ? parent.source === child.source || !isModule(parent.source, module)
    : candidates.includes(child.within);
}

function isModule({ path }: RustSource, module: string): boolean {
  return path.endsWith(`/${module}.rs`) || path.endsWith(`/${module}/mod.rs`) || path === `${module}.rs`;
}

/** The variable that the statement around a call fills: `let api = Router::new().route(…)`. */
function variableOf({ within, source, start }: Call): string | undefined {
  const before = source.code.slice(within.bodyStart, start);
  const statement = before.slice(Math.max(before.lastIndexOf(';'), before.lastIndexOf('let ')));
  return (
    /^(?:;\s*)?let\s+(?:mut\s+)?(\w+)\b[^=]{0,80}=/.exec(statement)?.[1] ?? /^;?\s*(\w+)\s*=[^=]/.exec(statement)?.[1]
  );
}

function routeFacts(code: Code, call: Call, prefix: string): FoundRoute[] {
  const path = joinPath(prefix, call.path);
  const evidence = { file: call.source.path, line: lineAt(call.source, call.start) };
  const mounted = !isDead(code, call.within);
  const over = mounted ? [] : [{ value: 'a route', why: 'nothing mounts the router that holds it' }];
  const methods = call.isService ? ['ANY'] : methodsOf(call);
  return methods.map((method) => ({ method, path, mounted, ...likely(evidence, over) }));
}

function joinPath(prefix: string, path: string): string {
  return prefix !== '' && path === '/' ? prefix : `${prefix.replace(/\/$/, '')}${path}`;
}

/** Of a method router in a variable, `let bots = get(list).post(create);`, too. */
function methodsOf({ source, argument, within, start }: Call): string[] {
  const name = /^\s*([a-z_]\w*)\s*(?:\.\s*clone\s*\(\s*\)\s*)?$/.exec(source.code.slice(...argument))?.[1];
  const made =
    name === undefined
      ? undefined
      : [
          ...source.code
            .slice(within.bodyStart, start)
            .matchAll(new RegExp(`\\blet\\s+(?:mut\\s+)?${name}\\b[^=;]{0,80}=(?!=)`, 'g')),
        ].at(-1);
  if (!made) return methodsIn(source, argument);
  const from = within.bodyStart + made.index + made[0].length;
  const end = source.code.indexOf(';', from);
  return methodsIn(source, [from, end < 0 ? start : end]);
}

/** `get(list).post(create)` at the top of the argument. */
function methodsIn(source: RustSource, [start, end]: readonly [number, number]): string[] {
  const methods: string[] = [];
  let from = start;
  for (let at = start; at < end; at++) {
    const char = source.code[at];
    if (char !== '(' && char !== '{' && char !== '[') continue;
    const verb = char === '(' ? VERBS.exec(source.code.slice(from, at))?.[1] : undefined;
    if (verb !== undefined) methods.push(verb.toUpperCase());
    at = closeOf(source, at);
    from = at + 1;
  }
  return methods.length > 0 ? methods : ['ANY'];
}
