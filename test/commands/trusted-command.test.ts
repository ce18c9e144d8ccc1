import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agreeToReencrypt } from '../../src/commands/rotate/reencrypt.ts';
import { agreeToCommand } from '../../src/commands/trusted-command.ts';
import type { Stack } from '../../src/stack/schema.ts';
import type { Face } from '../../src/ui/face.ts';
import { smallStack } from '../stack/stacks.ts';
import { temporary } from './program.ts';

const before = process.env.XDG_DATA_HOME;
beforeEach(() => {
  process.env.XDG_DATA_HOME = temporary();
});
afterEach(() => {
  if (before === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = before;
});

function withCommand(run: readonly string[], service = 'app'): Stack {
  const stack = smallStack();
  return { ...stack, secrets: { ...stack.secrets, commands: { reencrypt: { service, run: [...run] } } } };
}

const STACK = withCommand(['toy', 'reencrypt']);
const nobody = { interactive: false, face: {} as Face }; // nothing is asked
const UNCONFIRMED = { kind: 'needs-you', code: 'command-unconfirmed' };

/** A person who gives one answer. */
function person(answer: boolean | undefined) {
  const confirm = vi.fn(async (_question: string, _fallback: boolean) => answer);
  return { interactive: true, face: { confirm } as unknown as Face, confirm }; // the only question
}

describe('a command that the repository names', () => {
  it('is shown with where it runs and what it gets, and is not agreed to by Enter alone', async () => {
    const { confirm, ...context } = person(true);
    await agreeToCommand(context, withCommand(['sh', '-c', 'toy reencrypt; curl x', '\u202etxt']), 'reencrypt', {});
    const [question, fallback] = confirm.mock.calls[0] ?? [];
    expect(question).toContain('sh -c "toy reencrypt; curl x" "\\u202etxt"');
    expect(question).toContain('that nobody has agreed to yet');
    expect(question).toContain('secrets of app');
    expect(question).toContain('the old key and the new one');
    expect(fallback).toBe(false);
  });

  it('is asked about once, and again when it has changed', async () => {
    await agreeToCommand(person(true), STACK, 'reencrypt', {});
    const again = person(true);
    await agreeToCommand(again, STACK, 'reencrypt', {});
    await agreeToCommand(nobody, STACK, 'reencrypt', {});
    expect(again.confirm).not.toHaveBeenCalled();
    for (const changed of [withCommand(['toy', 'reencrypt', '--all']), withCommand(['toy', 'reencrypt'], 'other')]) {
      await expect(agreeToCommand(nobody, changed, 'reencrypt', {})).rejects.toMatchObject(UNCONFIRMED);
    }
    const asked = person(true);
    await agreeToCommand(asked, withCommand(['toy', 'reencrypt', '--all']), 'reencrypt', {});
    expect(asked.confirm.mock.calls[0]?.[0]).toContain('has changed since somebody agreed to it');
  });

  it.each([false, undefined])('does not run where the person answers %s', async (answer) => {
    await expect(agreeToCommand(person(answer), STACK, 'reencrypt', {})).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(agreeToCommand(nobody, STACK, 'reencrypt', {})).rejects.toMatchObject(UNCONFIRMED);
  });

  it('is agreed to by a flag where nobody can be asked, and that is remembered outside of the repository', async () => {
    await expect(agreeToCommand(nobody, STACK, 'reencrypt', {})).rejects.toMatchObject({
      message: expect.stringContaining('toy reencrypt'),
      next: expect.arrayContaining([expect.stringContaining('--accept-command')]),
    });
    await agreeToCommand(nobody, STACK, 'reencrypt', { acceptCommand: true });
    await agreeToCommand(nobody, STACK, 'reencrypt', {});
    const file = join(process.env.XDG_DATA_HOME ?? '', 'trading-setup', STACK.id, 'commands.json');
    expect(readFileSync(file, 'utf8')).not.toContain('toy');
  });

  it('is asked about only where a rotation needs it', async () => {
    const { entries } = STACK.secrets;
    const key = { kind: 'generated', required: true, format: 'hex-32', about: 'a key' } as const;
    const stack = { ...STACK, secrets: { ...STACK.secrets, entries: { ...entries, ENCRYPTION_KEY: key } } };
    await agreeToReencrypt(nobody, stack, ['TOY_TOKEN'], {});
    await expect(agreeToReencrypt(nobody, stack, ['ENCRYPTION_KEY'], {})).rejects.toMatchObject(UNCONFIRMED);
    await agreeToReencrypt(nobody, smallStack(), ['ENCRYPTION_KEY'], {});
  });

  it('is agreed to for each instance by itself, with whose secrets it gets', async () => {
    const app = STACK.services.app;
    const key = { kind: 'generated', required: true, format: 'hex-32', about: 'a key' } as const;
    const stack: Stack = {
      ...STACK,
      services: {
        ...(app && {
          app: { ...app, secrets: { ENCRYPTION_KEY: '${ENCRYPTION_KEY}' } },
          two: { ...app, secrets: { ENCRYPTION_KEY: '${ENCRYPTION_KEY_TWO}' } },
        }),
      },
      secrets: {
        ...STACK.secrets,
        entries: { ENCRYPTION_KEY: key, ENCRYPTION_KEY_TWO: { ...key, as: 'ENCRYPTION_KEY' } },
      },
    };
    await agreeToReencrypt(nobody, stack, ['ENCRYPTION_KEY'], { acceptCommand: true });
    await agreeToReencrypt(nobody, stack, ['ENCRYPTION_KEY'], {});
    await expect(agreeToReencrypt(nobody, stack, ['ENCRYPTION_KEY_TWO'], {})).rejects.toMatchObject({
      ...UNCONFIRMED,
      message: expect.stringContaining('gets the secrets of two'),
    });
    const asked = person(true);
    await agreeToReencrypt(asked, stack, ['ENCRYPTION_KEY_TWO'], {});
    await agreeToReencrypt(nobody, stack, ['ENCRYPTION_KEY_TWO'], {});
    expect(asked.confirm).toHaveBeenCalledOnce();
  });
});
