import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { waitFor } from './wait.ts';

const Stats = z.object({
  looks: z.int(),
  medianMs: z.number(),
  p99Ms: z.number(),
  processes: z.int(),
  clients: z.int(),
  events: z.int(),
  inspections: z.int(),
});
/** What was watched: looks at all processes, the time between two, different command lines, docker clients, events. */
export type Stats = z.infer<typeof Stats>;

/** Watches the machine and the engine from now on (`watcher.js`); what passes by is kept in the folder. */
export async function watch(folder: string): Promise<{ readonly stop: () => Promise<Stats> }> {
  const script = join(import.meta.dirname, 'watcher.js');
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  // Where a life ends in an error nobody stops it.
  process.once('exit', () => child.kill('SIGTERM'));
  const ended = new Promise((done) => child.on('close', done));
  await waitFor('the watcher at work', async () => (existsSync(join(folder, 'ready')) ? true : undefined), 20);
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      return Stats.parse(JSON.parse(readFileSync(join(folder, 'stats.json'), 'utf8')));
    },
  };
}
