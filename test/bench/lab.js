// The engine of the bench: the one that answers, else one that is brought up and stopped again.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('../live/lab/', import.meta.url));

function script(name, env) {
  const { status } = spawnSync('bash', [join(scripts, name)], { env, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
}

/** Brings the engine and the stand-in images up; returns the environment in which programs use them. */
export function enterLab(scratch) {
  const lab = process.env.TRADING_SETUP_LAB || join(homedir(), '.cache/trading-setup-lab');
  const override = join(scratch, 'override.yml');
  // The stage that would download ttyd is replaced by a folder; the generated files stay as they are.
  writeFileSync(
    override,
    `services:\n  tui:\n    build:\n      additional_contexts:\n        ttyd: ${join(lab, 'ttyd')}\n`,
  );
  const env = {
    ...process.env,
    TRADING_SETUP_LAB: lab,
    PATH: [join(lab, 'bin'), process.env.PATH].join(delimiter),
    COMPOSE_FILE: `docker-compose.yml:${override}`,
  };
  const answered = spawnSync('docker', ['info'], { env, stdio: 'ignore' }).status === 0;
  script('up.sh', env);
  return { env, leave: () => (answered ? undefined : script('down.sh', env)) };
}
