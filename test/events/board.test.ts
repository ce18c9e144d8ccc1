import { describe, expect, it } from 'vitest';
import { isWell, overall, type ServiceStatus } from '../../src/events/board.ts';

function service(
  state: ServiceStatus['state'],
  health: ServiceStatus['health'] = 'none',
  more: Partial<ServiceStatus> = {},
): ServiceStatus {
  return {
    name: 'x',
    state,
    health,
    reason: '',
    probe: '',
    restarts: 0,
    image: '',
    ports: [],
    oneShot: false,
    ...more,
  };
}

const RUN = service('running', 'healthy');
const DONE = service('completed', 'none', { oneShot: true });

describe('overall', () => {
  it.each<[string, readonly ServiceStatus[], string]>([
    ['nothing was created', [service('missing'), service('missing')], 'stopped'],
    ['all ended well', [service('exited', 'none', { exitCode: 0 }), DONE], 'stopped'],
    ['all run and the one-shot is done', [RUN, service('running'), DONE], 'healthy'],
    ['one starts', [RUN, service('running', 'starting')], 'starting'],
    ['one is unhealthy', [RUN, service('running', 'unhealthy')], 'unhealthy'],
    ['one restarts while another starts', [service('restarting'), service('running', 'starting')], 'unhealthy'],
    ['one ended badly', [RUN, service('exited', 'none', { exitCode: 3 })], 'unhealthy'],
    ['the only one ended badly', [service('exited', 'none', { exitCode: 3 })], 'unhealthy'],
    ['one is missing', [RUN, service('missing')], 'unhealthy'],
    ['the one-shot is at work', [RUN, service('running', 'starting', { oneShot: true })], 'starting'],
  ])('%s', (_, services, expected) => expect(overall(services)).toBe(expected));
});

describe('isWell', () => {
  it.each([
    [RUN, true],
    [service('running', 'none'), true],
    [service('running', 'starting'), false],
    [service('paused'), false],
    [DONE, true],
    [service('running', 'healthy', { oneShot: true }), false],
  ])('%j', (status, expected) => expect(isWell(status)).toBe(expected));
});
