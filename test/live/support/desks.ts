import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { CHAIN } from './desk.ts';
import { cli, LIVE, type Ran } from './run.ts';
import { makeSystemB, type SystemB } from './system-b.js';

const Written = z.object({
  id: z.string(),
  build: z.object({ strategy: z.enum(['nix', 'cargo-chef']), binaries: z.array(z.object({ bin: z.string() })) }),
  ports: z.object({ api: z.object({ host: z.int(), instances: z.record(z.string(), z.int()).optional() }) }),
  secrets: z.object({ gateUser: z.string() }),
});
export type Written = z.infer<typeof Written>;

/** What is written down about the stack in a folder. */
export function written(dir: string): Written {
  return Written.parse(parse(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')));
}

/** What only a person knows of the system, for one instance at each broker. */
const ANSWERS = {
  instances: ['schwab', 'alpaca'],
  services: {
    app: {
      environment: {
        ORDERBOOK: CHAIN.orderbook,
        ORDER_HASH: CHAIN.orderHash,
        DEPLOYMENT_BLOCK: String(CHAIN.deploymentBlock),
      },
    },
  },
};

/** Writes the files of a stack. */
export function init(dir: string, ...more: readonly string[]): Promise<Ran> {
  return cli(['init', '--yes', '--no-start', '--dir', dir, ...more], { env: environment });
}

/** No override of the harness is for this system: it has no terminal UI. */
export const environment = { COMPOSE_FILE: undefined };

/** A repository of system B of its own, and what `init` says to it. */
export async function repository(name: string, options: SystemB, ...more: readonly string[]) {
  const dir = join(LIVE, name);
  makeSystemB(dir, options);
  const answers = join(LIVE, `${name}.answers.yaml`);
  writeFileSync(answers, JSON.stringify(ANSWERS));
  return { dir, ran: await init(dir, '--answers', answers, ...more) };
}

const First = z.object({ code: z.int(), stdout: z.string(), stderr: z.string(), seconds: z.number() });

/**
 * The repository with one instance at Schwab and one at Alpaca that the test files share, so that it is compiled once:
 * the flake with a shell only, without what its task makes.
 */
export async function desks(): Promise<{ readonly dir: string; readonly first: Ran }> {
  mkdirSync(LIVE, { recursive: true });
  const dir = join(LIVE, 'desks');
  const record = join(LIVE, 'desks.first.json');
  if (!existsSync(record)) writeFileSync(record, JSON.stringify((await repository('desks', {})).ran));
  const first = First.parse(JSON.parse(readFileSync(record, 'utf8')));
  if (first.code !== 0) throw new Error(`init ended with ${first.code}\n${first.stdout}\n${first.stderr}`);
  return { dir, first };
}

/** Builds, and has to succeed. */
export async function build(dir: string): Promise<Ran> {
  const ran = await cli(['build', '--dir', dir, '--progress', 'plain'], { env: environment });
  if (ran.code !== 0) throw new Error(`build ended with ${ran.code}\n${ran.stdout.slice(-4000)}\n${ran.stderr}`);
  return ran;
}
