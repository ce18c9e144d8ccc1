import { networkOf } from '../catalog/networks.ts';
import { certain } from './belief.ts';
import { type Code, isDead } from './code.ts';
import type { Alternative, ConfigFileFact, EndpointFact, EnvFact } from './facts.ts';
import { groupBy } from './group.ts';
import { functionAt, sourcesWith, sourcesWithUrls } from './rust/program.ts';
import { lineAt, type RustSource } from './rust/source.ts';
import { withoutPasswords } from './secret-names.ts';

const URL_TEXT = /^(?:https?|wss?):\/\/([a-z0-9.-]+\.[a-z]{2,})(?::\d+)?(?:[/?#]\S*)?$/i;
/** Pages for people, schemas and places that only examples name. */
const NOT_A_VENUE =
  /(?:^|\.)(?:example\.(?:com|org|net)|github\.com|githubusercontent\.com|crates\.io|docs\.rs|rust-lang\.org|w3\.org|schema\.org|json-schema\.org)$|^docs\./i;

/** Addresses of venues: config files first, then defaults of the environment, then the code. */
export function detectEndpoints(
  code: Code,
  config: readonly ConfigFileFact[],
  env: readonly EnvFact[],
): EndpointFact[] {
  const all = [
    ...config.flatMap(({ path, values }) =>
      Object.values(values).flatMap(({ value, line }) => endpoint(value, { by: 'config' }, { file: path, line })),
    ),
    ...env.flatMap((fact) =>
      fact.dead || fact.default === undefined
        ? []
        : endpoint(fact.default, { by: 'default', env: fact.name }, fact.evidence),
    ),
    ...sourcesWithUrls(code.program).flatMap((source) => inSource(code, source)),
    ...sourcesWith(code.program, ['Mainnet']).flatMap((source) => named(code, source)),
  ];
  return [...groupBy(all, ({ url }) => url).values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    // A variable is read in one place, and its default may be written in another: a constant, a struct.
    const written =
      first.by === 'default' ? rest.filter(({ by }) => by === 'code').map(({ evidence }) => evidence) : [];
    const isHere = written.some((place) => isSame(place, first.evidence));
    const evidence = isHere ? first.evidence : (written[0] ?? first.evidence);
    const over = [first, ...rest]
      .filter((fact) => !isSame(fact.evidence, evidence))
      .slice(0, 5)
      .map((fact): Alternative => ({ value: first.url, why: 'said here too', evidence: fact.evidence }));
    return [{ ...first, evidence, ...(over.length > 0 && { over }) }];
  });
}

function isSame(one: EndpointFact['evidence'], other: EndpointFact['evidence']): boolean {
  return one.file === other.file && one.line === other.line;
}

/** `BaseUrl::Mainnet`: libraries of venues know their networks by name. */
function named(code: Code, source: RustSource): EndpointFact[] {
  return [...source.code.matchAll(/\b\w{0,60}(?:Url|URL|Network|Chain|Env|Environment)\s*::\s*Mainnet\b/g)]
    .filter((match) => !isDead(code, functionAt(code.program, source, match.index)))
    .map((match) => ({
      url: match[0].replace(/\s/g, ''),
      testnet: false,
      by: 'code',
      ...certain({ file: source.path, line: lineAt(source, match.index) }),
    }));
}

function inSource(code: Code, source: RustSource): EndpointFact[] {
  return source.literals.flatMap(({ value, start }) => {
    if (value.length > 300) return [];
    const found = endpoint(value, { by: 'code' }, { file: source.path, line: 1 });
    if (found.length === 0 || isDead(code, functionAt(code.program, source, start))) return [];
    return found.map((fact) => ({ ...fact, evidence: { file: source.path, line: lineAt(source, start) } }));
  });
}

function endpoint(
  url: string,
  said: Pick<EndpointFact, 'by' | 'env'>,
  evidence: EndpointFact['evidence'],
): EndpointFact[] {
  const host = URL_TEXT.exec(url)?.[1];
  if (host === undefined || NOT_A_VENUE.test(host)) return [];
  return [
    {
      url: withoutPasswords(url),
      testnet: networkOf(url).testnet,
      ...said,
      ...certain(evidence),
    },
  ];
}
