import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { bundle, temporary } from './program.ts';

const SAMPLE = new URL('../fixtures/stacks/sample/expected', import.meta.url).pathname;

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** A folder with `trading-setup` in it, and a repository that is set up. */
function place() {
  const bin = temporary();
  writeFileSync(join(bin, 'trading-setup'), `#!/bin/sh\nexec '${process.execPath}' '${program.start}' "$@"\n`);
  chmodSync(join(bin, 'trading-setup'), 0o755);
  const repository = join(temporary(), 'sample');
  cpSync(SAMPLE, repository, { recursive: true });
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: temporary(), TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  return { bin, repository, env };
}

/** A real shell on a real terminal, with the script of ours read. */
class Shell {
  readonly #screen = new xterm.Terminal({ cols: 160, rows: 50, allowProposedApi: true });
  readonly #process: ReturnType<typeof spawn>;

  constructor(argv: readonly [string, ...string[]], cwd: string, env: Readonly<Record<string, string>>) {
    const [file, ...args] = argv;
    this.#process = spawn(file, args, { name: 'xterm-256color', cols: 160, rows: 50, cwd, env });
    this.#process.onData((data) => this.#screen.write(data));
    onTestFinished(() => this.#process.kill('SIGKILL'));
  }

  type(keys: string): void {
    this.#process.write(keys);
  }

  text(): string {
    const { active } = this.#screen.buffer;
    return Array.from({ length: 50 }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd();
  }

  async sees(pattern: RegExp): Promise<string> {
    await vi.waitFor(() => expect(this.text()).toMatch(pattern), { timeout: 10_000, interval: 20 });
    return this.text();
  }
}

const missing = (shell: string): boolean => {
  const absent = spawnSync(shell, ['-c', ':']).error !== undefined;
  if (absent) console.warn(`skipped: ${shell} is not installed (apt-get install ${shell})`);
  return absent;
};

/** What is typed, and what the key makes of it: with a blank where the word is whole. */
const TYPED: readonly (readonly [typed: string, line: string])[] = [
  ['trading-setup dep', 'trading-setup deploy '],
  ['trading-setup init --dry', 'trading-setup init --dry-run '],
  ['trading-setup secrets set GATE', 'trading-setup secrets set GATE_PASSWORD '],
  ['trading-setup secrets reveal --plain GATE', 'trading-setup secrets reveal --plain GATE_PASSWORD '],
  ['trading-setup secrets remove GATE', 'trading-setup secrets remove GATE_PASSWORD '],
  [
    'trading-setup secrets set GATE_PASSWORD --from-file answ',
    'trading-setup secrets set GATE_PASSWORD --from-file answers.yaml ',
  ],
  ['trading-setup secrets move --to key', 'trading-setup secrets move --to keychain '],
  ['trading-setup secrets import answ', 'trading-setup secrets import answers.yaml '],
  ['trading-setup init --set ports.t', 'trading-setup init --set ports.tui='],
  ['trading-setup init --set ports.api.via=d', 'trading-setup init --set ports.api.via=direct '],
  ['trading-setup init --set=secrets.st', 'trading-setup init --set=secrets.store='],
  ['trading-setup build --progress pl', 'trading-setup build --progress plain '],
  ['trading-setup build --progress=j', 'trading-setup build --progress=json '],
  ['trading-setup check --dir doc', 'trading-setup check --dir docker/'],
  ['trading-setup init --answers answ', 'trading-setup init --answers answers.yaml '],
  ['trading-setup completion z', 'trading-setup completion zsh '],
  ['trading-setup --plain stat', 'trading-setup --plain status '],
];

describe.each([
  ['bash', ['bash', '--norc', '--noprofile', '-i'], 'source <(trading-setup completion bash)'],
  [
    'zsh',
    ['zsh', '-f', '-i'],
    'autoload -Uz compinit; compinit -u -D; setopt no_beep; source <(trading-setup completion zsh)',
  ],
] as const)('%s', (name, argv, load) => {
  it.skipIf(!process.env.CI && missing(name))('completes what is typed', { timeout: 120_000 }, async () => {
    const { repository, env } = place();
    writeFileSync(join(repository, 'answers.yaml'), 'mode: live\n');
    const shell = new Shell(argv, repository, { ...env, PS1: '$ ', INPUTRC: '/dev/null' });
    await shell.sees(/\$ $|^\$$/m);
    shell.type(`PS1='> '; ${load}; echo ready-$((40 + 2))\r`);
    await shell.sees(/ready-42\n>/);
    for (const [typed, line] of TYPED) {
      shell.type(`${typed}\t`);
      await shell.sees(new RegExp(`^> ${line.trimEnd().replaceAll('.', '\\.')}`, 'm'));
      // A letter behind it makes the blank, or its absence, visible.
      shell.type('X');
      await vi.waitFor(() => expect(shell.text()).toContain(`> ${line}X`), 5000);
      shell.type('\u0003');
      await shell.sees(/\n>\s*$/);
      shell.type('\u000C');
      await shell.sees(/^>\s*$/);
    }
    shell.type('trading-setup secrets \t\t');
    await shell.sees(/import[\s\S]*list[\s\S]*move/);
  });
});

/** What all of them begin with: that far the key goes by itself. */
function common(words: readonly string[]): string {
  return words.reduce((start, word) => {
    const differs = Array.from(start).findIndex((letter, at) => letter !== word[at]);
    return differs < 0 ? start : start.slice(0, differs);
  });
}

describe('fish', () => {
  it.skipIf(!process.env.CI && missing('fish'))('completes what is typed', { timeout: 60_000 }, () => {
    const { repository, env } = place();
    writeFileSync(join(repository, 'answers.yaml'), 'mode: live\n');
    const offered = (typed: string) => {
      const script = `trading-setup completion fish | source; complete -C '${typed}'`;
      const said = execFileSync('fish', ['--no-config', '-c', script], { cwd: repository, env, encoding: 'utf8' });
      return said
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[0] ?? '');
    };
    for (const [typed, line] of TYPED) expect(common(offered(typed)), typed).toBe(line.trimEnd().split(' ').at(-1));
    expect(offered('trading-setup secrets ')).toEqual([
      'import',
      'list',
      'login',
      'move',
      'push',
      'remove',
      'reveal',
      'set',
    ]);
  });
});

describe('the scripts', () => {
  it.each(['bash', 'zsh', 'fish'])('of %s name every command and flag that --help names', async (shell) => {
    const { stdout } = await program.run(['completion', shell]);
    for (const command of ['init', 'try', 'inspect', 'check', 'build', 'deploy', 'status', 'down', 'secrets']) {
      expect(stdout).toContain(command);
      const help = (await program.run([command, '--help'])).stdout;
      for (const [, flag = ''] of help.matchAll(/^ {2}(?:-\w, )?--([\w-]+)/gm)) expect(stdout).toContain(flag);
    }
    expect(stdout).not.toMatch(/\boffer '|name: offer/);
  });

  it('has nothing that shellcheck warns of, in bash', async () => {
    const script = join(temporary(), 'completion.bash');
    writeFileSync(script, (await program.run(['completion', 'bash'])).stdout);
    const { status, stdout, error } = spawnSync('shellcheck', ['-s', 'bash', script], { encoding: 'utf8' });
    if (error && !process.env.CI) return console.warn('skipped: shellcheck is not installed');
    expect([status, stdout]).toEqual([0, '']);
  });

  it('of another shell are refused: exit 2', async () => {
    const { code, stdout, stderr } = await program.run(['completion', 'tcsh']);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/bash, zsh, fish/)]);
  });
});

