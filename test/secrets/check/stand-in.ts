import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it answers: a status, and a body that is text or becomes JSON; silence where it is `silence`. */
export type Reply = { readonly status?: number; readonly body?: unknown; readonly location?: string } | 'silence';

/** A provider on this machine, for one test. */
export interface StandIn {
  readonly url: string;
  /** Everything that it was asked. */
  readonly asked: readonly Asked[];
  /** All that reached it, as text, to search for what must not. */
  readonly heard: () => string;
}

export async function standIn(reply: (asked: Asked) => Reply): Promise<StandIn> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://stand-in');
      const one = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, body };
      asked.push(one);
      const said = reply(one);
      if (said === 'silence') return;
      const location = said.location === undefined ? {} : { location: said.location };
      response.writeHead(said.status ?? 200, location);
      response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body ?? {}));
    });
  });
  server.on('connection', (socket) => sockets.add(socket));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  // A server on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const heard = (): string =>
    JSON.stringify(asked.map(({ query, ...rest }) => ({ ...rest, query: Object.fromEntries(query) })));
  return { url: `http://127.0.0.1:${port}`, asked, heard };
}
