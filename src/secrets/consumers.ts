import { SetupError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { hasGate } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { parseTemplate, type TemplatePart } from './template.ts';

/** The database's superuser; only the database and the migrations know it. */
export const DATABASE_SUPERUSER_PASSWORD = 'DATABASE_SUPERUSER_PASSWORD';
/** The role that the program logs in with. */
export const DATABASE_PASSWORD = 'DATABASE_PASSWORD';
/** The login of the browser gate. */
export const GATE_PASSWORD = 'GATE_PASSWORD';

const OURS: readonly string[] = [DATABASE_SUPERUSER_PASSWORD, DATABASE_PASSWORD, GATE_PASSWORD];

/** The parsed templates of a service: variable → parts; every secret in them is declared. */
export function serviceTemplates(stack: Stack, service: string): ReadonlyMap<string, readonly TemplatePart[]> {
  const templates = new Map<string, readonly TemplatePart[]>();
  for (const [variable, template] of Object.entries(stack.services[service]?.secrets ?? {})) {
    const where = `services.${service}.secrets.${variable}`;
    const parts = parseTemplate(template, where);
    for (const part of parts) if (typeof part !== 'string') checkDeclared(stack, part.secret, where);
    templates.set(variable, parts);
  }
  return templates;
}

/** Which services read which secret; who does not read one is not touched when it changes. */
export function secretConsumers(stack: Stack): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, Set<string>>();
  const add = (secret: string, service: string): unknown =>
    readers.set(secret, (readers.get(secret) ?? new Set()).add(service));
  for (const service of Object.keys(stack.services)) {
    for (const part of [...serviceTemplates(stack, service).values()].flat())
      if (typeof part !== 'string') add(part.secret, service);
  }
  if (stack.database.kind === 'timescaledb') {
    add(DATABASE_SUPERUSER_PASSWORD, 'database');
    add(DATABASE_SUPERUSER_PASSWORD, 'migrate');
    add(DATABASE_PASSWORD, 'migrate');
  }
  if (hasGate(stack)) add(GATE_PASSWORD, 'gate');
  return new Map([...readers].map(([secret, services]) => [secret, [...services]]));
}

/** Every service that reads one of these secrets. */
export function consumersOf(stack: Stack, names: readonly string[]): readonly string[] {
  const consumers = secretConsumers(stack);
  return [...new Set(names.flatMap((name) => consumers.get(name) ?? []))];
}

/** A secret that a service reads and nobody has supplied. */
export interface MissingSecret {
  readonly name: string;
  readonly services: readonly string[];
  /** The services do not start without it. */
  readonly required: boolean;
}

/** What is read but has no value, in the order in which the stack mentions it. */
export function missingSecrets(stack: Stack, values: ReadonlyMap<string, Secret>): readonly MissingSecret[] {
  const entries = new Map(Object.entries(stack.secrets.entries));
  return [...secretConsumers(stack)]
    .filter(([name]) => !values.get(name)?.length)
    .map(([name, services]) => ({ name, services, required: entries.get(name)?.required ?? true }));
}

function checkDeclared(stack: Stack, secret: string, where: string): void {
  if (Object.hasOwn(stack.secrets.entries, secret) || OURS.includes(secret)) return;
  throw new SetupError('usage', `${where} reads the secret ${secret}, which is not declared.`, {
    code: 'secret-unknown',
    next: [`Declare ${secret} under secrets.entries of trading-setup.yaml, or correct the name in ${where}.`],
  });
}
