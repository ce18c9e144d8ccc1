import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { EnvFileFact } from '../facts.ts';
import type { Workspace } from '../workspace.ts';
import { isTameYaml } from './values.ts';

const EXAMPLE =
  /(?:^|\/)(?:\.env\.(?:example|sample|template|dist|defaults)|(?:example|sample)\.env|env\.(?:example|sample))$/;
const COMPOSE = /^(?:(?:docker|deploy|deployment)\/)?(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml$/;
const MAX_SIZE = 256 * 1024;
const MAX_NAMES = 1000;
/** Written by us: it says what we say anyway. */
const OURS = /trading-setup/;

type Names = EnvFileFact['names'];

/** Files that name environment variables for whoever runs the program. Values are not read into facts. */
export function detectEnvFiles(workspace: Workspace): EnvFileFact[] {
  const examples = workspace.files
    .filter((file) => EXAMPLE.test(file))
    .map((file) => ({ path: file, kind: 'example' as const, names: exampleNames(workspace.text(file)) }));
  const compose = workspace.files
    .filter((file) => COMPOSE.test(file))
    .map((file) => ({ path: file, kind: 'compose' as const, names: composeNames(workspace.text(file)) }));
  return [...examples, ...compose].filter(({ path, names }) => names.length > 0 && !isOurs(workspace.text(path)));
}

function isOurs(text: string): boolean {
  return OURS.test(text.split('\n', 3).join('\n'));
}

/** `NAME=value` as dotenv reads it; one behind a `#` is only mentioned. */
function exampleNames(text: string): Names {
  const names: { name: string; line: number; set: boolean }[] = [];
  let closing: string | undefined;
  for (const [index, line] of text.slice(0, MAX_SIZE).split('\n').entries()) {
    if (closing !== undefined) {
      if (line.includes(closing)) closing = undefined;
      continue;
    }
    const match = /^\s{0,40}(#?)\s{0,10}(?:export\s{1,10})?([A-Za-z_]\w{0,120})\s{0,10}=(.*)$/.exec(
      line.slice(0, 2000),
    );
    if (match?.[2] === undefined || names.length >= MAX_NAMES) continue;
    const set = match[1] === '';
    // A comment mentions variables by names in capitals; other words before `=` are prose.
    if (!set && !/^[A-Z_][A-Z0-9_]*$/.test(match[2])) continue;
    names.push({ name: match[2], line: index + 1, set });
    const quote = /^\s*(["'`])/.exec(match[3] ?? '')?.[1];
    const rest = (match[3] ?? '').trim().slice(1);
    if (set && quote !== undefined && !rest.includes(quote)) closing = quote;
  }
  return names.filter(({ name }, index) => names.findIndex((other) => other.name === name) === index);
}

/** `environment:` of the services that are built here; a foreign image reads variables of its own. */
function composeNames(text: string): Names {
  if (!isTameYaml(text)) return [];
  const lines = new LineCounter();
  try {
    const { contents, errors } = parseDocument(text, { lineCounter: lines, logLevel: 'silent', uniqueKeys: false });
    const services = errors.length === 0 && isMap(contents) ? contents.get('services') : undefined;
    if (!isMap(services)) return [];
    const at = (offset: number | undefined): number => Math.max(1, lines.linePos(offset ?? 0).line);
    const names = services.items.flatMap(({ value }) => {
      if (!isMap(value) || !value.has('build')) return [];
      const environment = value.get('environment');
      if (isMap(environment))
        return environment.items.flatMap(({ key }) =>
          isScalar(key) ? [{ name: String(key.value), line: at(key.range?.[0]), set: true }] : [],
        );
      if (!isSeq(environment)) return [];
      return environment.items.flatMap((item) => {
        const name = isScalar(item) ? /^[A-Za-z_]\w*/.exec(String(item.value))?.[0] : undefined;
        return name === undefined || !isScalar(item) ? [] : [{ name, line: at(item.range?.[0]), set: true }];
      });
    });
    return names
      .filter(({ name }, index) => names.findIndex((other) => other.name === name) === index)
      .slice(0, MAX_NAMES);
  } catch {
    return [];
  }
}
