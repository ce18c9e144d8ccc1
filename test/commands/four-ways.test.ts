import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { unpackSample } from '../../src/flow/sample.ts';
import { Pty } from '../ui/support/pty.ts';
import { KEY } from '../ui/support/terminal.ts';
import { bundle, temporary } from './program.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** Without it every run would make a stack of its own. */
const ID = ['--set', 'id=algo-trade-5a3b1e'];

/** What is decided in each of the ways; both credentials are left out. */
const DECISIONS = {
  'ports.tui': '17682',
  'ports.api.host': '18180',
  'ports.api.via': 'direct',
  'database.memory': '2GB',
  'secrets.gateUser': 'desk',
  'services.app.stopGrace': '45s',
} as const;

const ANSWERS = `services: { app: { stopGrace: 45s } }
ports: { tui: 17682, api: { host: 18180, via: direct } }
database: { memory: 2GB }
secrets: { gateUser: desk, unlock: passphrase }
`;

async function sample(): Promise<string> {
  const dir = join(temporary(), 'sample');
  await unpackSample(dir);
  return dir;
}

/** Every file with its mode and its bytes. */
function tree(dir: string): Readonly<Record<string, string>> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(dir, path)).isFile(),
  );
  return Object.fromEntries(
    files.sort().map((path) => [path, `${statSync(join(dir, path)).mode} ${readFileSync(join(dir, path), 'utf8')}`]),
  );
}

function terminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Pty {
  const home = temporary();
  const engine = { HOME: home, DOCKER_HOST: `unix://${home}/no-engine.sock` };
  const pty = new Pty(program.start, args, { ...engine, ...env }, 100, 60);
  onTestFinished(() => pty.kill('SIGKILL'));
  return pty;
}

/** The command that was printed for doing the same without questions. */
function equivalentIn(written: string): string {
  const found = /npx trading-setup (init --yes[^\r\n]*)/g;
  const command = [...written.matchAll(found)].at(-1)?.[1];
  return command ?? expect.fail(`no command in ${written}`);
}

/** By keys alone: to a section, to a line of it, and what is typed there. */
async function byWizard(dir: string): Promise<{ files: ReturnType<typeof tree>; equivalent: string }> {
  const pty = terminal(['init', '--no-start', '--dir', dir, ...ID]);
  const go = async (section: string, title: string): Promise<void> => {
    await until(pty, KEY.tab, new RegExp(`▸ ${section}`));
    await until(pty, KEY.down, new RegExp(`│ ▸ ${title} `));
    pty.type(KEY.enter);
  };
  const type = async (section: string, title: string, text: string): Promise<void> => {
    await go(section, title);
    await pty.sees('enter');
    pty.type(`${KEY.ctrlU}${text}${KEY.enter}`);
    await vi.waitFor(() => expect(pty.screen()).toMatch(new RegExp(`${title} +${text}`)), 5000);
  };
  await pty.sees('Write these files');
  await type('Services', 'time to stop', '45s');
  await type('Ports', 'Web API', '18180');
  await go('Ports', 'Web API through');
  await pty.sees('○ no login');
  pty.type(`${KEY.down}${KEY.enter}`);
  await vi.waitFor(() => expect(pty.screen()).toMatch(/Web API through +no login/), 5000);
  await type('Ports', 'Terminal', '17682');
  await type('Database', 'Memory', '2GB');
  await type('Secrets', 'Login name', 'desk');
  for (const name of ['HYPERLIQUID_ACCOUNT_ADDRESS', 'HYPERLIQUID_API_WALLET_KEY']) {
    await go('Credentials', name);
    await pty.sees('enter');
    pty.type(KEY.enter);
    await vi.waitFor(() => expect(pty.screen()).toMatch(new RegExp(`${name} +skipped`)), 5000);
  }
  await until(pty, KEY.tab, /▸ Review/);
  await until(pty, KEY.down, /▸ Write these files/);
  pty.type(KEY.enter);
  expect(await pty.ended).toBe(0);
  return { files: tree(dir), equivalent: equivalentIn(pty.written) };
}

/** Where the marks of the screen stand; what is looked up meanwhile changes the rest of it. */
function marks(pty: Pty): string {
  return [...pty.screen().matchAll(/▸ .{0,24}/g)].join('\n');
}

/** Presses a key until the screen shows it, each time after the marks have followed. */
async function until(pty: Pty, key: string, shows: RegExp): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    if (shows.test(pty.screen())) return;
    const before = marks(pty);
    pty.type(key);
    await vi.waitFor(() => expect(marks(pty), pty.screen()).not.toBe(before), { timeout: 5000, interval: 5 });
  }
  expect.fail(`${shows.source} is not reached:\n${pty.screen()}`);
}

