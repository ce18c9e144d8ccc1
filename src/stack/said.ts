import type { RepoFacts } from '../detect/facts.ts';
import type { Stack } from './schema.ts';

/** What a stack says by names, programs and addresses: evidence for whose credential a common name such as APP_KEY is. */
export function saidBy({
  name,
  build,
  services,
  secrets,
}: Pick<Stack, 'name' | 'build' | 'services' | 'secrets'>): string {
  const programs = Object.values(services).map(({ binary, args, environment, secrets: templates }) => ({
    binary,
    args,
    environment,
    variables: Object.keys(templates),
  }));
  const entries = Object.entries(secrets.entries).map(([entry, { about }]) => [entry, about]);
  return JSON.stringify([name, build.binaries, programs, entries]);
}

/** The same of a repository. */
export function saidIn({ name, binaries, env, endpoints }: RepoFacts): string {
  return JSON.stringify([
    name,
    binaries.map((each) => [each.package, each.bin]),
    env.map((each) => [each.name, each.default]),
    endpoints.map(({ url }) => url),
  ]);
}
