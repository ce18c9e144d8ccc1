import { observe } from '../../../engine/observe.ts';
import { runOnce } from '../../../engine/once.ts';
import { Secret } from '../../../secret.ts';
import { APP_UID, GATE, imageOf, TUI_PORT } from '../../../stack/names.ts';
import type { Stack } from '../../../stack/schema.ts';
import type { Proof } from '../do/prove.ts';
import { isWitness, otherSide, type Session } from '../session.ts';
import type { RotationBench, Side } from '../types.ts';

/** Asks the gate once for each login on standard input; bash speaks TCP without another program in the image. */
export const ASK = `port=$1 path=$2
while IFS= read -r login; do
  code=
  if { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
    printf 'GET %s HTTP/1.1\\r\\nHost: 127.0.0.1:%s\\r\\nAuthorization: Basic %s\\r\\nConnection: close\\r\\n\\r\\n' "$path" "$port" "$login" >&3
    IFS=' ' read -r -t 15 _ code _ <&3 || :
    exec 3>&-
  fi
  printf '%s\\n' "\${code:-none}"
done`;

/** Where the gate listens inside its container, and a path behind its login that answers without acting. */
function doorOf({ tui, ports, services }: Stack): { readonly port: number; readonly path: string } {
  if (tui.access === 'browser') return { port: TUI_PORT, path: '/' };
  const health = services[ports.api?.service ?? '']?.health;
  return { port: ports.api?.container ?? TUI_PORT, path: health?.kind === 'http' ? health.path : '/' };
}

/** The status codes that the gate gives to each of these passwords; `none`: it does not answer. Undefined: it does not run. */
export async function askGate(
  { runner, stack }: Pick<RotationBench, 'runner' | 'stack'>,
  passwords: readonly Secret[],
): Promise<readonly string[] | undefined> {
  const { containers } = await observe(runner, stack.id);
  const gate = containers.find(({ service, state }) => service === GATE && state === 'running');
  if (!gate) return undefined;
  const { port, path } = doorOf(stack);
  const user = stack.secrets.gateUser;
  const logins = passwords.map((each) => Buffer.from(`${user}:${each.reveal()}`).toString('base64'));
  const { stdout } = await runOnce(runner, {
    name: `trading-setup-gate-${stack.id}`,
    image: imageOf(stack, 'app'),
    script: ASK,
    args: [String(port), path],
    user: `${APP_UID}:${APP_UID}`,
    labels: { 'trading-setup.stack': stack.id },
    volumes: [],
    tmpfs: [],
    capabilities: [],
    network: `container:${gate.id}`,
    shell: 'bash',
    stdin: new Secret(logins.map((login) => `${login}\n`).join('')),
  });
  const codes = stdout.split('\n').filter(Boolean);
  return passwords.map((_, nth) => codes[nth] ?? 'none');
}

const REFUSED = '401';

/** The gate lets the one value in and the other not. What is behind it may be down: then it is not the gate that says so. */
export async function proveGate(session: Session, side: Side): Promise<readonly Proof[]> {
  const { bench, journal, values, notes } = session;
  const secret = journal.now.secrets.find(({ kind }) => kind === 'gate-login');
  const right = secret && values[side].get(secret.name);
  if (!right || !isWitness(session, GATE)) return [];
  const wrong = values[otherSide(side)].get(secret.name);
  const codes = await askGate(bench, [right, ...(wrong ? [wrong] : [])]);
  const names = [secret.name];
  if (!codes) return [{ names, text: 'the gate does not run', good: notes.waited ? undefined : false }];
  const [taken = 'none', refused] = codes;
  const proofs = [
    {
      names,
      text: `the gate answers ${taken} to the ${side} password`,
      good: /^\d+$/.test(taken) && taken !== REFUSED,
    },
  ];
  if (refused === undefined) return proofs;
  const other = otherSide(side);
  const isRefused = refused === REFUSED;
  return [...proofs, { names, text: `the gate answers ${refused} to the ${other} password`, good: isRefused }];
}
