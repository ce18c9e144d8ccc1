import { randomBytes } from 'node:crypto';
import bcrypt from 'bcryptjs';
import { isPem } from '../catalog/credentials/index.ts';
import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { APP_UID, hasGate, NGINX_UID, POSTGRES_UID } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { DATABASE_PASSWORD, DATABASE_SUPERUSER_PASSWORD, GATE_PASSWORD, serviceTemplates } from './consumers.ts';
import { scramVerifier } from './scram.ts';
import type { DeliveredFile, Delivery } from './store.ts';
import { fillTemplate } from './template.ts';

/** Owners inside the containers: the program's own user, and those of the official images (PostgreSQL on Alpine, nginx). */
const APP_OWNER = { uid: APP_UID, gid: APP_UID };
const DATABASE_OWNER = { uid: POSTGRES_UID, gid: POSTGRES_UID };
const GATE_OWNER = { uid: NGINX_UID, gid: NGINX_UID };

/** nginx computes it for every request, assets included: 8 is about 20 ms in libcrypt, 12 about 320. */
const BCRYPT_COST = 8;
/** bcrypt silently ignores what follows. */
const BCRYPT_BYTES = 72;

type Values = ReadonlyMap<string, Secret>;
type Random = (bytes: number) => Buffer;

/**
 * What each service's secret volume holds. What has no value is left out, and the entrypoint names it at the start.
 * Pure but for the salts, which come from `random`.
 * @param only these services; a login file takes 20 ms to compute.
 */
export function renderDeliveries(
  stack: Stack,
  values: Values,
  random: Random = randomBytes,
  only?: readonly string[],
): readonly Delivery[] {
  const wanted = (service: string) => only?.includes(service) ?? true;
  const services = Object.keys(stack.services).filter((name) => wanted(name) && serviceTemplates(stack, name).size > 0);
  const database = stack.database.kind === 'timescaledb' && (wanted('database') || wanted('migrate'));
  return [
    ...services.map((service) => ({ service, ...APP_OWNER, files: environmentFiles(stack, service, values) })),
    ...(database ? databaseDeliveries(values, random).filter(({ service }) => wanted(service)) : []),
    ...(hasGate(stack) && wanted('gate')
      ? [{ service: 'gate', ...GATE_OWNER, files: gateFiles(stack, values, random) }]
      : []),
  ];
}

function environmentFiles(stack: Stack, service: string, values: Values): readonly DeliveredFile[] {
  const files: DeliveredFile[] = [];
  for (const [variable, parts] of serviceTemplates(stack, service)) {
    const content = fillTemplate(parts, (name) => present(values, name)?.reveal());
    if (content === undefined) continue;
    // The entrypoint carries lines; of what has any, only a key in PEM is meant to.
    if (/[\0\r\n]/.test(content) && !isPem(content)) throw notOneLine(service, variable);
    files.push({ path: `env/${variable}`, content: new Secret(content) });
  }
  return files;
}

function databaseDeliveries(values: Values, random: Random): readonly Delivery[] {
  const superuser = file('superuser_password', present(values, DATABASE_SUPERUSER_PASSWORD));
  const password = present(values, DATABASE_PASSWORD);
  const role = file('app_role_verifier', password && scramVerifier(password, random(16)));
  return [
    { service: 'database', ...DATABASE_OWNER, files: superuser },
    { service: 'migrate', ...DATABASE_OWNER, files: [...superuser, ...role] },
  ];
}

function gateFiles(stack: Stack, values: Values, random: Random): readonly DeliveredFile[] {
  const password = present(values, GATE_PASSWORD);
  if (password === undefined) return [];
  if (Buffer.byteLength(password.reveal()) > BCRYPT_BYTES) throw tooLongForGate();
  const salt = `$2b$${String(BCRYPT_COST).padStart(2, '0')}$${bcrypt.encodeBase64([...random(16)], 16)}`;
  // A secret by itself: it can be tried out.
  const hash = new Secret(bcrypt.hashSync(password.reveal(), salt));
  return file(
    'htpasswd',
    hash.map((text) => `${stack.secrets.gateUser}:${text}\n`),
  );
}

function file(path: string, content: Secret | undefined): readonly DeliveredFile[] {
  return content === undefined ? [] : [{ path, content }];
}

function present(values: Values, name: string): Secret | undefined {
  const value = values.get(name);
  return value?.length ? value : undefined;
}

function notOneLine(service: string, variable: string): SetupError {
  return new SetupError(
    'usage',
    `${variable} of ${service} would hold a line end or a NUL, which no environment variable can carry.`,
    {
      code: 'secret-value-invalid',
      next: [
        `Set the secrets in services.${service}.secrets.${variable} again as one line of text (trading-setup secrets set NAME).`,
      ],
    },
  );
}

function tooLongForGate(): SetupError {
  return new SetupError(
    'usage',
    `${GATE_PASSWORD} is longer than ${BCRYPT_BYTES} bytes, and the gate would compare only those.`,
    {
      code: 'secret-value-invalid',
      next: [`Set a shorter one: trading-setup secrets set ${GATE_PASSWORD}`],
    },
  );
}
