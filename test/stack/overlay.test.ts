import { describe, expect, it } from 'vitest';
import { overlay, overlayAt, valueAt } from '../../src/stack/overlay.ts';

describe('overlay', () => {
  it.each([
    ['merges maps at every depth', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['replaces lists whole', { args: ['run', '--fast'] }, { args: ['run'] }, { args: ['run'] }],
    ['replaces a value by a map and back', { a: 1, b: { c: 2 } }, { a: { d: 1 }, b: 3 }, { a: { d: 1 }, b: 3 }],
    ['adds what was not there', {}, { services: { x: { args: [] } } }, { services: { x: { args: [] } } }],
    [
      'takes out a service by null',
      { services: { app: 1, collect: 2 } },
      { services: { collect: null } },
      { services: { app: 1 } },
    ],
    [
      'takes out a variable by null',
      { environment: { A: '1', B: '2' } },
      { environment: { A: null } },
      { environment: { B: '2' } },
    ],
    [
      'takes out a secret entry by null',
      { entries: { A: {}, B: {} } },
      { entries: { A: null } },
      { entries: { B: {} } },
    ],
    ['takes out what is not there', { services: {} }, { services: { x: null } }, { services: {} }],
    [
      'keeps null as a value elsewhere',
      { ports: { api: { host: 1 } } },
      { ports: { api: null } },
      { ports: { api: null } },
    ],
    [
      'forgets a database of another kind',
      { database: { kind: 'timescaledb', name: 'x' } },
      { database: { kind: 'none' } },
      { database: { kind: 'none' } },
    ],
    [
      'forgets a health check of another kind',
      { health: { kind: 'http', port: 1, path: '/' } },
      { health: { kind: 'process', seconds: 9 } },
      { health: { kind: 'process', seconds: 9 } },
    ],
    [
      'keeps the rest of the same kind',
      { health: { kind: 'http', port: 1, path: '/' } },
      { health: { kind: 'http', port: 2 } },
      { health: { kind: 'http', port: 2, path: '/' } },
    ],
    [
      'keeps the program of a terminal reached otherwise',
      { tui: { access: 'browser', binary: 'b' } },
      { tui: { access: 'exec' } },
      { tui: { access: 'exec', binary: 'b' } },
    ],
    [
      'forgets a terminal that is not wanted',
      { tui: { access: 'browser', binary: 'b' } },
      { tui: { access: 'none' } },
      { tui: { access: 'none' } },
    ],
    [
      'keeps a secret that is entered instead of generated',
      { entries: { A: { kind: 'generated', required: true } } },
      { entries: { A: { kind: 'entered' } } },
      { entries: { A: { kind: 'entered', required: true } } },
    ],
  ])('%s', (_, base, over, merged) => {
    const [before, above] = [structuredClone(base), structuredClone(over)];
    expect(overlay(base, over)).toEqual(merged);
    expect([base, over], 'neither is changed').toEqual([before, above]);
  });
});

describe('paths', () => {
  it('set and read the same place', () => {
    expect(overlayAt('ports.api.host', 8081)).toEqual({ ports: { api: { host: 8081 } } });
    expect(valueAt(overlayAt('ports.api.host', 8081), 'ports.api.host')).toBe(8081);
  });

  it.each(['x', 'ports.x', 'ports.bind.x', 'list.0'])('say undefined for %s, which is not there', (path) => {
    expect(valueAt({ ports: { bind: '127.0.0.1' }, list: [1] }, path)).toBeUndefined();
  });
});