/** By prompts: inquirer's, or the simplest ones. */
async function byPrompts(dir: string, env: Readonly<Record<string, string>>) {
  const pty = terminal(['init', '--plain', '--no-start', '--dir', dir, ...ID], env);
  const simple = env.ACCESSIBLE !== undefined;
  let read = 0;
  const after = (): string => stripVTControlCharacters(pty.written.slice(read));
  const reply = async (question: RegExp, typed: string): Promise<void> => {
    await vi.waitFor(() => expect(after()).toMatch(question), { timeout: 10_000, interval: 10 });
    read = pty.written.length;
    pty.type(`${typed}\r`);
  };
  const pick = async (option: string): Promise<void> => {
    const number = () => new RegExp(`(\\d+)\\) ${option}`).exec(after())?.[1];
    await vi.waitFor(() => expect(number(), after()).toBeDefined(), { timeout: 10_000, interval: 10 });
    await reply(simple ? /Number, 1 to \d+.*: $/ : /\? [^\n]*\n[\s\S]*\d+\) /, number() ?? '');
  };
  const change = async (title: string, question: string): Promise<void> => {
    await pick('Change a line');
    await pick('Find a line by its name');
    await reply(/A part of its name/, title);
    await pick(question);
  };
  const clear = simple ? '' : KEY.ctrlU;
  for (const name of ['ACCOUNT_ADDRESS', 'API_WALLET_KEY']) await reply(new RegExp(`${name} \\(optional.*: ?`), '');
  for (const [title, question, typed] of [
    ['time to stop', 'Services, time to stop', '45s'],
    ['ports.api.host', 'Ports, Web API', '18180'],
    ['ports.tui', 'Ports, Terminal', '17682'],
    ['memory', 'Database, Memory', '2GB'],
    ['login name', 'Secrets, Login name', 'desk'],
  ] as const) {
    await change(title, question);
    await reply(new RegExp(`(^|\\n)(\\? )?${question.split(', ')[1]}.*[:)] ?`), `${clear}${typed}`);
  }
  await change('web api through', 'Ports, Web API through');
  await pick('no login');
  await pick('Write these files');
  expect(await pty.ended).toBe(0);
  return { files: tree(dir), equivalent: equivalentIn(pty.written) };
}

async function bySilence(dir: string, args: readonly string[]) {
  const { code, stdout, stderr } = await program.run(['init', '--yes', '--no-start', '--dir', dir, ...ID, ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return { files: tree(dir), equivalent: equivalentIn(stdout) };
}

function byFlags(dir: string) {
  const sets = Object.entries(DECISIONS).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
  return bySilence(dir, [...sets, '--set', 'secrets.unlock=passphrase']);
}

function byAnswers(dir: string) {
  const folder = temporary();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'answers.yaml'), ANSWERS);
  return bySilence(dir, ['--answers', join(folder, 'answers.yaml')]);
}

describe('the same decisions', () => {
  it('make the same bytes by keys, by prompts, by an answers file, by flags, and by the command that each prints', {
    timeout: 180_000,
  }, async () => {
    const flags = await byFlags(await sample());
    expect(flags.files['trading-setup.yaml']).toContain('tui: 17682');
    expect(flags.files['docker-compose.yml']).toContain('18180');
    const others = {
      wizard: await byWizard(await sample()),
      prompts: await byPrompts(await sample(), {}),
      'simplest prompts': await byPrompts(await sample(), { ACCESSIBLE: '1' }),
      answers: await byAnswers(await sample()),
    };
    for (const [way, { files }] of Object.entries(others)) expect(files, way).toEqual(flags.files);
    for (const [way, { equivalent }] of Object.entries({ flags, ...others })) {
      const dir = await sample();
      // It names the folder of its run, and that nothing was to be started; here the same is done to another folder.
      expect(equivalent, way).toMatch(/ --dir \/\S+\/sample --no-start /);
      // As a person would paste it into a shell.
      const said = `node '${program.start}' ${equivalent.replace(/--dir \S+/, '')}`;
      execFileSync('sh', ['-c', said], {
        cwd: dir,
        env: { PATH: process.env.PATH ?? '', HOME: temporary(), DOCKER_HOST: 'unix:///nowhere.sock' },
        stdio: 'pipe',
      });
      expect(tree(dir), `the command of ${way}: ${equivalent}`).toEqual(flags.files);
    }
  });
});
