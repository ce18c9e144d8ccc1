// A venue on this machine, reached from containers too: it knows one account, and takes every other address for an
// approved API wallet of it.
import { createServer } from 'node:http';
import { docker } from './program.js';

export const ACCOUNT = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const DAYS_90 = 90 * 24 * 3600 * 1000;

function answer({ type, user }, agents) {
  if (type === 'extraAgents')
    return [...agents].map((address) => ({ address, name: 'soak', validUntil: Date.now() + DAYS_90 }));
  if (user.toLowerCase() === ACCOUNT.toLowerCase()) return { role: 'user' };
  agents.add(user);
  return { role: 'agent', data: { user: ACCOUNT } };
}

/** Starts it on the engine's own bridge, where this machine and every container find it. */
export async function standIn() {
  const gateway = (
    await docker('network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}')
  ).trim();
  const agents = new Set();
  let asked = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer(JSON.parse(body), agents)));
    });
  });
  await new Promise((listening) => server.listen(0, gateway, listening));
  return { url: `http://${gateway}:${server.address().port}`, asked: () => asked, close: () => server.close() };
}
