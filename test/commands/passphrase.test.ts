import { describe, expect, it } from 'vitest';
import { passphraseFor } from '../../src/commands/passphrase.ts';
import { SetupError } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';

const GOOD = 'correct horse';

/** A person who answers so, one after the other; `undefined`: Ctrl-C. */
function person(...answers: readonly (string | undefined)[]) {
  const asked: string[] = [];
  const left = [...answers];
  return {
    asked,
    interactive: true,
    face: {
      askSecret: async (question: string) => {
        asked.push(question);
        const answer = left.shift();
        return answer === undefined ? undefined : new Secret(answer);
      },
    },
  };
}

describe('the passphrase of a new vault', () => {
  it('is asked twice, and the rule is said before it is broken', async () => {
    const one = person(GOOD, GOOD);
    expect((await passphraseFor(one, 'create')).reveal()).toBe(GOOD);
    expect(one.asked).toEqual(['New passphrase for the vault, 10 characters or more', 'The same passphrase again']);
  });

  it.each([
    ['nothing', ['', GOOD, GOOD], 'Nothing was typed. New passphrase'],
    ['a short one', ['short', GOOD, GOOD], 'That one is too short. New passphrase'],
    ['two that differ', [GOOD, `${GOOD}x`, GOOD, GOOD], 'The two differ. New passphrase'],
  ])('is asked for again in place after %s', async (_, answers, question) => {
    const one = person(...answers);
    expect((await passphraseFor(one, 'create')).reveal()).toBe(GOOD);
    expect(one.asked.join('\n')).toContain(question);
  });

  it('can be given up at both questions: exit 130', async () => {
    for (const answers of [[undefined], [GOOD, undefined]]) {
      await expect(passphraseFor(person(...answers), 'create')).rejects.toMatchObject({ code: 'cancelled' });
    }
  });
});

describe('the passphrase of a vault that is there', () => {
  it('is asked once, and again after nothing', async () => {
    const one = person('', 'old');
    expect((await passphraseFor(one, 'open')).reveal()).toBe('old');
    expect(one.asked).toEqual(['Passphrase of the vault', 'Nothing was typed. Passphrase of the vault']);
  });

  it('is asked again with a word about the one before', async () => {
    const one = person('old', 'old');
    await passphraseFor(one, 'open', 1);
    await passphraseFor(one, 'open', 2);
    expect(one.asked).toEqual([
      'That one does not open it. Passphrase of the vault',
      'That one does not open it either. Passphrase of the vault',
    ]);
  });

  it('where nobody can be asked is exit 4 with what to do', async () => {
    const refused = passphraseFor({ ...person(), interactive: false }, 'open');
    await expect(refused).rejects.toBeInstanceOf(SetupError);
    await expect(refused).rejects.toMatchObject({ code: 'passphrase-needed', kind: 'needs-you' });
  });
});
