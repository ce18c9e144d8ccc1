import { describe, expect, it } from 'vitest';
import { inspect, isLoopback } from '../../src/stack/inspect.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import { smallStack } from './stacks.ts';

const APP = smallStack().services.app ?? {};
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

  it.each<[string, Overlay, readonly string[]]>([
    ['everything on the port that it is told', { services: { app: { environment: { SERVER_PORT: '8080' } } } }, []],
    ['one of two ports', { services: { app: { environment: { HTTP_PORT: '9000', PORT: '8080' } } } }, []],
    ['no number', { services: { app: { environment: { PORT: 'auto' } } } }, []],
    [
      'health and web API elsewhere',
      { services: { app: { environment: { SERVER_PORT: '9000' } } } },
      ['services.app.health.port=9000', 'ports.api.container=9000'],
    ],
    [
      'the web API elsewhere, and no health that is asked',
      { services: { app: { environment: { PORT: '9000' }, health: { kind: 'process', seconds: 5 } } } },
      ['ports.api.container=9000'],
    ],
    [
      'one of several instances elsewhere: they share the port in their containers',
      {
        services: { app: { environment: { PORT: '9000' }, health: { kind: 'process', seconds: 5 } }, b: { ...APP } },
        instances: ['app', 'b'],
        ports: { api: { instances: { b: 8081 } } },
      },
      ['services.app.environment.PORT=8080'],
    ],
    [
      'health elsewhere, and no web API',
      { services: { app: { environment: { PORT: '9000' } } }, ports: { api: null } },
      ['services.app.health.port=9000'],
    ],
  ])('compares where a program is told to listen with where it is asked: %s', (_, over, mended) => {
    expect(inspect(smallStack(over)).map(({ level, message }) => [level, message.split('--set ')[1]])).toEqual(
      mended.map((set) => ['warning', set]),
    );
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
