import { lastLines } from '../../../engine/errors.ts';
import { observe } from '../../../engine/observe.ts';
import { runOnce } from '../../../engine/once.ts';
import { SetupError } from '../../../errors.ts';
import { Secret } from '../../../secret.ts';
import { DATABASE, DATABASE_FOLDER, POSTGRES_UID } from '../../../stack/names.ts';
import type { Proof } from '../do/prove.ts';
import { roleOf } from '../roles.ts';
import { otherSide, type Session } from '../session.ts';
import type { RotationBench, Side } from '../types.ts';

/**
 * Logs in once for each line of standard input. Inside the database's container loopback is trusted, so this comes from
 * another one; libpq insists on SCRAM where it knows the setting (16 and later).
 */
export const LOGIN = `export PGHOST=database PGUSER="$1" PGDATABASE="$2" PGCONNECT_TIMEOUT=15 PGREQUIREAUTH=scram-sha-256
while IFS= read -r password; do
  if answer=$(PGPASSWORD=$password psql --no-psqlrc --no-password -Atqc 'select 1' 2>&1 </dev/null); then echo taken
  else case $answer in
    *'password authentication failed'*) echo refused ;;
    *) printf 'failed %s\\n' "$(printf %s "$answer" | tr '\\n' ' ')" ;;
  esac; fi
done`;

/** What the database says to a password. */
export type Login =
  | { readonly is: 'taken' }
  | { readonly is: 'refused' }
  | { readonly is: 'failed'; readonly why: string };

/** The running container of the database. @throws SetupError `database-stopped`. */
export async function runningDatabase({ runner, stack }: Pick<RotationBench, 'runner' | 'stack'>): Promise<string> {
  const { containers } = await observe(runner, stack.id);
  const found = containers.find(({ service, state }) => service === DATABASE && state === 'running');
  if (found) return found.id;
  throw new SetupError('needs-you', 'The database does not run, and a password is changed in the running one.', {
    code: 'database-stopped',
    next: ['Start the stack (trading-setup deploy), then run the rotation again.'],
  });
}

/** Logs in to the database from a container that is no part of the stack, with each of these passwords. */
export async function tryLogins(
  { runner, stack }: Pick<RotationBench, 'runner' | 'stack'>,
  role: string,
  passwords: readonly Secret[],
): Promise<readonly Login[]> {
  const { database } = stack;
  if (database.kind === 'none') return [];
  const own = `uid=${POSTGRES_UID},gid=${POSTGRES_UID},mode=0700`;
  const { stdout, stderr } = await runOnce(runner, {
    name: `trading-setup-login-${stack.id}`,
    image: database.image,
    script: LOGIN,
    args: [role, database.name],
    user: `${POSTGRES_UID}:${POSTGRES_UID}`,
    labels: { 'trading-setup.stack': stack.id },
    volumes: [],
    // The image would make a volume of its own for its data.
    tmpfs: [`/tmp:${own}`, `${DATABASE_FOLDER}:${own}`],
    capabilities: [],
    network: `${stack.id}_database`,
    stdin: new Secret(passwords.map((password) => `${password.reveal()}\n`).join('')),
  });
  const said = stdout.split('\n').filter(Boolean);
  return passwords.map((_, nth) => toLogin(said[nth], stderr));
}

function toLogin(line: string | undefined, stderr: string): Login {
  if (line === 'taken') return { is: 'taken' };
  if (line === 'refused') return { is: 'refused' };
  const [why = 'no answer'] = lastLines(line?.replace(/^failed /, '') ?? stderr, 1);
  return { is: 'failed', why };
}

/** Every role logs in with the one value and is refused with the other. */
export async function proveDatabase({ bench, journal, values }: Session, side: Side): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  for (const { name, kind } of journal.now.secrets) {
    const right = values[side].get(name);
    if (kind !== 'database-role' || !right) continue;
    const wrong = values[otherSide(side)].get(name);
    const role = roleOf(bench.stack, name);
    const [taken, refused] = await tryLogins(bench, role, [right, ...(wrong ? [wrong] : [])]);
    if (taken) proofs.push({ names: [name], text: sentence(role, side, taken), good: taken.is === 'taken' });
    if (refused)
      proofs.push({ names: [name], text: sentence(role, otherSide(side), refused), good: refused.is === 'refused' });
  }
  return proofs;
}

function sentence(role: string, side: Side, login: Login): string {
  const what = `the ${side} password of ${role}`;
  if (login.is === 'taken') return `${what} logs in, from another container`;
  return login.is === 'refused' ? `${what} is refused` : `${what} could not be tried: ${login.why}`;
}
