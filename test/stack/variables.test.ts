import { describe, expect, it } from 'vitest';
import { checkVariables } from '../../src/operations/variables.ts';
import { questionsOf } from '../../src/questions/table.ts';
import { inspect } from '../../src/stack/inspect.ts';
import { insistedOn, missingVariables } from '../../src/stack/variables.ts';
import { env, facts } from './facts.ts';
import { designed, smallStack } from './stacks.ts';

const HASH = 'ab'.repeat(32);
const asking = (environment: Record<string, string> = {}) =>
  smallStack({ services: { app: { required: ['ORDERBOOK', 'ORDER_HASH'], environment } } });

describe('settings that a program gives up without', () => {
  it('are what it requires, what is no secret, and what the stack does not give by itself', () => {
    const read = [
      env('ORDERBOOK', { required: true }),
      env('DEAD', { required: true, dead: true }),
      env('OPTIONAL'),
      env('API_TOKEN', { required: true, secret: true }),
      env('RUST_LOG', { required: true }),
      env('OF_ANOTHER', { required: true, readBy: ['cli'] }),
    ];
    const { services, secrets } = designed(facts({ env: read }));
    expect(services.app?.required).toEqual(['ORDERBOOK']);
    expect(Object.keys(secrets.entries)).toContain('API_TOKEN');
  });

  it('stay asked for when they are answered, so that a lost value is noticed', () => {
    const stack = designed(facts({ env: [env('ORDERBOOK', { required: true })] }), {
      services: { app: { environment: { ORDERBOOK: `0x${'ab'.repeat(20)}` } } },
    });
    expect(stack.services.app?.required).toEqual(['ORDERBOOK']);
    expect(missingVariables(stack)).toEqual([]);
  });

  it('are none where there are none: the stack is what it was', () => {
    expect(designed(facts()).services.app).not.toHaveProperty('required');
    expect(missingVariables(smallStack())).toEqual([]);
  });

  it('wait for a person, each with its form, and do not keep the files from being written', () => {
    const lines = questionsOf(asking({ ORDER_HASH: HASH })).filter(({ path }) => path.includes('.environment.'));
    expect(lines.map(({ path, form, mayWait }) => ({ path, form, mayWait }))).toEqual([
      { path: 'services.app.environment.ORDERBOOK', form: '0x and 40 hexadecimal digits', mayWait: true },
      {
        path: 'services.app.environment.ORDER_HASH',
        form: '64 hexadecimal digits, with or without 0x before them',
        mayWait: true,
      },
    ]);
    expect(lines.map(({ open }) => [open?.(undefined), open?.(' '), open?.('x')])).toEqual([
      [true, true, false],
      [true, true, false],
    ]);
  });

  it('are asked for once, where an address of a venue is among them', () => {
    const stack = smallStack({ services: { app: { required: ['BASE_URL'] } } });
    const endpoints = [{ service: 'app', name: 'BASE_URL' }];
    const asked = questionsOf(stack, { traders: [], sleeping: [], endpoints });
    expect(asked.filter(({ path }) => path.endsWith('BASE_URL'))).toHaveLength(1);
  });

  it('refuse a deploy before it builds, with the flag of each', () => {
    expect(() => checkVariables(asking({ ORDERBOOK: '' }))).toThrow(
      expect.objectContaining({
        code: 'variable-missing',
        kind: 'needs-you',
        next: [
          'Set them: trading-setup init --no-start --set services.app.environment.ORDERBOOK=VALUE --set services.app.environment.ORDER_HASH=VALUE',
        ],
      }),
    );
    expect(() => checkVariables(asking({ ORDERBOOK: 'x', ORDER_HASH: 'y' }))).not.toThrow();
  });

  it('are insisted on by the entrypoint, and a secret by the name that it has in the store', () => {
    const { secrets, services } = smallStack({
      services: {
        app: { required: ['ORDERBOOK'], secrets: { KEY: '${KEY_B}', URL: 'x${TOY_TOKEN}', SPARE: '${SPARE}' } },
      },
      secrets: {
        entries: {
          KEY_B: { kind: 'entered', required: true, format: 'any', about: 'a', as: 'KEY' },
          SPARE: { kind: 'entered', required: false, format: 'any', about: 'a' },
        },
      },
    });
    expect(services.app && insistedOn({ secrets }, services.app)).toEqual([
      'TOY_TOKEN',
      'KEY=KEY_B',
      'URL',
      'ORDERBOOK=',
    ]);
  });
});

describe('a setting of a wrong form', () => {
  it('is an error where the program gives up without it', () => {
    expect(inspect(asking({ ORDER_HASH: HASH.slice(1) }))).toContainEqual({
      level: 'error',
      path: 'services.app.environment.ORDER_HASH',
      message: expect.stringContaining('63 digits'),
    });
  });

  it('is a warning elsewhere: stacks that run go on', () => {
    const stack = smallStack({ services: { app: { environment: { BASE_URL: 'ws://x.example' } } } });
    expect(inspect(stack)).toMatchObject([{ level: 'warning', path: 'services.app.environment.BASE_URL' }]);
  });
});
