import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { type Line, printCommand, runner } from '../../src/system/run.ts';

const { run, stream } = runner();

async function collect(lines: AsyncGenerator<readonly Line[], number>): Promise<{ lines: Line[]; exitCode: number }> {
  const seen: Line[] = [];
  for (;;) {
    const next = await lines.next();
    if (next.done) return { lines: seen, exitCode: next.value };
    seen.push(...next.value);
  }
}

describe('run', () => {
  it('gives both pipes and the exit code without an exception', async () => {
    const result = await run({ argv: ['sh', '-c', 'echo out; echo err >&2; exit 7'] });
    expect(result).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n', missing: false });
  });

  it('tells a missing program from a failing one', async () => {
    expect(await run({ argv: ['no-such-program-anywhere'] })).toMatchObject({ exitCode: -1, missing: true });
  });

  it('does not call a program missing when only its folder is', async () => {
    expect(await run({ argv: ['true'], cwd: '/no/such/folder' })).toMatchObject({ exitCode: -1, missing: false });
  });

  it('hands a secret to standard input', async () => {
    expect((await run({ argv: ['cat'], stdin: new Secret('s3cret-value') })).stdout).toBe('s3cret-value');
  });

  it('hands bytes to standard input unchanged', async () => {
    const { stdout } = await run({ argv: ['sha256sum'], stdin: Buffer.from([0, 255, 254]) });
    expect(stdout).toMatch(/^d590f90f7944/);
  });

  it('ends a program that takes too long', async () => {
    const result = await run({ argv: ['sleep', '30'] }, { timeoutMs: 50 });
    expect(result.exitCode).toBe(124);
    expect(result.stderr).toContain('no answer within 50 ms');
  });

  it('ends a program on abort', async () => {
    const stop = new AbortController();
    const result = run({ argv: ['sleep', '30'] }, { signal: stop.signal });
    stop.abort();
    expect((await result).exitCode).toBe(143);
  });

  it('starts nothing when the signal is aborted already', async () => {
    expect((await run({ argv: ['touch', '/no/where'] }, { signal: AbortSignal.abort() })).exitCode).toBe(130);
  });

  it('puts the child into a process group of its own', async () => {
    const { stdout } = await run({ argv: ['sh', '-c', 'echo $$; ps -o pgid= -p $$'] });
    const [pid, group] = stdout.trim().split('\n').map(Number);
    expect(group).toBe(pid);
  });
});

describe('stream', () => {
  it('yields the lines of both pipes and returns the exit code', async () => {
    const { lines, exitCode } = await collect(stream({ argv: ['sh', '-c', 'echo a; echo b >&2; printf c; exit 3'] }));
    expect(lines.filter((l) => l.from === 'stdout').map((l) => l.text)).toEqual(['a', 'c']);
    expect(lines.filter((l) => l.from === 'stderr').map((l) => l.text)).toEqual(['b']);
    expect(exitCode).toBe(3);
  });

  it('loses no line of a fast writer while the reader is slow', async () => {
    let count = 0;
    for await (const lines of stream({ argv: ['seq', '1', '200000'] })) {
      count += lines.length;
      if (count % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(count).toBe(200_000);
  });

  it('returns -1 for a missing program', async () => {
    expect(await collect(stream({ argv: ['no-such-program-anywhere'] }))).toEqual({ lines: [], exitCode: -1 });
  });

  it('sends SIGTERM on abort and still yields the last words', async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    const lines = stream(
      { argv: ['sh', '-c', 'trap "echo bye; exit 130" TERM; echo up; while :; do sleep 0.05; done'] },
      { signal: stop.signal },
    );
    let next = await lines.next();
    while (!next.done) {
      seen.push(...next.value.map(({ text }) => text));
      if (seen.includes('up')) stop.abort();
      next = await lines.next();
    }
    expect(seen).toEqual(['up', 'bye']);
    expect(next.value).toBe(130);
  });

  it('ends the program when the reader goes away', async () => {
    let pid = 0;
    for await (const [line] of stream({ argv: ['sh', '-c', 'echo $$; exec sleep 30'] })) {
      pid = Number(line?.text);
      break;
    }
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('keeps characters whole that are split between chunks', async () => {
    const { lines } = await collect(stream({ argv: ['sh', '-c', "printf '\\303'; sleep 0.05; printf '\\251\\n'"] }));
    expect(lines).toEqual([{ from: 'stdout', text: 'é' }]);
  });
});

describe('printCommand', () => {
  it('shows a command as a person would type it, without standard input', () => {
    expect(printCommand({ argv: ['docker', 'rm', "it's", '{{json .}}'], stdin: 'hidden' })).toBe(
      `docker rm 'it'\\''s' '{{json .}}'`,
    );
  });
});

describe('a value that is cut with what a program wrote', () => {
  const value = 'cut-with-the-line-0123456789';
  new Secret(value);
  const half = value.slice(0, 20);

  it('is not left in half at the end of a line that is too long', async () => {
    const script = `process.stdout.write('x'.repeat(4 * 1024 * 1024 - 20) + ${JSON.stringify(value)} + 'y\\nnext\\n')`;
    const { lines } = await collect(stream({ argv: [process.execPath, '-e', script] }));
    expect(lines.map(({ text }) => text.replace(/^x+/, ''))).toEqual(['', 'next']);
  });

  it('is not left in half where the program was stopped', async () => {
    const script = `process.stdout.write('before ${half}'); setTimeout(() => {}, 60_000)`;
    const { stdout } = await run({ argv: [process.execPath, '-e', script] }, { timeoutMs: 1_500 });
    expect(stdout).toBe('before ');
  });
});
