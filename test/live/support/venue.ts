import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A provider's stand-in that containers reach. */
export interface Venue {
  /** As containers and this machine reach it, e.g. `http://172.17.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /** Every request: which address it came from (a container has one of its own), where to, and its body. */
  readonly asked: readonly { readonly from: string; readonly path: string; readonly body: string }[];
  close(): void;
}

const CERTIFICATE = new URL('../../system/certificate/', import.meta.url).pathname;
/** What vouches for a stand-in with TLS under the names `localhost` and `stand-in.test`; for NODE_EXTRA_CA_CERTS. */
export const AUTHORITY = `${CERTIFICATE}cert.pem`;

/** The address of this machine on the engine's own bridge: containers of every network reach it. */
export function gateway(): string {
  const format = '{{range .IPAM.Config}}{{.Gateway}} {{end}}';
  const [address = ''] = execFileSync('docker', ['network', 'inspect', 'bridge', '--format', format], {
    encoding: 'utf8',
  }).split(' ');
  return address;
}

/** @param reply what it answers, as JSON, to a path and a body. */
export async function venue(
  reply: (path: string, body: string) => unknown,
  { tls = false }: { readonly tls?: boolean } = {},
): Promise<Venue> {
  const asked: { from: string; path: string; body: string }[] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const path = request.url ?? '';
      asked.push({ from: request.socket.remoteAddress ?? '', path, body });
      response.end(JSON.stringify(reply(path, body)));
    });
  };
  const server = tls
    ? createSecureServer({ key: readFileSync(`${CERTIFICATE}key.pem`), cert: readFileSync(AUTHORITY) }, listener)
    : createServer(listener);
  const host = gateway();
  await new Promise<void>((done) => server.listen(0, host, () => done()));
  // A server on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `${tls ? 'https' : 'http'}://${host}:${port}`, port, asked, close };
}
