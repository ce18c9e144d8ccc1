import { describe, expect, it } from 'vitest';
import { parseSet, parseSets, refuseSecrets, refuseWrong } from '../../src/flow/answers.ts';
import { finishSetup, openAnswers } from '../../src/flow/finish.ts';
import { createSetup, type SetupInput } from '../../src/flow/setup.ts';
import { temporary } from '../commands/program.ts';
import { env, facts } from '../stack/facts.ts';
import { HOST, SUFFIX, WRITTEN_BY } from '../stack/stacks.ts';
import { setsOf } from './shell.ts';

const HASH = 'ab'.repeat(32);
const ADDRESS = `0x${'ab'.repeat(20)}`;
const at = (name: string) => `services.app.environment.${name}`;

function input(over: Partial<SetupInput> = {}): SetupInput {
  const read = ['ORDERBOOK', 'ORDER_HASH', 'ACCOUNT_INDEX', 'OWN_THING'].map((name) => env(name, { required: true }));
  return {
    ...{ facts: facts({ env: read }), host: HOST, answers: {}, flags: {}, suffix: SUFFIX, writtenBy: WRITTEN_BY },
    ...{ interactive: true, kept: new Set<string>(), disk: new Map(), ...over },
  };
}

function line(setup: ReturnType<typeof createSetup>, name: string) {
  const lines = setup.getState().sections.flatMap((section) => section.lines);
  return lines.find(({ path }) => path === at(name)) ?? expect.fail(`no line ${name}`);
}

describe('a setting that the program gives up without', () => {
  it('is asked for, and keeps nobody from writing the files', async () => {
    const setup = createSetup(input());
    expect(line(setup, 'ORDERBOOK')).toMatchObject({ state: 'open', mayWait: true, origin: { text: 'required' } });
    expect(openAnswers(setup)).toBeUndefined();
    const { stack } = await finishSetup(temporary(), setup, async () => expect.fail('no store'));
    expect(stack.services.app?.required).toEqual(['ORDERBOOK', 'ORDER_HASH', 'ACCOUNT_INDEX', 'OWN_THING']);
  });

  it('is taken as it is typed, and what it cannot be is refused with the reason', async () => {
    const setup = createSetup(input());
    expect(setup.change(at('ORDER_HASH'), HASH.slice(1))).toContain('63 digits');
    expect(await setup.check(at('ORDER_HASH'), HASH.slice(1))).toMatchObject({ level: 'bad' });
    expect(await setup.check(at('ORDER_HASH'), HASH)).toEqual({ level: 'good', text: 'has the right form' });
    for (const [name, value] of Object.entries({ ORDER_HASH: HASH, ACCOUNT_INDEX: '0', OWN_THING: 'as it likes' }))
      expect(setup.change(at(name), value)).toBeUndefined();
    expect(setup.change(at('ORDERBOOK'), ADDRESS)).toBeUndefined();
    expect(setup.stack().services.app?.environment).toMatchObject({
      ...{ ORDER_HASH: HASH, ACCOUNT_INDEX: '0', OWN_THING: 'as it likes', ORDERBOOK: ADDRESS },
    });
    const again = createSetup(input({ flags: parseSets(setsOf(setup.getState().equivalent)) }));
    expect(again.stack()).toEqual(setup.stack());
  });

  it('is none that holds a key: that is a secret under any name', () => {
    const setup = createSetup(input());
    expect(setup.change(at('OWN_THING'), HASH)).toContain('secret');
    expect(setup.change(at('ORDERBOOK'), HASH)).toContain('secret');
  });

  it('is given up again by an empty answer', () => {
    const setup = createSetup(input({ flags: parseSets([`${at('ORDERBOOK')}=${ADDRESS}`]) }));
    expect(line(setup, 'ORDERBOOK').state).toBe('answered');
    expect(setup.change(at('ORDERBOOK'), '')).toBeUndefined();
    expect(line(setup, 'ORDERBOOK').state).toBe('open');
  });
});

describe('--set of a setting', () => {
  it.each([
    ['ACCOUNT_INDEX', '0'],
    ['ORDERBOOK', ADDRESS],
    ['ORDER_HASH', `0x${HASH}`],
    ['ORDER_HASH', '12'.repeat(32)],
    ['DRY_RUN', 'true'],
    ['VERSION', '1.10'],
  ])('%s=%s stays the text that it is', (name, value) => {
    const given = parseSet(`${at(name)}=${value}`);
    expect(given).toEqual({ services: { app: { environment: { [name]: value } } } });
    expect(() => refuseSecrets(given, '--set')).not.toThrow();
  });

  it('null takes it out, and quotes are not part of it', () => {
    expect(parseSet(`${at('A')}=null`)).toEqual({ services: { app: { environment: { A: null } } } });
    expect(parseSet(`${at('A')}="7"`)).toEqual({ services: { app: { environment: { A: '7' } } } });
  });

  it.each([
    ['ORDER_HASH', HASH.slice(1), /63 digits/],
    ['BASE_URL', 'ws://api.example', /ws:/],
    ['ORDERBOOK', '0x12', /2 digits/],
  ])('%s=%s is refused with the form, and without the value', (name, value, why) => {
    const refusal = (): void => refuseWrong(parseSet(`${at(name)}=${value}`), '--set');
    expect(refusal).toThrow(why);
    expect(refusal).toThrow(expect.objectContaining({ kind: 'usage', code: 'answer-invalid' }));
  });

  it('a key is a secret all the same, also where a hash belongs', () => {
    expect(() => parseSet(`${at('SOMETHING')}=${HASH}`)).toThrow(/secret/);
    expect(() => parseSet(`${at('ORDER_HASH')}=${HASH} ${HASH}`)).toThrow(/secret/);
  });
});
