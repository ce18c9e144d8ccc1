import type { RepoFacts } from '../../detect/facts.ts';
import { type ContractLine, contractOf } from '../contract.ts';
import type { Stack } from '../schema.ts';
import { goneBinaries } from './binaries.ts';
import type { Difference } from './difference.ts';
import { isAlike, likeness } from './likeness.ts';

/** Variables of each service; where its program is gone, as its likeliest successor reads them. */
export function variables(stack: Stack, facts: RepoFacts): readonly Difference[] {
  const instead = new Map(goneBinaries(stack, facts).map(({ path, instead: [first] }) => [path, first]));
  const assumed = Object.fromEntries(
    Object.entries(stack.services).map(([name, service]) => [
      name,
      { ...service, binary: instead.get(`services.${name}.binary`) ?? service.binary },
    ]),
  );
  return contractOf(facts, { ...stack, services: assumed })
    .filter(({ service }) => service in stack.services)
    .flatMap(({ service, variables: lines }) => ofService(stack, service, lines));
}

function ofService(stack: Stack, service: string, lines: readonly ContractLine[]): readonly Difference[] {
  const unread = lines.filter(({ state }) => state === 'unread');
  const free = lines.filter(({ state }) => state === 'missing' || state === 'left-out' || state === 'default');
  const renamed = new Map<string, ContractLine>();
  for (const gone of unread) {
    const [best] = free
      .filter((line) => line.secret === gone.secret && ![...renamed.values()].includes(line))
      .filter((line) => isAlike(gone.name, line.name))
      .toSorted(
        (a, b) => Number(b.required) - Number(a.required) || likeness(gone.name, b.name) - likeness(gone.name, a.name),
      );
    if (best) renamed.set(gone.name, best);
  }
  const own = stack.services[service];
  const placeOf = ({ name }: ContractLine) => (own?.secrets[name] === undefined ? 'environment' : 'secrets');
  const gone = unread.map((line): Difference => {
    const place = `services.${service}.${placeOf(line)}`;
    const path = `${place}.${line.name}`;
    const now = renamed.get(line.name);
    if (now === undefined) {
      const message = `${service} is given ${line.name}, which nothing in its code reads any more`;
      return { code: 'variable-gone', path, message, sets: [`${path}=null`], blocks: false };
    }
    const value = own?.secrets[line.name] ?? own?.environment[line.name] ?? '';
    return {
      code: 'variable-renamed',
      path,
      message: `${service} reads ${now.name} and no longer ${line.name}: likely the same under another name`,
      ...(now.read && { evidence: now.read }),
      sets: [`${place}.${now.name}=${value}`, `${path}=null`],
      blocks: false,
    };
  });
  const required = own?.required ?? [];
  const missing = lines.filter(
    ({ name, state }) =>
      state === 'missing' && !required.includes(name) && ![...renamed.values()].some((line) => line.name === name),
  );
  return [
    ...gone,
    ...noLongerRequired(service, required, lines, missing),
    ...missing.map(({ name, secret, read }): Difference => {
      const place = `services.${service}.${secret ? 'secrets' : 'environment'}.${name}`;
      return {
        code: 'variable-required',
        path: place,
        message: `${service} needs ${secret ? 'the secret ' : ''}${name} now, and nothing gives it`,
        ...(read && { evidence: read }),
        sets: secret
          ? [
              `secrets.entries.${name}={kind: entered, required: true, format: any, about: ${name}}`,
              `${place}=\${${name}}`,
            ]
          : [],
        blocks: false,
      };
    }),
  ];
}

/** Variables without which a service is not started although nothing reads them any more. */
function noLongerRequired(
  service: string,
  required: readonly string[],
  lines: readonly ContractLine[],
  missing: readonly ContractLine[],
): readonly Difference[] {
  const read = new Set(lines.filter(({ state }) => state !== 'unread').map(({ name }) => name));
  const gone = required.filter((name) => !read.has(name));
  if (gone.length === 0) return [];
  const added = missing.filter(({ secret }) => !secret).map(({ name }) => name);
  const now = [...required.filter((name) => read.has(name)), ...added];
  return [
    {
      code: 'variable-gone',
      path: `services.${service}.required`,
      message: `${service} is not started without ${gone.join(', ')}, which nothing in its code reads any more`,
      sets: [`services.${service}.required=${JSON.stringify(now)}`],
      blocks: false,
    },
  ];
}
