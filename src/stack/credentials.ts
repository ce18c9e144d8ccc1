import { credentialFor, type Known, type Rotation, rotationOf } from '../catalog/credentials/index.ts';
import { secretsIn } from './names.ts';
import { saidBy } from './said.ts';
import type { Stack } from './schema.ts';

/** The name under which the program reads a secret; instances have secrets of their own behind the same name. */
export function readAs({ secrets }: Pick<Stack, 'secrets'>, name: string): string {
  const entry = Object.hasOwn(secrets.entries, name) ? secrets.entries[name] : undefined;
  return entry?.as ?? name;
}

/** The credential behind a name in this stack, where the catalogue has it. */
export function credentialIn(stack: Stack, name: string): Known | undefined {
  return credentialFor(readAs(stack, name), saidBy(stack));
}

/** What replacing a secret of this stack involves. */
export function rotationIn(stack: Stack, name: string): Rotation {
  return rotationOf(readAs(stack, name), saidBy(stack));
}

/** Programs of the repository that are given a secret. */
export function givenIn({ services }: Pick<Stack, 'services'>, name: string): readonly string[] {
  return Object.entries(services).flatMap(([service, { secrets }]) =>
    Object.values(secrets).some((template) => secretsIn(template).includes(name)) ? [service] : [],
  );
}

/** Whether two secrets can belong together: one program reads both, or nobody reads one of them. */
export function isBeside(stack: Pick<Stack, 'services'>, one: string, other: string): boolean {
  const [ones, others] = [givenIn(stack, one), givenIn(stack, other)];
  return ones.length === 0 || others.length === 0 || ones.some((service) => others.includes(service));
}
