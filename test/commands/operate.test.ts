import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Context } from '../../src/commands/context.ts';
import { operate } from '../../src/commands/operate.ts';
import { jsonFace } from '../../src/ui/json.ts';
import { fakeEngine, memoryStore } from '../operations/engine.ts';
import { smallStack } from '../stack/stacks.ts';
import { ENGINE } from '../support/engine-answers.ts';
import { FakeTerminal } from '../ui/support/terminal.ts';

function prepared() {
  const stack = smallStack();
  const engine = fakeEngine(stack, ENGINE);
  const dir = mkdtempSync(join(tmpdir(), 'operate-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const context: Context = {
    dir,
    runner: engine.runner,
    face: jsonFace(new FakeTerminal().terminal),
    interactive: false,
    openStore: async () => memoryStore(),
    unlockOf: async () => ({ kind: 'key-file', path: join(dir, 'vault.key') }),
  };
  return { stack, engine, context };
}

describe('between the lock and the first step', () => {
  const planned = Promise.resolve([{ kind: 'build', cause: 'asked for' }] as const);
  const unanswered = new Promise<never>(() => undefined);

  it.each([
    ['SIGINT', 'a plan', planned],
    ['SIGTERM', 'a plan', planned],
    ['SIGHUP', 'a plan', planned],
    ['SIGHUP', 'a question that nobody can answer any more', unanswered],
  ] as const)('%s is exit 130, and the lock is given back: %s', async (signal, _, answer) => {
    const { stack, engine, context } = prepared();
    const listeners = process.listenerCount(signal);
    const run = operate(
      context,
      stack,
      'build',
      async () => {
        expect(engine.state.locked).toBe(true);
        process.emit(signal);
        return answer;
      },
      { truth: 'Built.', next: [] },
    );
    await expect(run).rejects.toMatchObject({ code: 'cancelled', exitCode: 130 });
    expect(engine.state.locked).toBe(false);
    expect(engine.runner.printed().at(-1)).toBe('docker container rm lock');
    expect(process.listenerCount(signal)).toBe(listeners);
  });
});
