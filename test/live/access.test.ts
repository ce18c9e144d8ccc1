import { beforeAll, describe, expect, it } from 'vitest';
import { containerOf } from './support/engine.ts';
import { type Asking, ask } from './support/http.ts';
import { deployed, type Stack } from './support/stack.ts';
import { openTab } from './support/terminal.ts';
import { waitFor } from './support/wait.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('sample');
});

const NEW_BOT = { name: 'Never', symbol: 'BTC', strategy: 'ma_crossover' };

describe('the web API through the gate', () => {
  const bots = (asking: Asking = {}) => ask(stack.api, '/api/bots', asking);

  it('answers with the login', async () => {
    const { status, body } = await bots({ login: stack.login });
    expect(status).toBe(200);
    expect(Array.isArray(JSON.parse(body))).toBe(true);
  });

  it.each([
    ['without a login', () => undefined],
    ['with a wrong password', () => 'operator:wrong'],
    ['with a wrong user', () => stack.login.replace(/^.*:/, 'admin:')],
    ['with an empty password', () => 'operator:'],
  ])('answers 401 %s, to reading and to acting', async (_, login) => {
    const asking = { ...(login() === undefined ? {} : { login: login() }) } as Asking;
    expect((await bots(asking)).status).toBe(401);
    expect((await bots({ ...asking, method: 'POST', json: NEW_BOT })).status).toBe(401);
  });

  it.each([
    ['of a foreign page', { origin: 'https://evil.example' }],
    ['of a page without an origin of its own', { origin: 'null' }],
    ['of another port of this machine', { origin: 'http://127.0.0.1:9' }],
    ['that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
  ])('answers 403 to a request %s, login or not', async (_, headers) => {
    expect((await bots({ login: stack.login, headers })).status).toBe(403);
    const post = await bots({ login: stack.login, headers, method: 'POST', json: NEW_BOT });
    expect(post.status).toBe(403);
    expect(post.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('answers its own pages', async () => {
    const headers = { origin: `http://127.0.0.1:${stack.api}`, 'sec-fetch-site': 'same-origin' };
    expect((await bots({ login: stack.login, headers })).status).toBe(200);
  });

  it('let nothing act that it refused', async () => {
    expect((await bots({ login: stack.login })).body).not.toContain('Never');
  });
});

describe('the terminal through the gate', () => {
  it('serves its page with the login and 401 without', async () => {
    const page = await ask(stack.tui, '/', { login: stack.login });
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect((await ask(stack.tui, '/')).status).toBe(401);
    expect((await ask(stack.tui, '/token')).status).toBe(401);
  });

  it('refuses a WebSocket without the login', async () => {
    await expect(openTab(stack, false)).rejects.toThrow('Unexpected server response: 401');
  });

  it('refuses a WebSocket of a foreign page', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket', origin: 'https://evil.example' };
    expect((await ask(stack.tui, '/ws', { login: stack.login, headers })).status).toBe(403);
  });

  it('draws the first screen, takes keys, refuses a second tab, and leaves the daemon alone when it closes', async () => {
    const daemon = await containerOf(stack.id, 'app');
    const tab = await openTab(stack);
    const drawn = await waitFor('the first screen', async () =>
      tab.screen().includes('Algo Trade - Live Bots') && tab.screen().includes('running') ? tab.screen() : undefined,
    );
    expect(drawn).toContain('Symbol');
    expect(drawn.split('\n')[23]).toMatch(/quit/i);

    // ttyd ends it after the handshake or before; either way nothing is drawn.
    const second = await openTab(stack).catch(() => undefined);
    if (second) await waitFor('the second tab is refused', async () => second.ended() || undefined, 10);
    expect(second?.screen().trim() ?? '').toBe('');
    expect(tab.ended()).toBe(false);

    await tab.close();
    const after = await containerOf(stack.id, 'app');
    expect([after.Id, after.State.StartedAt, after.State.Status]).toEqual([
      daemon.Id,
      daemon.State.StartedAt,
      'running',
    ]);

    const again = await waitFor('the place of the closed tab is free', async () => {
      const next = await openTab(stack);
      await waitFor('a screen', async () => next.screen().includes('Live Bots') || undefined, 5);
      return next;
    });
    again.press('q');
    await waitFor('the program ends with q', async () => again.ended() || undefined, 10);
  });
});
