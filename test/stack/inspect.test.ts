import { describe, expect, it } from 'vitest';
import { inspect, isLoopback } from '../../src/stack/inspect.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import { smallStack } from './stacks.ts';

const TUI = { access: 'browser', binary: 'toy', args: [], environment: {} };

describe('inspect', () => {
  it('finds nothing wrong with a stack that can run', () => {
    expect(inspect(smallStack())).toEqual([]);
    expect(inspect(smallStack({ tui: TUI, ports: { tui: 7681 } }))).toEqual([]);
  });

  it.each<[string, Overlay, string, RegExp]>([
    ['two things on one port', { tui: TUI, ports: { tui: 8080 } }, 'ports.tui', /same port/],
    ['a terminal without a port', { tui: TUI }, 'ports.tui', /needs a port/],
    ['an API without login for everybody', { ports: { bind: '0.0.0.0' } }, 'ports.bind', /without a login/],
    [
      'a program that is not built',
      { services: { app: { binary: 'other' } } },
      'services.app.binary',
      /other is not in/,
    ],
    ['no service at all', { services: { app: null }, ports: { api: null } }, 'services', /none/],
    ['an API of nobody', { ports: { api: { service: 'web' } } }, 'ports.api.service', /no service web/],
    [
      'a command in no service',
      { secrets: { commands: { login: { service: 'auth', run: ['toy', 'auth'] } } } },
      'secrets.commands.login.service',
      /no service auth/,
    ],
    ['a database that is not there', { services: { app: { database: true } } }, 'services.app.database', /no database/],
  ])('finds %s', (_, over, path, message) => {
    expect(inspect(smallStack(over))).toEqual([{ level: 'error', path, message: expect.stringMatching(message) }]);
  });

  it('lets the login listen anywhere', () => {
    expect(inspect(smallStack({ ports: { bind: '0.0.0.0', api: { via: 'gate' } } }))).toEqual([]);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.5', false],
  ])('knows whether %s is this machine only', (bind, local) => expect(isLoopback(bind)).toBe(local));
});