describe('what is offered', () => {
  it('needs neither a repository nor an engine, and says nothing where it cannot tell', async () => {
    const nowhere = await program.run(['offer', 'secrets', '--', 'trading-setup', 'secrets', 'set', '']);
    expect(nowhere).toEqual({ code: 0, stdout: '', stderr: '' });
    const settings = await program.run(['offer', 'settings', '--', 'trading-setup', 'init', '--set', '']);
    expect(settings.stdout).toContain('ports.tui=\n');
    expect(settings.stdout).toContain('mode=paper\nmode=live\n');
    expect(settings.stderr).toBe('');
  });

  it('is of the folder that --dir names', async () => {
    const { repository } = place();
    for (const words of [['--dir', repository], [`--dir=${repository}`]]) {
      const { stdout } = await program.run(['offer', 'secrets', '--', 'trading-setup', ...words, 'secrets', 'set', '']);
      expect(stdout).toContain('GATE_PASSWORD\n');
    }
  });

  it('is of a folder in the home of the person, which no shell has expanded yet', async () => {
    const { repository } = place();
    const home = join(repository, '..');
    for (const words of [['--dir', '~/sample'], ['--dir=~/sample']]) {
      const asked = ['offer', 'secrets', '--', 'trading-setup', ...words, 'secrets', 'set', ''];
      expect((await program.run(asked, { home, cwd: '/' })).stdout).toContain('GATE_PASSWORD\n');
    }
  });

  it('is nothing that a shell expands, and no key that stands where a name belongs', async () => {
    const dir = join(temporary(), 'repository');
    mkdirSync(dir);
    const key = `0x${'ab'.repeat(32)}`;
    writeFileSync(
      join(dir, 'trading-setup.yaml'),
      `secrets: { entries: { "$(touch owned)": {}, "a b": {}, ${key}: {}, GOOD: {} } }\n`,
    );
    const { stdout } = await program.run(['offer', 'secrets', '--', 'trading-setup'], { cwd: dir });
    expect(stdout).toBe('GOOD\n');
    writeFileSync(join(dir, 'trading-setup.yaml'), 'secrets: [\n');
    const broken = await program.run(['offer', 'secrets', '--', 'trading-setup'], { cwd: dir });
    expect(broken).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});
