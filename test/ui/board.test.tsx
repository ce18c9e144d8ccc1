import { expect, it, vi } from 'vitest';
import type { Board } from '../../src/events/board.ts';
import { inkFace } from '../../src/ui/ink/face.tsx';
import { silentFace } from '../../src/ui/silent.ts';
import { board } from './demo/fake-operation.ts';
import { FakeTerminal, KEY } from './support/terminal.ts';

/** Boards that are pushed. */
function pushed() {
  const queue: Board[] = [];
  let wake: () => void = () => {};
  async function* boards() {
    for (;;) {
      const next = queue.shift();
      if (next) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const push = (next: Board): void => {
    queue.push(next);
    wake();
  };
  return { boards: boards(), push };
}

it.each([80, 120])('shows every service and why one is not well, at %d columns', async (columns) => {
  const fake = new FakeTerminal(columns, 24);
  const { boards, push } = pushed();
  const left = inkFace(fake.terminal).board(boards, () => {});
  expect(await fake.sees('looking')).toMatchSnapshot('before the first board');
  push(board('healthy'));
  expect(await fake.sees('healthy')).toMatchSnapshot('healthy');
  push(board('unhealthy'));
  expect(await fake.sees('database is locked')).toMatchSnapshot('unhealthy');
  fake.type('q');
  await left;
});

it.each([80, 120])('says what a service reaches and what it does not, at %d columns', async (columns) => {
  const fake = new FakeTerminal(columns, 24);
  const { boards, push } = pushed();
  const left = inkFace(fake.terminal).board(boards, () => {});
  const at = { service: 'daemon', tls: true, port: 443 } as const;
  push({
    ...board('healthy'),
    credentials: [{ name: 'SCHWAB_LOGIN', service: 'daemon', state: 'never' }],
    reach: [
      { ...at, host: 'api.schwabapi.com', state: 'reachable' },
      { ...at, host: 'node.example', port: 8546, state: 'reachable' },
      { ...at, host: 'streamer-api.schwab.example', state: 'untrusted', why: 'it is that of another name' },
      { ...at, host: 'broker', port: 8080, tls: false, state: 'refused' },
    ],
  });
  expect(await fake.sees('connection refused')).toMatchSnapshot('reach');
  fake.type('q');
  await left;
});

it.each([['q'], [KEY.ctrlC]])('is left by %j, and its last state stays in the scrollback', async (key) => {
  const fake = new FakeTerminal();
  const leave = vi.fn();
  const { boards, push } = pushed();
  const left = inkFace(fake.terminal).board(boards, leave);
  push(board('unhealthy'));
  await fake.sees('database is locked');
  fake.type(key);
  await left;
  expect(leave).toHaveBeenCalledTimes(1);
  expect(await fake.sees('algo-trade, PAPER: unhealthy')).toContain('daemon: unhealthy, up 1m00s, 3 restarts');
});

it('shows a flip within 250 ms', async () => {
  const fake = new FakeTerminal();
  const { boards, push } = pushed();
  const left = inkFace(fake.terminal).board(boards, () => {});
  push(board('healthy'));
  await fake.sees('healthy');
  const start = performance.now();
  push(board('unhealthy'));
  await fake.sees('database is locked');
  expect(performance.now() - start).toBeLessThan(250);
  fake.type('q');
  await left;
});

it('counts the uptime every second without a new board', async () => {
  const fake = new FakeTerminal();
  const { boards, push } = pushed();
  const left = inkFace(fake.terminal).board(boards, () => {});
  push(board('healthy'));
  await fake.sees('1m00s');
  fake.now += 5000;
  await fake.sees('1m05s');
  fake.type('q');
  await left;
});

it('ends when no more boards come', async () => {
  const fake = new FakeTerminal();
  async function* one() {
    yield board('healthy');
  }
  const leave = vi.fn();
  await inkFace(fake.terminal).board(one(), leave);
  expect(leave).not.toHaveBeenCalled();
  expect(await fake.sees('algo-trade, PAPER: healthy')).toMatchSnapshot();
});

it('is told in lines without a terminal: all of it once, then what changed', async () => {
  const fake = new FakeTerminal(100);
  async function* three() {
    yield board('healthy');
    yield board('healthy');
    yield board('unhealthy');
  }
  await silentFace(fake.terminal).board(three(), () => {});
  expect(fake.text()).toMatchSnapshot();
});

const CREDENTIALS = {
  credentials: [
    { name: 'SCHWAB_LOGIN', expires: '2023-11-14T22:00:00Z', state: 'expired' },
    { name: 'HYPERLIQUID_API_WALLET_KEY', expires: '2023-11-15T23:30:00Z', state: 'soon' },
    { name: 'ALPACA_API_KEY', expires: '2024-03-01T00:00:00Z', state: 'ok' },
  ],
  rotation: { names: ['TOY_TOKEN'], direction: 'waiting', manual: ['Revoke the old token where it was made.'] },
} as const;

it.each([80, 120])('shows what ends and what a rotation has left, counting down, at %d columns', async (columns) => {
  const fake = new FakeTerminal(columns, 30);
  const { boards, push } = pushed();
  const left = inkFace(fake.terminal).board(boards, () => {});
  push({ ...board('healthy'), ...CREDENTIALS });
  expect(await fake.sees('expires in 25h15m')).toMatchSnapshot();
  fake.now += 60_000;
  await fake.sees('expires in 25h14m');
  fake.type('q');
  await left;
});

it('tells of a credential again in lines when its state changes', async () => {
  const fake = new FakeTerminal(120);
  async function* three() {
    yield { ...board('healthy'), ...CREDENTIALS };
    yield { ...board('healthy'), ...CREDENTIALS };
    yield { ...board('healthy'), credentials: CREDENTIALS.credentials };
  }
  await silentFace(fake.terminal).board(three(), () => {});
  expect(fake.text()).toMatchSnapshot();
});
