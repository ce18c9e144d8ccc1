import { describe, expect, it, vi } from 'vitest';
import { patience } from '../../src/system/patience.ts';
import { runner } from '../../src/system/run.ts';

/** As a process that is stopped: nothing of it runs, and then everything is due at once. */
function stopped(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('patience', () => {
  it('ends after its time', async () => {
    const over = vi.fn();
    const began = performance.now();
    patience(300, over);
    await vi.waitFor(() => expect(over).toHaveBeenCalledOnce(), 3000);
    expect(performance.now() - began).toBeGreaterThanOrEqual(290);
  });

  it('does not count the time in which the process was stopped', async () => {
    const over = vi.fn();
    const forget = patience(400, over);
    stopped(1000);
    await new Promise((done) => setTimeout(done, 50));
    expect(over).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(over).toHaveBeenCalledOnce(), 3000);
    forget();
  });

  it('ends with what it waited for', async () => {
    const over = vi.fn();
    patience(20, over)();
    await new Promise((done) => setTimeout(done, 60));
    expect(over).not.toHaveBeenCalled();
  });
});

describe('a program that answered while this process was stopped', () => {
  it('is heard, and not told as late', async () => {
    const answer = runner().run({ argv: ['sh', '-c', 'sleep 0.2; echo done'] }, { timeoutMs: 600 });
    await new Promise((done) => setTimeout(done, 50));
    stopped(1200);
    expect(await answer).toEqual({ exitCode: 0, stdout: 'done\n', stderr: '', missing: false });
  });
});
