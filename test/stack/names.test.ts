import { describe, expect, it } from 'vitest';
import {
  composeServices,
  isOneShot,
  publishedApis,
  secretsIn,
  secretsRevision,
  volumesOf,
} from '../../src/stack/names.ts';
import { accessOf, MARKDOWN, tunnelOf, variablesOf } from '../../src/stack/words.ts';
import { smallStack, stackOfCase } from './stacks.ts';

describe('names', () => {
  it.each([
    ['${A}', ['A']],
    ['postgres://me:${PASSWORD|url}@host/${NAME}', ['PASSWORD', 'NAME']],
    ['no secret $HERE {X}', []],
  ])('finds the secrets in %s', (template, names) => expect(secretsIn(template)).toEqual(names));

  it('makes a variable of a service name', () => {
    expect(secretsRevision('scheduled-backtest')).toBe('SECRETS_SCHEDULED_BACKTEST');
  });

  it('lists data volumes first, each with the owner inside its container', async () => {
    const stack = await stackOfCase('sample');
    expect(volumesOf(stack).map(({ volume, kind, uid, gid }) => [volume, kind, uid, gid])).toEqual([
      ['database-data', 'data', 70, 70],
      ['app-data', 'data', 10_001, 10_001],
      ['database-secrets', 'secrets', 70, 70],
      ['migrate-secrets', 'secrets', 70, 70],
      ['app-secrets', 'secrets', 10_001, 10_001],
      ['collect-secrets', 'secrets', 10_001, 10_001],
      ['scheduled-backtest-secrets', 'secrets', 10_001, 10_001],
      ['gate-secrets', 'secrets', 101, 101],
    ]);
    expect(composeServices(stack)).toEqual([
      ...['database', 'migrate', 'app', 'collect', 'scheduled-backtest', 'tui', 'gate'],
    ]);
  });
});

describe('the instances of a stack', () => {
  it('have a service each, behind its one-shot, which has neither secrets nor data of its own', async () => {
    const stack = await stackOfCase('instances');
    expect(composeServices(stack)).toEqual([
      ...['schwab-migrate', 'schwab', 'alpaca-migrate', 'alpaca', 'reporter', 'gate'],
    ]);
    expect(volumesOf(stack).map(({ volume }) => volume)).toEqual([
      ...['schwab-data', 'alpaca-data', 'schwab-secrets', 'alpaca-secrets', 'gate-secrets'],
    ]);
    expect(composeServices(stack).filter((name) => isOneShot(stack, name))).toEqual([
      ...['schwab-migrate', 'alpaca-migrate'],
    ]);
  });

  it.each([8080, 8200, 8201, 8099])(
    'have ports at the gate that nothing else of it has, where the API is on %d',
    (container) => {
      const instances = { b: 9001, c: 9002, d: 9003 };
      const stack = smallStack({ ports: { api: { container, via: 'gate', instances } } });
      const ports = publishedApis(stack).map(({ gate }) => gate);
      expect(new Set([...ports, 7681]).size).toBe(5);
      expect(ports[0]).toBe(container);
    },
  );

  it('are reached each at its own address, also through a tunnel', async () => {
    const stack = await stackOfCase('instances');
    expect(accessOf(stack, MARKDOWN)).toEqual([
      expect.stringContaining('Web API of schwab: <http://127.0.0.1:8080>'),
      expect.stringContaining('Web API of alpaca: <http://127.0.0.1:8081>'),
    ]);
    expect(tunnelOf(stack)).toBe('8080:127.0.0.1:8080 -L 8081:127.0.0.1:8081');
  });
});

describe('words', () => {
  it('are URLs that a browser takes, also on IPv6', () => {
    const stack = smallStack({ ports: { bind: '::1' } });
    expect(accessOf(stack, MARKDOWN)).toEqual(['Web API: <http://[::1]:8080>, no login']);
    expect(tunnelOf(stack)).toBe('8080:[::1]:8080');
  });

  it('say where a variable comes from, on one line', () => {
    const stack = smallStack({ services: { app: { environment: { TEXT: 'a\n b' } } } });
    expect(variablesOf(stack, 'app')).toEqual([
      { name: 'RUST_LOG', from: '`info` in trading-setup.yaml' },
      { name: 'TEXT', from: '`a ⏎ b` in trading-setup.yaml' },
      { name: 'TOY_TOKEN', from: 'secret TOY_TOKEN (entered, required)' },
    ]);
  });
});
