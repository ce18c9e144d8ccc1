import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, moved, put, run } from './shell.ts';

const STACK = { TRADING_SETUP_STACK: 'toy-5a3b1e', TRADING_SETUP_SERVICE: 'app' };
const SECRETS = { ...STACK, TRADING_SETUP_SECRETS: 'yes' };
const PRINT = [process.execPath, '-e', 'process.stdout.write(JSON.stringify(process.env))'] as const;

/** A marked secret volume with these values. */
function secretVolume(values: Readonly<Record<string, string>> = {}, mark = 'toy-5a3b1e app-secrets\n') {
  const dir = folder();
  put(join(dir, 'secrets/.trading-setup'), mark);
  for (const [name, value] of Object.entries(values)) put(join(dir, 'secrets/env', name), value);
  return { dir, script: moved('entrypoint.sh', dir) };
}

describe.each(['sh', 'bash'])('the entrypoint under %s', (shell) => {
  it.each([
    ['text', 'plain'],
    ['a line end at its end', 'plain\n'],
    ['several line ends at its end', 'plain\n\n\n'],
    ['lines', 'one\ntwo\r\nthree'],
    ['quotes', `it's "so" \\' \\"`],
    ['signs that a shell reads', '$HOME ${PATH} $(id) `id` \\ ! * ? ~ # ; & | < > ( ) {a,b}'],
    ['blanks around it', '  x\t '],
    ['an option', '-n -e'],
    ['other alphabets', 'größer → 💰'],
  ])('hands over %s as it is', async (_, value) => {
    const { script } = secretVolume({ KEY: value });
    const { code, stdout, stderr } = await run([shell, script, ...PRINT], SECRETS);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).KEY).toBe(value);
  });

  it('passes over an emptied file: its secret was taken away', async () => {
    const { script } = secretVolume({ GONE_KEY: '', KEY: 'here' });
    const { stdout } = await run([shell, script, ...PRINT], SECRETS);
    expect(JSON.parse(stdout)).not.toHaveProperty('GONE_KEY');
    expect(JSON.parse(stdout)).toHaveProperty('KEY', 'here');
  });

  it('hands over every file and nothing of its own', async () => {
    const { script } = secretVolume({ A_KEY: '1', B_KEY: '2' });
    const { stdout } = await run([shell, script, ...PRINT], SECRETS);
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({ A_KEY: '1', B_KEY: '2' });
    for (const own of [
      'ts_file',
      'ts_value',
      'ts_missing',
      'ts_found',
      'ts_name',
      'ts_word',
      'ts_next',
      'ts_present',
      'ts_line',
    ])
      expect(seen).not.toHaveProperty(own);
  });

  it.each([
    ['has no mark', undefined],
    ['is that of another stack', 'other-000000 app-secrets\n'],
    ['is that of another service', 'toy-5a3b1e side-secrets\n'],
    ['is empty', ''],
  ])('refuses a secret volume that %s, with 78 and the command for it', async (_, mark) => {
    const { script } = secretVolume({ KEY: 'hunter2' }, mark ?? '');
    const { code, stdout, stderr } = await run([shell, script, ...PRINT], SECRETS);
    expect([code, stdout]).toEqual([78, '']);
    expect(stderr).toContain('is not marked as "toy-5a3b1e app-secrets"');
    expect(stderr).toContain('entrypoint: next: npx trading-setup secrets push');
    expect(stderr).not.toContain('hunter2');
  });

  it('refuses a data volume that lost its content, and starts on its own', async () => {
    const dir = folder();
    const script = moved('entrypoint.sh', dir);
    const env = { ...STACK, TRADING_SETUP_DATA: join(dir, 'data') };
    const refused = await run([shell, script, ...PRINT], env);
    expect([refused.code, refused.stdout]).toEqual([78, '']);
    expect(refused.stderr).toMatch(/the data volume at .* is not marked as "toy-5a3b1e app-data" \(found: ""\)/);
    expect(refused.stderr).toContain('restore it before this service starts');
    put(join(dir, 'data/.trading-setup'), 'toy-5a3b1e app-data\n');
    expect(await run([shell, script, ...PRINT], env)).toMatchObject({ code: 0, stderr: '' });
  });

  it('says of a setting how it is set, and of a secret of an instance what it is called', async () => {
    const { script } = secretVolume({});
    const env = { ...SECRETS, TRADING_SETUP_REQUIRED: 'ORDERBOOK= HERE= KEY=KEY_ALPACA', HERE: '1' };
    const { code, stderr } = await run([shell, script, ...PRINT], env);
    expect(code).toBe(78);
    expect(stderr).toBe(
      [
        'ORDERBOOK is required and has no value.',
        'next: npx trading-setup init --no-start --set services.app.environment.ORDERBOOK=VALUE && npx trading-setup deploy',
        'KEY is required and has no value.',
        'next: npx trading-setup secrets set KEY_ALPACA && npx trading-setup deploy',
      ]
        .map((line) => `entrypoint: ${line}\n`)
        .join(''),
    );
  });

  it('names every required variable that has no value, and the command for each, but no argument of the program', async () => {
    const { script } = secretVolume({ HAS: 'x', EMPTY: '' });
    const env = { ...SECRETS, TRADING_SETUP_REQUIRED: 'HAS EMPTY LACKS' };
    const { code, stdout, stderr } = await run([shell, script, 'program', '--password=hunter2'], env);
    expect([code, stdout]).toEqual([78, '']);
    expect(stderr.trim().split('\n')).toEqual([
      'entrypoint: EMPTY is required and has no value.',
      'entrypoint: next: npx trading-setup secrets set EMPTY && npx trading-setup deploy',
      'entrypoint: LACKS is required and has no value.',
      'entrypoint: next: npx trading-setup secrets set LACKS && npx trading-setup deploy',
    ]);
  });

  it('takes a required variable from the environment too', async () => {
    const { script } = secretVolume();
    const env = { ...SECRETS, TRADING_SETUP_REQUIRED: 'GIVEN', GIVEN: '0' };
    expect(await run([shell, script, 'true'], env)).toMatchObject({ code: 0 });
  });

  it('needs no volume where none is declared', async () => {
    const dir = folder();
    expect(await run([shell, moved('entrypoint.sh', dir), 'true'], STACK)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([0, 1, 3, 42])('ends with the exit code of the program: %i', async (wanted) => {
    const { script } = secretVolume();
    expect((await run([shell, script, 'sh', '-c', `exit ${wanted}`], SECRETS)).code).toBe(wanted);
  });

  it('becomes the program: a signal reaches it, and it decides what that means', async () => {
    const { script } = secretVolume();
    const program =
      'process.on("SIGTERM", () => process.exit(7)); console.log(process.pid); setInterval(() => {}, 1000)';
    let sent = false;
    const ended = await run([shell, script, process.execPath, '-e', program], SECRETS, (_, kill) => {
      if (!sent) kill('SIGTERM');
      sent = true;
    });
    expect(ended).toMatchObject({ code: 7, signal: null });
  });

  it('keeps arguments with blanks and signs whole', async () => {
    const { script } = secretVolume();
    const args = ['a b', '$HOME', '', "it's", '*'];
    const { stdout } = await run(
      [shell, script, process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', ...args],
      SECRETS,
    );
    expect(JSON.parse(stdout)).toEqual(args);
  });

  it('keeps what the program writes from others', async () => {
    const { script } = secretVolume();
    expect((await run([shell, script, 'sh', '-c', 'umask'], SECRETS)).stdout).toMatch(/0?027/);
  });
});
