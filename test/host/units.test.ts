import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findUnits, readUnits, type UnitFolder } from '../../src/host/units.ts';
import { folder, put, sought } from './machine.ts';

const ROOT = '/srv/bot';
const find = async (folders: readonly UnitFolder[]) => findUnits(sought(ROOT), await readUnits(folders));

async function units(files: Readonly<Record<string, string>>, enabled: readonly string[] = []) {
  const path = folder();
  for (const [name, text] of Object.entries(files)) put(join(path, name), text);
  mkdirSync(join(path, 'multi-user.target.wants'));
  for (const name of enabled) symlinkSync(join(path, name), join(path, 'multi-user.target.wants', name));
  return find([
    { path, scope: 'system' },
    { path: '/no/such/folder', scope: 'user' },
  ]);
}

describe('a unit of the repository', () => {
  it('is found by what it starts, and whether it starts by itself', async () => {
    const text = '[Service]\nWorkingDirectory=/srv/bot\nExecStart=-/opt/algo-trade run --key hunter2-hunter2\n';
    const [unit, ...more] = await units(
      { 'bot.service': text, 'ssh.service': '[Service]\nExecStart=/usr/sbin/sshd\n' },
      ['bot.service'],
    );
    expect(more).toEqual([]);
    expect(unit).toMatchObject({
      name: 'bot.service',
      scope: 'system',
      enabled: true,
      program: 'algo-trade',
      subcommand: 'run',
      trades: true,
      evidence: { what: 'ExecStart names algo-trade, in the repository', confidence: 'certain' },
    });
    expect(JSON.stringify(unit)).not.toContain('hunter2');
  });

  it.each([
    ['a shell that starts it', `ExecStart=/bin/sh -c 'cd /x && exec /opt/algo-trade run'`],
    ['a line that goes on in the next', 'ExecStart=/usr/bin/env A=b \\\n  algo-trade run'],
    ['a path in quotes', 'ExecStart="/opt/algo-trade" run'],
  ])('is found behind %s', async (_, line) => {
    const [unit] = await units({ 'bot.service': `[Service]\n${line}\n` });
    expect(unit).toMatchObject({ program: 'algo-trade', subcommand: 'run', enabled: false });
  });

  it('of a template counts as enabled when an instance is', async () => {
    const path = folder();
    put(join(path, 'bot@.service'), '[Service]\nExecStart=/opt/algo-trade run %i\n');
    mkdirSync(join(path, 'multi-user.target.wants'));
    symlinkSync(join(path, 'bot@.service'), join(path, 'multi-user.target.wants', 'bot@eth.service'));
    expect(await find([{ path, scope: 'user' }])).toMatchObject([{ enabled: true, scope: 'user' }]);
  });

  it('is told once where two folders are the same', async () => {
    const path = folder();
    put(join(path, 'lib/bot.service'), 'ExecStart=/opt/algo-trade\n');
    symlinkSync(join(path, 'lib'), join(path, 'link'));
    const folders = [join(path, 'lib'), join(path, 'link')].map((each) => ({ path: each, scope: 'system' }) as const);
    expect(await find(folders)).toHaveLength(1);
  });
});
